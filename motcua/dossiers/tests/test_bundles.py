"""Bundles: everything possible opens in one act, the rest by itself; what is refused, sent twice, or raced for."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import close_old_connections, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from motcua.catalogue import queries as catalogue
from motcua.catalogue.models import ChannelRule, Component, Procedure, ServiceLevel
from motcua.catalogue.queries import members_of
from motcua.catalogue.services import bundles as loading
from motcua.documents.models import Document
from motcua.documents.tests.factories import pdf
from motcua.dossiers import bundled, bundlemessages, services, wizard
from motcua.dossiers.enums import Action, MemberState, ResultKind, State
from motcua.dossiers.following import Before, next_state
from motcua.dossiers.models import Bundle, BundleMember, Dossier, Draft
from motcua.dossiers.services import bundle_filing, bundles, retention
from motcua.dossiers.tests import factories
from motcua.dossiers.tests.acting import act
from motcua.dossiers.tests.factories import MONDAY, World, at, world
from motcua.eforms import queries as eform_queries
from motcua.eforms import samples
from motcua.eforms import services as eforms
from motcua.identity.tests import factories as people
from motcua.kernel import outbox
from motcua.kernel.actor import Role
from motcua.kernel.errors import Refused
from motcua.kernel.models import Event
from motcua.notifications.models import Message
from motcua.places import kept
from motcua.places.models import Agency, Centre, Unit
from motcua.places.packfiles import LOADER
from motcua.places.tests.factories import SINCE

WORDS = {"vi": "Việc", "en": "Matter", "pt": "Assunto"}


@pytest.mark.parametrize(
    ("needs", "before", "state"),
    [
        ("", None, "open"),
        ("issued", None, "waiting"),
        ("accepted", Before(State.NEW, is_accepted=False), "waiting"),
        ("accepted", Before(State.IN_PROGRESS, is_accepted=True), "open"),
        ("accepted", Before(State.STOPPED, is_accepted=True), "open"),
        ("accepted", Before(State.NOT_ACCEPTED, is_accepted=False), "blocked"),
        ("issued", Before(State.IN_PROGRESS, is_accepted=True), "waiting"),
        ("issued", Before(State.RESOLVED, is_accepted=True, result="granted"), "open"),
        ("issued", Before(State.HANDED_OVER, is_accepted=True, result="refused"), "blocked"),
        ("issued", Before(State.WITHDRAWN, is_accepted=True), "blocked"),
    ],
)
def test_what_a_matter_does_when_the_one_before_moves(needs: str, before: Before | None, state: str) -> None:
    assert next_state(needs, before, is_outside=False) == state
    assert next_state(needs, before, is_outside=True) == ("ready" if state == "open" else state)


@dataclass
class Town:
    """The small world with the pack's bundles."""

    here: World
    ward: Unit


@pytest.fixture
def town(db: None, settings: Any, tmp_path: Path) -> Iterator[Town]:
    yield from _town(settings, tmp_path)


def _town(settings: Any, tmp_path: Path) -> Iterator[Town]:
    with time_machine.travel(MONDAY, tick=False):
        here = world(code="1.000656")
        ward = Unit.objects.create(
            code="06685", name="Phường Hồng Gai", sort_key="hong gai", folded="phuong hong gai", kind="ward",
            valid_from=SINCE,
        )  # fmt: skip
        Agency.objects.filter(pk__in=[here.committee.pk, here.centre.pk]).update(unit=ward)
        Centre.objects.create(agency=here.centre, address="Phường Hồng Gai", phone="0203382111")
        eforms.load_forms(settings.PACK, now=MONDAY)
        eforms.load_results(settings.PACK, now=MONDAY)
        outside = {"1.004222", "1.014137", "1.003197"}
        for code in ("1.001193", "1.014028", "2.000635", *sorted(outside)):
            made = factories.procedure(code)
            if code in outside:
                made.handled_by, made.elsewhere = "elsewhere", {"who": "Công an cấp xã", "why": "", "link": ""}
                made.save()
        for procedure in Procedure.objects.all():
            Component.objects.filter(procedure=procedure).delete()
            Component.objects.bulk_create(
                Component(procedure=procedure, key=f"p{n}", name=f"Giấy {n}", position=n, is_required=n < 3,
                          is_form=n == 1, original=1)
                for n in range(1, 8)
            )  # fmt: skip
        (tmp_path / "catalogue").mkdir(exist_ok=True)
        text = (Path(settings.PACK) / "catalogue/bundles.toml").read_text("utf-8").replace('"co_con_nho"', '""')
        (tmp_path / "catalogue/bundles.toml").write_text(text, "utf-8")
        report = loading.load(tmp_path, now=MONDAY, actor=LOADER)
        assert not report.refused, report.refused
        kept.forget()
        yield Town(here, ward)


