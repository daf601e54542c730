"""For whom somebody may file, whose kept searches are whose, and what the public look-up finds."""

from typing import Any

import pytest

from motcua.catalogue.enums import Authorisation
from motcua.dossiers import queries
from motcua.dossiers import services as dossiers
from motcua.dossiers.enums import Relation
from motcua.dossiers.models import Draft
from motcua.dossiers.services import parties
from motcua.dossiers.services.parties import Choice, Named
from motcua.dossiers.tests.factories import MONDAY, World, accepted, submitted, world
from motcua.eforms import services as eforms
from motcua.identity import queries as identity
from motcua.identity.models import Person
from motcua.identity.tests import factories as people
from motcua.kernel.actor import Actor, Role, system
from motcua.kernel.errors import Conflict, Refused
from motcua.kernel.ids import uuid7


@pytest.fixture
def here(db: None, settings: Any) -> World:
    eforms.load_forms(settings.PACK, now=MONDAY)
    return world()


def begin(of: World, whom: str, *, actor: Actor | None = None, **facts: Any) -> Draft:
    key = facts.pop("key", None)
    choice = Choice(whom, **facts)
    return parties.begin(procedure=of.procedure, choice=choice, actor=actor or of.actor("citizen"), now=MONDAY, key=key)


def parties_of(draft: Draft) -> tuple[str, Any, Any]:
    return draft.relation, draft.owner_person_id, draft.owner_business_id


def refusal(call: Any, *args: Any, **kwargs: Any) -> tuple[str, str | None]:
    with pytest.raises(Refused) as refused:
        call(*args, **kwargs)
    return refused.value.code, refused.value.field


def test_for_oneself_a_child_a_ward_a_relative_and_a_business(here: World) -> None:
    child, ward, wife = (
        people.child(here.citizen, year=year, name=name, relation=relation)
        for year, name, relation in ((2020, "Bé Con", "child"), (1999, "Em Trai", "ward"), (1962, "Vợ", "spouse"))
    )
    business = people.business(here.citizen)
    assert parties_of(begin(here, "self")) == (Relation.SELF, here.citizen.pk, None)
    assert parties_of(begin(here, f"person:{child.pk}")) == (Relation.CHILD, child.pk, None)
    assert parties_of(begin(here, f"person:{ward.pk}")) == (Relation.CHILD, ward.pk, None)
    assert parties_of(begin(here, f"person:{wife.pk}")) == (Relation.RELATIVE, wife.pk, None)
    assert parties_of(begin(here, f"business:{business.pk}")) == (Relation.BUSINESS, None, business.pk)


@pytest.mark.parametrize("whom", ["", "nobody", "person:", "person:x", "business:x", "business:", "other"])
def test_for_nobody_in_particular_is_refused(here: World, whom: str) -> None:
    assert refusal(begin, here, whom) == ("unknown_party", "whom")
    assert not Draft.objects.exists()


def test_a_stranger_s_family_and_business_are_not_one_s_own(here: World) -> None:
    stranger = people.person("Người Lạ")
    child, business = people.child(stranger), people.business(stranger)
    for whom in (f"person:{stranger.pk}", f"person:{child.pk}", f"business:{business.pk}"):
        assert refusal(begin, here, whom) == ("unknown_party", "whom")


def test_where_the_law_asks_for_the_person_nobody_else_files(here: World) -> None:
    child, business = people.child(here.citizen), people.business(here.citizen)
    here.procedure.authorisation = Authorisation.FORBIDDEN
    here.procedure.save()
    named = Named("Trần Văn B", "other", id_number=people.id_number())
    assert refusal(begin, here, f"person:{child.pk}") == ("owner_only", "whom")
    assert refusal(begin, here, "other", named=named) == ("owner_only", "whom")
    assert begin(here, "self").relation == Relation.SELF
    assert begin(here, f"business:{business.pk}").relation == Relation.BUSINESS, "a business acts through people"


@pytest.mark.parametrize(
    ("relation", "kept"),
    [
        ("child", Relation.CHILD), ("ward", Relation.CHILD), ("spouse", Relation.RELATIVE),
        ("parent", Relation.RELATIVE), ("other", Relation.OTHER),
    ],
)  # fmt: skip
def test_somebody_named_for_the_first_time(here: World, relation: str, kept: Relation) -> None:
    number = people.id_number()
    draft = begin(here, "other", named=Named("Trần Thị Mới", relation, id_number=number))
    person = Person.objects.get(pk=draft.owner_person_id)
    assert (draft.relation, person.full_name, person.id_number) == (kept, "Trần Thị Mới", number)
    again = begin(here, "other", named=Named("Trần Thị Mới", relation, id_number=number))
    assert again.owner_person_id == person.pk, "the number names the same person"


