"""Filing from the portal: the whole way of a citizen, what is refused and kept, and who may not look."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from motcua.catalogue.models import Case, Component, Procedure, ServiceLevel
from motcua.documents import queries as documents
from motcua.documents.models import Document
from motcua.documents.tests.factories import pdf
from motcua.dossiers import services, wizard
from motcua.dossiers.enums import Relation, State
from motcua.dossiers.models import Dossier, Draft
from motcua.dossiers.tests.factories import MONDAY, World, world
from motcua.eforms import queries as eform_queries
from motcua.eforms import samples
from motcua.eforms import services as eforms
from motcua.identity.models import Person
from motcua.identity.tests import factories as people
from motcua.kernel.errors import Refused
from motcua.places.models import Agency, Centre, Unit
from motcua.places.tests.factories import SINCE


@pytest.fixture
def here(db: None, settings: Any) -> Iterator[World]:
    """The small world with its ward, its open centre, and the forms of the pack."""
    with time_machine.travel(MONDAY, tick=False):
        made = world()
        ward = Unit.objects.create(
            code="06685", name="Phường Hồng Gai", sort_key="hong gai", folded="phuong hong gai", kind="ward",
            valid_from=SINCE,
        )  # fmt: skip
        Agency.objects.filter(pk__in=[made.committee.pk, made.centre.pk]).update(unit=ward)
        Centre.objects.create(agency=made.centre, address="Phường Hồng Gai, tỉnh Quảng Ninh", phone="0203382111")
        Component.objects.filter(procedure=made.procedure).update(is_form=True)
        Component.objects.create(
            procedure=made.procedure, key="p2", name="Giấy chứng sinh", original=1, is_required=True, position=2
        )
        eforms.load_forms(settings.PACK, now=MONDAY)
        yield made


def visitor() -> Client:
    """Somebody who reads English and has not signed in."""
    return Client(headers={"accept-language": "en"})


def client_of(here: World) -> Client:
    return people.sign_in(visitor(), here.citizen_account)


def read(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return str(answer.content.decode())


def begin(here: World, client: Client | None = None, **fields: Any) -> Draft:
    data = {"key": uuid4(), "whom": "self", "unit": Unit.objects.get().pk, "centre": "", **fields}
    answer = (client or client_of(here)).post(reverse("dossiers:start", args=[here.procedure.code]), data)
    assert answer.status_code == 302, answer.content.decode()
    return Draft.objects.get(pk=answer["Location"].split("/")[2])


def fill(draft: Draft) -> dict[str, Any]:
    """Right answers to everything, kept as the wizard keeps them."""
    form = wizard.form_of(draft)
    answers = samples.answers(
        form, wizard.draft_facts(draft, MONDAY.date()), Random(7), today=MONDAY.date(),
        units=eform_queries.units_on(MONDAY.date()),
    )  # fmt: skip
    Draft.objects.filter(pk=draft.pk).update(answers=answers)
    return answers


def upload(name: str = "giay.pdf", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, pdf() if content is None else content)


def url(name: str, draft: Draft, *args: Any) -> str:
    return reverse(f"dossiers:{name}", args=[draft.pk, *args])


def send(client: Client, draft: Draft, **fields: Any) -> Any:
    now = Draft.objects.values_list("version", flat=True).get(pk=draft.pk)
    data = {"key": draft.pk, "expected": now, "phone": "0912 345 678", "email": "", "result_form": "electronic",
            "promise": "on", "without_papers": "on", **fields}  # fmt: skip
    return client.post(url("draft_review", draft), {key: value for key, value in data.items() if value is not None})


def test_the_whole_way_of_a_citizen(here: World) -> None:
    client = client_of(here)
    text = client.get(reverse("dossiers:start", args=[here.procedure.code])).content.decode()
    assert "within 8 working hours" in text
    assert "Giấy chứng sinh" in text
    draft = begin(here, client)
    assert draft.answers["requester_name"] == here.citizen.full_name
    page = client.get(url("draft", draft, "requester"))
    assert "From your account" in page.content.decode()
    fill(draft)
    assert client.get(url("draft_papers", draft)).content.decode().count("Made from your answers") == 1
    added = client.post(url("draft_papers", draft), {"key": uuid4(), "component": "p2", "file": upload()})
    assert added.status_code == 302
    review = client.get(url("draft_review", draft)).content.decode()
    assert "Ủy ban nhân dân phường Hồng Gai" in review
    assert "Missing papers" not in review
    assert 'name="in_english"' in review
    answer = send(client, draft)
    dossier = Dossier.objects.get()
    assert answer["Location"] == reverse("dossiers:filed", args=[dossier.pk])
    assert dossier.competent_agency_id == here.committee.pk
    assert dossier.receiving_agency_id == here.centre.pk
    assert dossier.second_language == ""
    assert dossier.phone == "0912 345 678"
    [paper] = dossier.papers.all()
    assert (paper.component_key, paper.name, paper.document_name) == ("p2", "Giấy chứng sinh", "giay.pdf")
    assert documents.document_of(services.OWNER, dossier.pk, paper.document_id)
    confirmation = client.get(answer["Location"]).content.decode()
    assert dossier.tracking_code in confirmation
    assert "24" in confirmation  # accepted within eight working hours: Tuesday morning


def test_sent_twice_from_two_windows_is_one_dossier(here: World) -> None:
    client = client_of(here)
    draft = begin(here, client)
    fill(draft)
    first, second = send(client, draft), send(client, draft, key=uuid4())
    assert first["Location"] == second["Location"]
    assert Dossier.objects.count() == 1
    assert client.get(url("draft", draft, "child")).status_code == 302
    assert client.post(url("draft_save", draft, "child"), {"child_name": "X"}).status_code == 302


def test_a_draft_changed_since_the_review_was_opened_is_read_once_more(here: World) -> None:
    client = client_of(here)
    draft = begin(here, client)
    fill(draft)
    opened = Draft.objects.get().version
    typed = {"child_name": "Trần Tên Khác"}  # in another window
    services.save_draft(draft_id=draft.pk, actor=here.actor("citizen"), now=MONDAY, answers=typed)
    answer = send(client, draft, expected=opened, phone="0987 654 321", email="me@example.vn", result_form="paper")
    text = answer.content.decode()
    assert answer.status_code == 409
    assert not Dossier.objects.exists()
    assert "Your draft has changed meanwhile" in text
    assert "Trần Tên Khác" in text
    assert 'value="0987 654 321"' in text
    assert 'value="me@example.vn"' in text
    assert re.search(r'value="paper"[^>]* checked', text)
    assert 'name="promise"' not in text
    assert f'name="expected" value="{Draft.objects.get().version}"' in text
    assert send(client, draft).status_code == 302
    assert Dossier.objects.get().answers["child_name"] == "Trần Tên Khác"


def test_a_save_between_the_last_look_and_the_last_word_is_not_overlooked(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(here)
    draft = begin(here, client)
    fill(draft)
    submit, moved = services.submit, []

    def late(**facts: Any) -> Dossier:
        if not moved:
            moved.append(Draft.objects.update(version=F("version") + 1))
        return submit(**facts)

    monkeypatch.setattr(services, "submit", late)
    answer = send(client, draft)
    assert answer.status_code == 409
    assert "Your draft has changed meanwhile" in answer.content.decode()
    assert not Dossier.objects.exists()
    assert send(client, draft).status_code == 302


def test_one_start_form_makes_one_draft_and_a_second_visit_offers_it(here: World) -> None:
    client, key = client_of(here), uuid4()
    begin(here, client, key=key)
    begin(here, client, key=key)
    assert Draft.objects.count() == 1
    page = client.get(reverse("dossiers:start", args=[here.procedure.code])).content.decode()
    assert "You have begun already" in page
    assert url("draft", Draft.objects.get(), "requester") in page


def test_wrong_answers_are_kept_and_said(here: World) -> None:
    client = client_of(here)
    draft = begin(here, client)
    answer = client.post(url("draft", draft, "child"), {"child_name": "Trần Bé", "child_birth": "32/13/2026"})
    assert answer.status_code == 422
    assert "32/13/2026" in answer.content.decode()
    assert Draft.objects.get().answers["child_birth"] == "32/13/2026"
    review = client.get(url("draft_review", draft)).content.decode()
    assert "have to be corrected" in review
    assert "?check" in review
    assert send(client, draft).status_code == 422
    assert Dossier.objects.count() == 0
    checked = client.get(url("draft", draft, "child") + "?check").content.decode()
    assert "mc-error-summary" in checked


def test_what_is_typed_is_kept_at_once_and_later_found(here: World) -> None:
    client = client_of(here)
    draft = begin(here, client)
    answer = client.post(url("draft_save", draft, "child"), {"child_name": "Trần Gia B"})
    assert "Saved at 09:00" in answer.content.decode()
    assert f'data-mc-version="{Draft.objects.get().version}"' in answer.content.decode()
    page = client.get(url("draft", draft, "child")).content.decode()
    assert f'data-mc-version="{Draft.objects.get().version}"' in page
    assert Draft.objects.get().answers["child_name"] == "Trần Gia B"
    later = client.post(url("draft", draft, "child"), {"child_name": "Trần Gia Bảo", "later": "1"})
    assert later["Location"] == reverse("dossiers:own")
    assert url("draft", draft, "child") in client.get(reverse("dossiers:own")).content.decode()
    assert client.post(url("draft_save", draft, "nothing"), {}).status_code == 404


def window(client: Client, draft: Draft, section: str = "child") -> dict[str, str]:
    """What a page just opened says of itself when it is sent."""
    page = read(client, url("draft", draft, section))
    found = {name: re.search(rf'name="{name}" value="([^"]+)"', page) for name in ("window", "version")}
    return {name: match[1] for name, match in found.items() if match}


def test_two_windows_on_one_section_are_both_kept(here: World) -> None:
    client = client_of(here)
    draft = begin(here, client)
    one, other = window(client, draft), window(client, draft)
    assert one["window"] != other["window"]
    client.post(url("draft", draft, "child"), {"child_name": "Trần Gia Bảo", **other})
    typing = client.post(url("draft_save", draft, "child"), {"child_name": "Trần Bảo Gia", **one})
    assert "changed in another window" in typing.content.decode()
    assert "data-mc-version" not in typing.content.decode()
    sent = client.post(url("draft", draft, "child"), {"child_name": "Trần Bảo Gia", **one})
    assert sent.status_code == 409
    page = sent.content.decode()
    assert Draft.objects.get().answers["child_name"] == "Trần Gia Bảo"
    assert ">Trần Gia Bảo</td>" in page
    assert ">Trần Bảo Gia</td>" in page
    assert 'value="Trần Bảo Gia"' in page
    again = {name: re.search(rf'name="{name}" value="([^"]+)"', page) for name in ("window", "version")}
    client.post(
        url("draft", draft, "child"), {"child_name": "Trần Bảo Gia", **{k: m[1] for k, m in again.items() if m}}
    )
    assert Draft.objects.get().answers["child_name"] == "Trần Bảo Gia"


def test_one_window_never_stands_in_its_own_way(here: World) -> None:
    client = client_of(here)
    draft = begin(here, client)
    mine = window(client, draft)
    for typed in ("Trần", "Trần Gia", "Trần Gia Bảo"):  # the page still says the version it was opened with
        said = client.post(url("draft_save", draft, "child"), {"child_name": typed, **mine}).content.decode()
        assert "Saved at" in said
    assert client.post(url("draft", draft, "child"), {"child_name": "Trần Gia Bảo", **mine}).status_code == 422
    other = window(client, draft, "requester")
    assert client.post(url("draft_save", draft, "child"), {"child_name": "Trần Bảo", **mine}).status_code == 200
    kept = client.post(url("draft_save", draft, "requester"), {"requester_name": "Lê Thị Mai", **other})
    assert "Saved at" in kept.content.decode()
    assert Draft.objects.get().answers["child_name"] == "Trần Bảo"


def test_two_windows_that_say_the_same_agree(here: World) -> None:
    client = client_of(here)
    draft = begin(here, client)
    one, other = window(client, draft), window(client, draft)
    client.post(url("draft_save", draft, "child"), {"child_name": "Trần Gia Bảo", **other})
    same = dict.fromkeys(Draft.objects.get().answers, "") | {"child_name": "Trần Gia Bảo"}
    answer = client.post(url("draft_save", draft, "child"), {**same, **one})
    assert "Saved at" in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("anh.jpg", b"", "empty"),
        ("giay.pdf", b"MZ\x90\x00 not a paper", "The name says PDF"),
        ("chay.exe", b"MZ\x90\x00 not a paper", "not accepted here"),
        ("hong.pdf", b"%PDF-1.4 broken", "damaged"),
    ],
)
def test_a_bad_file_is_refused_with_its_reason(here: World, name: str, content: bytes, words: str) -> None:
    client = client_of(here)
    draft = begin(here, client)
    data = {"key": uuid4(), "component": "p2", "file": upload(name, content)}
    answer = client.post(url("draft_papers", draft), data)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Draft.objects.get().papers == []


def test_the_same_file_sent_twice_is_there_once_and_can_be_taken_out(here: World) -> None:
    client = client_of(here)
    draft = begin(here, client)
    for _ in range(2):
        client.post(url("draft_papers", draft), {"key": uuid4(), "component": "p2", "file": upload()})
    [file] = Draft.objects.get().papers
    assert client.get(url("draft_file", draft, file["document_id"])).status_code == 200
    client.post(url("draft_papers", draft), {"remove": file["document_id"]})
    assert Draft.objects.get().papers == []
    assert not Document.objects.exists()
    assert client.post(url("draft_papers", draft), {"remove": "nonsense"}).status_code == 302


def test_missing_papers_are_asked_for(here: World) -> None:
    client = client_of(here)
    draft = begin(here, client)
    fill(draft)
    answer = send(client, draft, promise=None, without_papers=None, phone="call me")
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Add the missing papers" in text
    assert 'value="call me"' in text


def test_the_promise_is_asked_for_once(here: World) -> None:
    client = client_of(here)
    draft = begin(here, client)
    fill(draft)
    assert 'name="promise"' not in read(client, url("draft_review", draft))  # its own section has asked
    services.save_draft(draft_id=draft.pk, actor=here.actor("citizen"), now=MONDAY, answers={"promise": False})
    answer = send(client, draft)
    assert answer.status_code == 422
    assert url("draft", draft, "promise") + "?check" in answer.content.decode()
    here.procedure.code = "2.000908"  # a request for copies does not ask for it
    here.procedure.save(update_fields=["code"])
    other = begin(here, client)
    fill(other)
    assert 'name="promise"' in read(client, url("draft_review", other))
    assert "tick the box that they are true" in send(client, other, promise=None).content.decode()


def test_for_a_child_the_child_is_the_owner(here: World) -> None:
    child = people.child(here.citizen, name="Nguyễn Bé Na")
    draft = begin(here, whom=f"person:{child.pk}")
    assert (draft.relation, draft.owner_person_id) == (Relation.CHILD, child.pk)
    fill(draft)
    send(client_of(here), draft)
    dossier = Dossier.objects.get()
    assert (dossier.owner_name, dossier.submitter_name) == ("Nguyễn Bé Na", here.citizen.full_name)


def test_for_a_business_one_represents(here: World) -> None:
    firm = people.business(here.citizen, name="Công ty Vịnh Xanh")
    Procedure.objects.update(subjects=["citizen", "household_business"])
    draft = begin(here, whom=f"business:{firm.pk}")
    assert (draft.owner_person_id, draft.owner_business_id) == (None, firm.pk)
    fill(draft)
    send(client_of(here), draft)
    assert Dossier.objects.get().owner_business_id == firm.pk


def test_what_only_people_ask_for_is_not_filed_for_a_business(here: World) -> None:
    firm = people.business(here.citizen, name="Công ty Vịnh Xanh")
    Procedure.objects.update(subjects=["citizen", "foreigner"])
    start = reverse("dossiers:start", args=[here.procedure.code])
    client = people.sign_in(visitor(), here.citizen_account, acting_for=firm.pk)
    page = client.get(start).content.decode()
    assert "Công ty Vịnh Xanh" not in page
    assert re.search(r'value="self"[^>]* checked', page)
    data = {"key": uuid4(), "whom": f"business:{firm.pk}", "unit": Unit.objects.get().pk, "centre": ""}
    assert client.post(start, data).status_code == 422
    with pytest.raises(Refused, match="Only a person"):
        services.begin(
            procedure=Procedure.objects.get(pk=here.procedure.pk), choice=services.Choice(f"business:{firm.pk}"),
            actor=replace(here.actor("citizen"), businesses=(firm.pk,)), now=MONDAY,
        )  # fmt: skip


def test_nothing_is_learnt_about_somebody_named_by_number(here: World) -> None:
    known = people.person("Lê Văn Cường", year=1955, sex="male", phone="0900111222", email="cuong@vidu.example")
    client = client_of(here)
    wrong = client.post(
        reverse("dossiers:start", args=[here.procedure.code]),
        {"key": uuid4(), "whom": "other", "other_name": "Lê Văn Khác", "other_number": known.id_number,
         "other_relation": "parent", "unit": Unit.objects.get().pk},
    )  # fmt: skip
    assert wrong.status_code == 422
    assert "Lê Văn Khác" in wrong.content.decode()
    assert "Lê Văn Cường" not in wrong.content.decode()
    draft = begin(
        here, client, whom="other", other_name="Lê Văn Cường", other_number=known.id_number, other_relation="parent"
    )
    assert draft.owner_person_id == known.pk
    assert wizard.draft_facts(draft, MONDAY.date())["owner"] == {"full_name": "Lê Văn Cường"}
    assert wizard.needs_authority(draft, MONDAY.date())
    assert "lets you file for this person" in client.get(url("draft_papers", draft)).content.decode()
    assert "0900111222" not in client.get(url("draft_review", draft)).content.decode()


def test_somebody_else_needs_a_name_and_strangers_cannot_be_chosen(here: World) -> None:
    stranger, client = people.person("Người Lạ"), client_of(here)
    where = reverse("dossiers:start", args=[here.procedure.code])
    base = {"key": uuid4(), "unit": Unit.objects.get().pk}
    assert "Write the full name" in client.post(where, {**base, "whom": "other"}).content.decode()
    assert client.post(where, {**base, "whom": f"person:{stranger.pk}"}).status_code == 422
    assert Draft.objects.count() == 0
    assert Person.objects.filter(full_name="").count() == 0


def test_where_nobody_may_act_for_another_only_oneself_can_be_chosen(here: World) -> None:
    child = people.child(here.citizen)
    Procedure.objects.update(authorisation="forbidden", presence="both_parties")
    page = client_of(here).get(reverse("dossiers:start", args=[here.procedure.code])).content.decode()
    assert str(child.pk) not in page
    assert "Both of you come to the counter once" in page


def test_the_owner_can_be_changed_and_typed_answers_stay(here: World) -> None:
    client = client_of(here)
    draft = begin(here, client)
    Draft.objects.update(answers={**draft.answers, "child_name": "Trần Gia Bảo"})
    child = people.child(here.citizen, name="Nguyễn Bé Na")
    data = {"key": uuid4(), "whom": f"person:{child.pk}", "unit": Unit.objects.get().pk, "centre": here.centre.pk}
    assert client.post(url("draft_party", draft), data).status_code == 302
    changed = Draft.objects.get()
    assert changed.owner_person_id == child.pk
    assert changed.receiving_agency_id == here.centre.pk
    assert changed.answers["child_name"] == "Trần Gia Bảo"
    assert changed.answers["requester_name"] == here.citizen.full_name


def test_where_two_levels_may_decide_the_commune_is_chosen_or_not(here: World) -> None:
    department = people.agency("H49.11", name="Sở Nội vụ", kind="department", level="province")
    here.procedure.field.agency_2025 = department
    here.procedure.field.save(update_fields=["agency_2025"])
    Procedure.objects.update(level="province_commune")
    client, on = client_of(here), MONDAY.date()
    assert "Sở Nội vụ" in read(client, reverse("dossiers:start", args=[here.procedure.code]))
    found = []
    for unit in ("", Unit.objects.get().pk):
        draft = Draft.objects.select_related("procedure", "unit").get(pk=begin(here, client, unit=unit).pk)
        found.append(wizard.competent(draft, on))
    assert found == [department, here.committee]
    centre = wizard.centre_for(draft.procedure, draft.unit, None, on)
    assert centre
    assert centre.agency_id == here.centre.pk


def test_cases_are_asked_and_their_papers_follow(here: World) -> None:
    first = Case.objects.create(procedure=here.procedure, key="a", name="Trường hợp thứ nhất", position=1)
    Case.objects.create(procedure=here.procedure, key="b", name="Trường hợp thứ hai", position=2)
    Component.objects.create(procedure=here.procedure, case=first, key="c1", name="Giấy của trường hợp một", position=3)
    client = client_of(here)
    for case, is_there in (("a", True), ("b", False)):
        draft = begin(here, client, case=case)
        assert ("Giấy của trường hợp một" in client.get(url("draft_papers", draft)).content.decode()) is is_there


def test_a_declaration_of_its_own_is_written_here_any_other_is_a_paper_to_add(here: World) -> None:
    on = MONDAY.date()
    assert "to-khai" not in {paper.key for paper in wizard.to_have_at_hand(here.procedure, on)}
    here.procedure.code = "9.000001"  # has no form of its own: the generic one is not the blank of the law
    here.procedure.save(update_fields=["code"])
    Component.objects.filter(key="to-khai").update(is_required=True)
    assert "to-khai" in {paper.key for paper in wizard.to_have_at_hand(here.procedure, on)}
    draft = begin(here)
    assert draft.form_key == "generic"
    assert next(one for one in wizard.wanted(draft, on) if one.key == "to-khai").is_missing


def test_what_is_not_online_says_why_and_where_to_go(here: World) -> None:
    ServiceLevel.objects.update(level="information")
    answer = visitor().get(reverse("dossiers:start", args=[here.procedure.code]))
    text = answer.content.decode()
    assert "not offered online yet" in text
    assert here.centre.name in text
    assert '<form method="post" novalidate' not in text
    assert (
        client_of(here).post(reverse("dossiers:start", args=[here.procedure.code]), {"whom": "self"}).status_code == 200
    )
    assert Draft.objects.count() == 0


def test_anonymous_visitors_read_and_are_asked_to_sign_in(here: World) -> None:
    page = visitor().get(reverse("dossiers:start", args=[here.procedure.code]))
    assert "Sign in and start" in page.content.decode()
    assert visitor().get(reverse("dossiers:own")).status_code == 302
    assert visitor().get(reverse("dossiers:start", args=["9.999999"])).status_code == 404


@pytest.mark.parametrize("name", ["draft_party", "draft_papers", "draft_review", "draft_drop"])
def test_a_stranger_does_not_find_the_draft(here: World, name: str) -> None:
    draft = begin(here)
    stranger = people.sign_in(visitor(), people.account())
    assert stranger.get(url(name, draft)).status_code == 404
    assert stranger.post(url(name, draft), {"key": uuid4()}).status_code == 404
    assert visitor().get(url(name, draft)).status_code == 302


def test_a_right_section_leads_on_and_is_where_one_resumes(here: World) -> None:
    client = client_of(here)
    draft = begin(here, client)
    fill(draft)
    answer = client.post(url("draft", draft, "promise"), {"promise": "on"})
    assert answer["Location"] == url("draft_papers", draft)
    assert url("draft_papers", draft) in read(client, reverse("dossiers:own"))


def test_what_was_right_is_kept_as_checked_while_the_rest_is_typed(here: World) -> None:
    client = client_of(here)
    draft = begin(here, client)
    client.post(url("draft_save", draft, "child"), {"child_birth": "12/4/2026", "child_name": ""})
    assert Draft.objects.get().answers["child_birth"] == "2026-04-12"
    assert 'value="12/04/2026"' in read(client, url("draft", draft, "child"))


def test_a_section_that_is_not_asked_any_more_leads_back(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of(here)
    draft = begin(here, client)
    monkeypatch.setattr(wizard, "sections_of", lambda draft, form: [("requester", "Người yêu cầu"), ("child", "Trẻ")])
    assert client.get(url("draft", draft, "mother"))["Location"] == url("draft", draft, "requester")
    assert client.post(url("draft_save", draft, "mother"), {}).status_code == 404
    assert client.get(url("draft", draft, "unheard-of")).status_code == 404


def test_a_file_that_is_too_large_is_refused(here: World, settings: Any) -> None:
    settings.UPLOAD_LIMIT = 1024 * 1024
    client = client_of(here)
    draft = begin(here, client)
    data = {"key": uuid4(), "component": "p2", "file": upload(content=pdf() + b"%" * 1_200_000)}
    answer = client.post(url("draft_papers", draft), data)
    assert answer.status_code == 422
    assert "larger than 1 MB" in answer.content.decode()


def test_every_form_carries_its_token(here: World) -> None:
    client = client_of(here)
    draft = begin(here, client)
    client.post(url("draft_papers", draft), {"key": uuid4(), "component": "p2", "file": upload()})
    pages = [reverse("dossiers:start", args=[here.procedure.code]), url("draft", draft, "child")]
    pages += [url(name, draft) for name in ("draft_party", "draft_papers", "draft_review", "draft_drop")]
    for address in pages:
        text = read(client, address)
        assert text.count('method="post"') == text.count("csrfmiddlewaretoken"), address


def test_a_draft_is_thrown_away_with_its_files(here: World) -> None:
    client = client_of(here)
    draft = begin(here, client)
    client.post(url("draft_papers", draft), {"key": uuid4(), "component": "p2", "file": upload()})
    assert client.get(url("draft_drop", draft)).status_code == 200
    client.post(url("draft_drop", draft), {"key": uuid4(), "expected": 1})
    assert not Draft.objects.exists()
    assert not Document.objects.exists()


def test_a_changed_phone_number_of_the_form_reaches_the_dossier(here: World) -> None:
    draft = begin(here)
    assert wizard.contact_of(draft, wizard.form_of(draft))["phone"] == here.citizen.phone


def test_the_pages_cost_a_constant_number_of_queries(here: World) -> None:
    client = client_of(here)
    draft = begin(here, client)
    client.get(url("draft_papers", draft))
    with CaptureQueriesContext(connection) as few:
        client.get(url("draft_papers", draft))
    for number in range(10):
        Component.objects.create(procedure=here.procedure, key=f"x{number}", name=f"Giấy {number}", position=9)
    with CaptureQueriesContext(connection) as many:
        client.get(url("draft_papers", draft))
    assert len(many) == len(few)


def test_in_force_on_the_day(here: World) -> None:
    Procedure.objects.update(valid_to=date(2026, 1, 1))
    page = client_of(here).get(reverse("dossiers:start", args=[here.procedure.code]))
    assert "no longer in force" in page.content.decode()
    assert Dossier.objects.filter(state=State.NEW).count() == 0