def client_of(town: Town) -> Client:
    return people.sign_in(Client(headers={"accept-language": "en"}), town.here.citizen_account)


def begin(town: Town, client: Client, key: str = "death") -> Draft:
    data = {"key": uuid4(), "whom": "self", "unit": town.ward.pk, "centre": ""}
    answer = client.post(reverse("dossiers:bundle_start", args=[key]), data)
    assert answer.status_code == 302, answer.content.decode()
    return Draft.objects.get(pk=answer["Location"].split("/")[2])


def fill(draft: Draft, *wanted: str) -> None:
    """Right answers to everything, with these optional matters."""
    form, on = wizard.form_of(draft), MONDAY.date()
    for seed in range(60):
        answers = samples.answers(
            form, wizard.draft_facts(draft, on), Random(seed), today=on, units=eform_queries.units_on(on)
        )
        boxes = {key for key in answers if key.startswith("wanted_") and answers[key]}
        if boxes == {f"wanted_{key}" for key in wanted}:
            break
    else:
        raise AssertionError(wanted)
    Draft.objects.filter(pk=draft.pk).update(answers=answers)


def add(draft: Draft, client: Client, component: str) -> None:
    file = SimpleUploadedFile("giay.pdf", pdf())
    address = reverse("dossiers:draft_papers", args=[draft.pk])
    assert client.post(address, {"key": uuid4(), "component": component, "file": file}).status_code == 302


def send(client: Client, draft: Draft, **fields: Any) -> Any:
    now = Draft.objects.values_list("version", flat=True).get(pk=draft.pk)
    data = {"key": draft.pk, "expected": now, "phone": "0912 345 678", "email": "", "result_form": "electronic",
            "promise": "on", "without_papers": "on", **fields}  # fmt: skip
    return client.post(reverse("dossiers:draft_review", args=[draft.pk]), data)


def filed(town: Town, *wanted: str, key: str = "death") -> Bundle:
    """A bundle as a citizen files it, with these optional matters."""
    client = client_of(town)
    draft = begin(town, client, key)
    fill(draft, *wanted)
    answer = send(client, draft)
    assert answer.status_code == 302, answer.content.decode()
    return Bundle.objects.get(draft_id=draft.pk)


def states(bundle: Bundle) -> dict[str, str]:
    return dict(bundle.members.order_by("position").values_list("key", "state"))


def events() -> None:
    """What the consumers do with everything that has happened; they may read it any number of times."""
    followed = {outbox.name_of(one) for one in bundles.FOLLOWED}
    bundles.follow(facts(followed))
    bundlemessages.tell_people(facts({outbox.name_of(one) for one in bundlemessages.EVENTS}))


def facts(names: set[str]) -> list[outbox.Fact]:
    rows = Event.objects.filter(name__in=names).order_by("id")
    return [outbox.Fact(row.id, row.name, row.payload, row.at) for row in rows]


def lead(bundle: Bundle) -> Dossier:
    found = bundle.members.get(position=0).dossier
    assert found is not None
    return Dossier.objects.get(pk=found.pk)


def settle(dossier: Dossier, town: Town, kind: ResultKind = ResultKind.GRANTED) -> Dossier:
    """Accepted and decided, as the officers do it."""
    here, now = town.here, MONDAY + timedelta(hours=1)
    dossier = act(Action.ACCEPT, dossier, here.actor(Role.RECEPTION), here, now)
    for _ in range(12):
        dossier.refresh_from_db()
        if dossier.step_kind == "return" or dossier.state in (State.RESOLVED, State.HANDED_OVER):
            break
        now += timedelta(minutes=5)
        role = Role(dossier.step_role)
        if dossier.step_kind == "assign":
            act(Action.ASSIGN, dossier, here.actor(role), here, now)
            continue
        if dossier.step_kind == "appraise" and not hasattr(dossier, "result"):
            act(Action.DRAFT_RESULT, dossier, here.actor(role), here, now, kind=kind,
                reason="Không đủ điều kiện." if kind == ResultKind.REFUSED else "")  # fmt: skip
            dossier = Dossier.objects.get(pk=dossier.pk)
        if dossier.step_kind == "clerk":
            act(Action.ISSUE, dossier, here.actor(role), here, now)
        else:
            act(Action.FORWARD, dossier, here.actor(role), here, now)
        dossier = Dossier.objects.get(pk=dossier.pk)
    assert dossier.state == State.RESOLVED, (dossier.state, dossier.step_kind)
    return dossier