@pytest.mark.parametrize(
    ("facts", "field"),
    [({"id_number": "123"}, "other_number"), ({"id_number": "", "full_name": " "}, "other_name")],
)
def test_what_is_wrong_about_somebody_named_is_said_at_its_field(
    here: World, facts: dict[str, str], field: str
) -> None:
    named = Named(**{"full_name": "Trần Thị Mới", "relation": "other", **facts})
    assert refusal(begin, here, "other", named=named)[1] == field


def test_who_is_no_person_files_nothing(here: World) -> None:
    assert refusal(begin, here, "self", actor=system("test"))[0] == "no_person"
    assert refusal(
        dossiers.open_draft, procedure_id=here.procedure.pk, actor=system("test"), now=MONDAY, form_key="generic",
        form_version=1, answers={},
    ) == ("no_person", None)  # fmt: skip


def test_the_first_page_sent_twice_is_one_draft(here: World) -> None:
    key = uuid7()
    assert begin(here, "self", key=key) == begin(here, "self", key=key)
    assert Draft.objects.count() == 1
    with pytest.raises(Conflict):
        begin(here, "self", key=key, actor=identity.actor_of(people.account().pk, here.on))


def test_a_draft_has_only_its_own_fields(here: World) -> None:
    draft = begin(here, "self")
    for name in ("dossier_id", "person_id", "version", "nonsense"):
        with pytest.raises(TypeError, match=name):
            dossiers.save_draft(draft_id=draft.pk, actor=here.actor("citizen"), now=MONDAY, **{name: uuid7()})


def test_changing_for_whom_keeps_what_was_typed_and_renews_what_was_known(here: World) -> None:
    child = people.child(here.citizen, name="Bé Con")
    draft = begin(here, "self")
    changed = parties.change_party(
        draft=draft, choice=Choice(f"person:{child.pk}"), actor=here.actor("citizen"), now=MONDAY
    )
    assert parties_of(changed) == (Relation.CHILD, child.pk, None)
    back = parties.change_party(draft=changed, choice=Choice("self"), actor=here.actor("citizen"), now=MONDAY)
    assert parties_of(back) == (Relation.SELF, here.citizen.pk, None)
    assert {k: v for k, v in back.answers.items() if v} == {k: v for k, v in draft.answers.items() if v}


def test_kept_searches_belong_to_one_account_and_one_name(here: World) -> None:
    me, colleague = here.actor(Role.HEAD), here.actor(Role.HANDLER)
    for actor, name, query in ((me, "Trễ", "state=4"), (me, "Của tôi", "q=a"), (colleague, "Trễ", "state=5")):
        dossiers.save_filter(name=name, query=query, actor=actor, now=MONDAY)
    dossiers.save_filter(name="Trễ", query="state=9", actor=me, now=MONDAY)
    assert {(f.name, f.query) for f in queries.saved_filters(me)} == {("Trễ", "state=9"), ("Của tôi", "q=a")}
    dossiers.drop_filter(name="Trễ", actor=me, now=MONDAY)
    assert [f.name for f in queries.saved_filters(me)] == ["Của tôi"]
    assert [f.query for f in queries.saved_filters(colleague)] == ["state=5"]
    assert not queries.saved_filters(system("test")).exists()
    assert refusal(dossiers.save_filter, name="x", query="", actor=system("test"), now=MONDAY)[0] == "no_account"


def test_the_public_look_up_finds_one_dossier_by_its_codes_and_nothing_else(here: World) -> None:
    one, other = accepted(here), accepted(here)
    waiting = submitted(here)
    assert one.code
    for typed in (one.code, one.code.lower(), f" {one.code} ", one.tracking_code, one.tracking_code.lower()):
        assert queries.track(typed) == one
    assert queries.track(other.tracking_code.replace("-", " ")) == other
    assert queries.track(waiting.tracking_code) == waiting
    for typed in ("", " ", "None", one.code[:-1], one.tracking_code[:-1], "Nguyễn Thị Hạnh", str(one.pk), "%", "0000"):
        assert queries.track(typed) is None, typed