def test_three_matters_with_one_form_each_question_and_paper_once(town: Town) -> None:
    client = client_of(town)
    draft = begin(town, client)
    fill(draft, "funeral", "copies")
    assert [one.key for one in wizard.wanted(Draft.objects.get(pk=draft.pk), MONDAY.date())][:7] == [
        "p1", "p2", "p3", "p4", "p5", "p6", "p7",
    ]  # fmt: skip
    keys = [one.key for one in wizard.wanted(Draft.objects.get(pk=draft.pk), MONDAY.date())]
    assert "copies_p2" not in keys  # it is the first one's p3
    for component in ("p2", "p3", "funeral_p2"):
        add(draft, client, component)
    text = client.get(reverse("dossiers:draft_review", args=[draft.pk])).content.decode()
    assert "Support with the costs of the funeral" in text
    answer = send(client, draft)
    bundle = Bundle.objects.get(draft_id=draft.pk)
    assert answer["Location"] == reverse("dossiers:own_bundle", args=[bundle.pk])
    assert states(bundle) == {"death": "open", "funeral": "waiting", "copies": "waiting", "residence": "waiting"}
    assert Dossier.objects.count() == 1
    assert {paper.component_key for paper in lead(bundle).papers.all()} == {"p2", "p3"}
    copies = bundle.members.get(key="copies")
    assert [one["component_key"] for one in copies.filing["papers"]] == ["p2"]
    assert copies.filing["answers"]["entry_kind"] == "death"
    assert Draft.objects.get(pk=draft.pk).dossier_id == lead(bundle).pk


def test_the_later_matters_open_by_themselves_with_their_own_code_clock_and_papers(town: Town) -> None:
    client = client_of(town)
    draft = begin(town, client)
    fill(draft, "funeral", "copies")
    for component in ("p3", "funeral_p2"):
        add(draft, client, component)
    send(client, draft)
    bundle = Bundle.objects.get(draft_id=draft.pk)
    events()
    assert states(bundle)["copies"] == "waiting"
    first = settle(lead(bundle), town)
    with time_machine.travel(at(24, 10), tick=False):
        events()
        events()
    assert states(bundle) == {"death": "open", "funeral": "open", "copies": "open", "residence": "ready"}
    found = {one.key: one for one in bundle.members.select_related("dossier__procedure")}
    copies = found["copies"].dossier
    assert copies is not None
    assert copies.procedure.code == "2.000635"
    assert copies.submitted_at == at(24, 10)
    assert copies.tracking_code != first.tracking_code
    assert copies.answers["subject_name"] == first.answers["deceased_name"]
    assert copies.form_key == "extract"
    assert [(paper.component_key, paper.document_name) for paper in copies.papers.all()] == [("p2", "giay.pdf")]
    twin = Document.objects.get(owner_id=copies.pk)
    assert twin.blob_id == Document.objects.get(owner_id=first.pk, name="giay.pdf").blob_id
    assert all(one.filing == {} for one in found.values() if one.state == MemberState.OPEN)
    told = list(Message.objects.filter(template="dossiers.bundle_ready").values_list("subject", flat=True))
    assert len(told) == 1
    events()
    assert Dossier.objects.count() == 3  # any number of times the same


def test_the_result_itself_goes_in_as_a_paper(town: Town) -> None:
    bundle = filed(town, "copies")
    member = bundle.members.get(key="copies")
    member.filing["results"] = [{"component_key": "p7", "name": "Trích lục khai tử"}]
    member.save()
    first = settle(lead(bundle), town)
    events()
    copies = bundle.members.get(key="copies").dossier
    assert copies is not None
    paper = copies.papers.get(component_key="p7")
    twin = Document.objects.get(pk=paper.document_id)
    assert (twin.owner_id, paper.name) == (copies.pk, "Trích lục khai tử")
    assert Document.objects.filter(owner_id=first.pk, blob_id=twin.blob_id, kind="result").exists()


def test_two_matters_where_one_is_not_wanted(town: Town) -> None:
    bundle = filed(town, "copies", key="birth")
    assert states(bundle) == {"birth": "open", "copies": "waiting", "residence": "waiting", "insurance": "waiting"}
    assert states(filed(town, key="birth")) == {"birth": "open", "residence": "waiting", "insurance": "waiting"}


def test_a_refusal_before_says_so_and_offers_to_file_alone(town: Town) -> None:
    bundle = filed(town, "copies")
    act(Action.REFUSE, lead(bundle), town.here.actor(Role.RECEPTION), town.here, MONDAY + timedelta(hours=1))
    events()
    events()
    assert states(bundle) == {"death": "open", "copies": "blocked", "residence": "blocked"}
    assert Message.objects.filter(template="dossiers.bundle_blocked").count() == 2
    client = client_of(town)
    text = client.get(reverse("dossiers:own_bundle", args=[bundle.pk])).content.decode()
    assert "File it for itself" in text
    typed = bundle.members.get(key="copies").filing["answers"]
    address = reverse("dossiers:bundle_alone", args=[bundle.pk, "copies"])
    answer = client.post(address)
    draft = Draft.objects.get(dossier_id=None)
    assert f"/drafts/{draft.pk}/" in answer["Location"]
    assert (draft.procedure.code, draft.form_key, draft.answers) == ("2.000635", "extract", typed)
    assert states(bundle)["copies"] == "alone"
    assert client.post(address)["Location"] == reverse("dossiers:own_bundle", args=[bundle.pk])
    assert Draft.objects.filter(dossier_id=None).count() == 1


def test_a_refusing_result_blocks_too(town: Town) -> None:
    bundle = filed(town, "copies")
    settle(lead(bundle), town, ResultKind.REFUSED)
    events()
    assert states(bundle)["copies"] == "blocked"


def test_what_stays_blocked_is_forgotten_after_90_days(town: Town) -> None:
    bundle = filed(town, "copies")
    act(Action.REFUSE, lead(bundle), town.here.actor(Role.RECEPTION), town.here, MONDAY + timedelta(hours=1))
    events()
    assert retention.clear_matters(now=MONDAY + timedelta(days=89)) == 0
    assert retention.clear_matters(now=MONDAY + timedelta(days=91)) == 2
    assert bundle.members.get(key="copies").filing == {}


def test_a_matter_that_cannot_be_filed_when_its_time_comes_says_why(town: Town) -> None:
    bundle = filed(town, "copies")
    settle(lead(bundle), town)
    ServiceLevel.objects.filter(procedure__code="2.000635").update(valid_to=MONDAY.date() - timedelta(days=1))
    ChannelRule.objects.filter(procedure__code="2.000635", channel="online").delete()
    Procedure.objects.filter(code="2.000635").update(valid_to=MONDAY.date() - timedelta(days=1))
    kept.forget()
    events()
    member = bundle.members.get(key="copies")
    assert member.state == MemberState.BLOCKED
    assert member.note
    assert member.filing


def test_sent_twice_files_once(town: Town) -> None:
    client = client_of(town)
    draft = begin(town, client)
    fill(draft, "copies")
    assert send(client, draft).status_code == 302
    assert send(client, draft).status_code == 302
    assert (Bundle.objects.count(), Dossier.objects.count()) == (1, 1)


def test_all_or_nothing_when_one_matter_cannot_be_filed(town: Town) -> None:
    client = client_of(town)
    draft = begin(town, client)
    fill(draft, "copies")
    Draft.objects.filter(pk=draft.pk).update(
        owner_person=people.person("Nguyễn Văn Cha", year=1950), relation="relative"
    )
    Procedure.objects.filter(code="2.000635").update(authorisation="forbidden")
    kept.forget()
    answer = send(client, draft)
    assert answer.status_code == 422
    assert "the law asks the person" in answer.content.decode()
    assert (Bundle.objects.count(), Dossier.objects.count(), BundleMember.objects.count()) == (0, 0, 0)


def test_nobody_else_sees_a_bundle(town: Town) -> None:
    bundle = filed(town)
    other = people.sign_in(Client(), people.account(people.person("Lê Thị Mai", year=1980)))
    for name, args in (("own_bundle", [bundle.pk]),):
        assert other.get(reverse(f"dossiers:{name}", args=args)).status_code == 404
    assert other.post(reverse("dossiers:bundle_alone", args=[bundle.pk, "copies"])).status_code == 404
    officer = people.sign_in(Client(), town.here.staff[Role.HANDLER])
    assert officer.get(reverse("dossiers:own_bundle", args=[bundle.pk])).status_code == 404
    with pytest.raises(Bundle.DoesNotExist):
        services.take_out(bundle_id=bundle.pk, member_key="copies", actor=town.here.actor(Role.HANDLER), now=MONDAY)


def test_an_officer_sees_the_siblings_that_may_be_seen(town: Town) -> None:
    bundle = filed(town, "copies")
    settle(lead(bundle), town)
    events()
    copies = bundle.members.get(key="copies").dossier
    assert copies is not None
    officer = people.sign_in(Client(headers={"accept-language": "en"}), town.here.staff[Role.RECEPTION])
    text = officer.get(reverse("dossiers:case", args=[lead(bundle).pk])).content.decode()
    assert "Filed together with" in text
    assert copies.tracking_code in text
    Dossier.objects.get(pk=copies.pk).access.all().delete()
    text = officer.get(reverse("dossiers:case", args=[lead(bundle).pk])).content.decode()
    assert copies.tracking_code not in text
    assert "At another agency" in text


def test_the_pages_of_the_portal(town: Town) -> None:
    visitor = Client(headers={"accept-language": "en"})
    assert "A relative has died" in visitor.get(reverse("dossiers:bundles")).content.decode()
    text = visitor.get(reverse("dossiers:bundle_start", args=["birth"])).content.decode()
    assert "Sign in and start" in text
    assert "Công an cấp xã" in text
    assert visitor.get(reverse("dossiers:bundle_start", args=["moon"])).status_code == 404
    client = client_of(town)
    bundle = filed(town, "copies")
    text = client.get(reverse("dossiers:own_bundle", args=[bundle.pk])).content.decode()
    assert lead(bundle).tracking_code in text
    assert "Waits for the result of" in text
    assert "See all of them" in client.get(reverse("dossiers:status", args=[lead(bundle).pk])).content.decode()
    assert "A relative has died" in client.get(reverse("dossiers:own")).content.decode()


def test_more_matters_cost_no_more_statements_on_the_page(town: Town) -> None:
    client = client_of(town)
    few, many = filed(town), filed(town, "funeral", "copies")

    def cost(bundle: Bundle) -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(reverse("dossiers:own_bundle", args=[bundle.pk]))
        return len(asked)

    cost(few)
    assert cost(few) == cost(many)


def test_a_bundle_of_a_later_version_leaves_a_draft_alone(town: Town) -> None:
    client = client_of(town)
    draft = begin(town, client)
    assert draft.bundle is not None
    assert [one.key for one in members_of(draft.bundle.members)] == ["death", "funeral", "copies", "residence"]
    assert bundled.matters(draft)[0].is_lead
    assert catalogue.bundle("death", MONDAY.date()).pk == draft.bundle_id


@pytest.mark.django_db(transaction=True)
def test_two_consumers_open_a_matter_once(settings: Any, tmp_path: Path) -> None:
    for town in _town(settings, tmp_path):
        bundle = filed(town, "copies")
        settle(lead(bundle), town)

        def run(bundle_id: Any = bundle.pk) -> None:
            try:
                bundles.go_on(bundle_id=bundle_id, now=MONDAY + timedelta(hours=3))
            finally:
                close_old_connections()
                connection.close()

        threads = [threading.Thread(target=run) for _ in range(4)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert states(bundle)["copies"] == "open"
        assert Dossier.objects.count() == 2


def test_a_wrong_answer_of_a_matter_is_said_with_its_name(town: Town) -> None:
    client = client_of(town)
    draft = begin(town, client)
    fill(draft, "copies")
    found = Draft.objects.get(pk=draft.pk)
    found.answers["copies_copies_count"] = "0"
    matter = next(one for one in bundled.matters(found) if one.member.key == "copies")
    with pytest.raises(Refused, match="Bản sao trích lục|Copies of the extract"):
        bundle_filing._answers(matter, found, found.answers, MONDAY)
