"""Keeping and disposal: by class and year, by two persons and a decision, never on hold, nothing personal left."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from motcua.documents import queries as document_queries
from motcua.documents import services as documents
from motcua.documents.models import Verification
from motcua.dossiers import keeping
from motcua.dossiers import services as dossiers
from motcua.dossiers.enums import Receiver
from motcua.dossiers.models import (
    Access,
    Disposed,
    Disposition,
    Dossier,
    Extension,
    Hold,
    Part,
    Pause,
    StoryLine,
    Supplement,
)
from motcua.dossiers.services import disposition, packaging
from motcua.dossiers.tests import factories
from motcua.dossiers.tests.factories import MONDAY, World, at, office_day
from motcua.identity import queries as identity
from motcua.identity.tests import factories as people
from motcua.kernel.actor import Actor, Role
from motcua.kernel.errors import Refused
from motcua.kernel.models import AuditEntry
from motcua.notifications.models import Delivery, Message
from motcua.workflow.tests.factories import PACK

LATER = at(4, month=1, year=2037)
IN_FORCE = pytest.mark.django_db


@pytest.fixture
def here(db: None, settings: Any, tmp_path: Path) -> Iterator[World]:
    settings.BLOBS = tmp_path
    with office_day(code="9.000001") as made:
        made.procedure.field.code = "thu"  # no class names it: the default of ten years
        made.procedure.field.save()
        yield made


def officer(of: World, role: Role) -> Actor:
    return identity.actor_of(people.officer(role, of=of.centre, name=f"Ông {role.value}").pk, of.on)


def ended(of: World) -> Dossier:
    made = factories.at_step(of, "return")
    dossiers.paper(dossier=made, form="slip", actor=of.actor(Role.RECEPTION), now=MONDAY)
    return dossiers.hand_over(
        dossier_id=made.pk, receiver=Receiver.REPRESENTATIVE, receiver_name="Trần Thị Nhận", authority="GUQ 12",
        signed_for="ký", actor=of.actor(Role.RECEPTION), now=MONDAY,
    )  # fmt: skip


def proposed(of: World, by: Actor) -> Disposition:
    words: dict[str, Any] = {"class_key": "years-10", "reason": "Hết hạn lưu trữ.", "now": LATER}
    return disposition.propose(agency_id=of.centre.pk, actor=by, **words)


def decided(of: World) -> Disposition:
    made = proposed(of, officer(of, Role.CLERK))
    words: dict[str, Any] = {"decision": "05/QĐ-UBND", "decided_on": LATER.date(), "now": LATER}
    return disposition.approve(disposition_id=made.pk, actor=officer(of, Role.DIRECTOR), **words)


@given(ended_on=st.dates(date(2000, 1, 1), date(2050, 12, 31)), on=st.dates(date(2000, 1, 1), date(2090, 12, 31)))
def test_both_ways_of_asking_agree(ended_on: date, on: date) -> None:
    for one in keeping.classes():
        until, year = one.kept_until(ended_on), one.first_year_kept(on)
        assert (until is not None and until < on) == (year is not None and ended_on.year < year)


def test_a_procedure_has_the_class_that_names_it_before_that_of_its_field() -> None:
    found = [keeping.class_of(*one).key for one in (("2.000815", "ho-tich"), ("1.1", "ho-tich"), ("1.1", "x"))]
    assert found == ["years-2", "permanent", "years-10"]


@IN_FORCE
def test_due_only_after_the_last_year_and_never_what_is_kept_for_good(here: World) -> None:
    dossier = ended(here)
    open_one = factories.accepted(here)

    def keys(on: date, class_key: str = "years-10") -> list[Any]:
        return list(disposition.due(here.centre.pk, class_key, on).values_list("pk", flat=True))

    assert (keys(date(2036, 12, 31)), keys(date(2037, 1, 1))) == ([], [dossier.pk])
    assert open_one.pk not in keys(date(2090, 1, 1))
    assert keys(date(2090, 1, 1), "permanent") == keys(date(2090, 1, 1), "years-2") == []
    here.procedure.field.code = "ho-tich"
    here.procedure.field.save()
    assert keys(date(2090, 1, 1)) == []


@IN_FORCE
def test_two_persons_and_a_decision(here: World) -> None:
    ended(here)
    clerk = officer(here, Role.CLERK)
    made = proposed(here, clerk)
    words: dict[str, Any] = {"disposition_id": made.pk, "decided_on": LATER.date(), "now": LATER}
    director = officer(here, Role.DIRECTOR)
    both = replace(clerk, grants=(*clerk.grants, *director.grants))
    cases: list[tuple[Actor, dict[str, Any], str]] = [
        (clerk, {"decision": "1"}, "person"), (both, {"decision": "1"}, "two_persons"),
        (director, {"decision": " "}, "no_decision"),
        (director, {"decision": "1", "decided_on": date(2037, 1, 5)}, "future"),
    ]  # fmt: skip
    for who, changes, code in cases:
        with pytest.raises(Refused) as caught:
            disposition.approve(actor=who, **{**words, **changes})
        assert caught.value.code == code
    assert disposition.carry_out(now=LATER) == 0  # nothing goes without the decision
    with pytest.raises(IntegrityError), transaction.atomic():
        Disposition.objects.update(approved_at=LATER, approved_by=made.proposed_by, decision="1", decided_on=LATER)
    disposition.cancel(disposition_id=made.pk, actor=clerk, now=LATER)
    again = proposed(here, clerk)
    assert again.lines.count() == 1
    with pytest.raises(Refused, match="No dossier"):
        proposed(here, clerk)  # it stands on a list already


@IN_FORCE
def test_what_is_left_are_code_procedure_days_and_digests(here: World) -> None:
    dossier = ended(here)
    name = here.citizen.full_name
    Extension.objects.create(
        dossier=dossier, reason=f"Chờ {name}", old_due_at=LATER, new_due_at=LATER + timedelta(days=1), drafted_at=LATER,
        granted_at=LATER, granted_by=name, at_fault=name, basis="Điều 19",
    )  # fmt: skip
    Pause.objects.create(
        dossier=dossier, kind="appraisal", reason=name, basis="Điều 9", expected_end=LATER.date(), started_at=LATER,
        started_by=name, ended_at=LATER, ended_by=name, note=name, paper=name,
    )  # fmt: skip
    Part.objects.create(
        dossier=dossier, key="a", name="Ý kiến", kind="consultation", agency=here.committee, role="handler",
        opens_at="appraise", closes_at="appraise", question=name, asked_by=name, asked_at=LATER, state="answered",
        started_at=LATER, done_at=LATER, done_by=name, answer=name, assignee_name=name, document_name=name,
    )  # fmt: skip
    digests = list(document_queries.documents_of(dossiers.OWNER, dossier.pk).values_list("blob_id", flat=True))
    made = decided(here)
    assert disposition.carry_out(now=LATER) == 1
    kept = Dossier.objects.get(pk=dossier.pk)
    line = Disposed.objects.get()
    assert (line.code, line.procedure_code, line.digests, line.files) == (dossier.code, "9.000001", digests, 1)
    assert (kept.code, kept.accepted_at, kept.closed_at) == (dossier.code, dossier.accepted_at, dossier.closed_at)
    assert kept.disposed_at == LATER
    assert not document_queries.documents_of(dossiers.OWNER, dossier.pk).exists()
    assert Verification.objects.get(subject_id=dossier.pk).digest == digests[0]  # the paper can still be checked
    left = [
        *Dossier.objects.filter(pk=dossier.pk).values(), *kept.story.values(), *kept.access.values(),
        *kept.papers.values(), *kept.pauses.values(), *kept.parts.values(), kept.extension.__dict__,
        {"h": kept.hand_over.__dict__, "r": kept.result.__dict__},
    ]  # fmt: skip
    text = str(left).lower()
    assert all(word not in text for word in (name.lower(), "0912345678", "trần thị nhận", "guq 12", "hạnh", "hanh"))
    assert not Access.objects.filter(dossier=kept, audience=here.citizen.pk).exists()
    assert StoryLine.objects.filter(dossier=kept).count() > 5  # the figures of past days rest on them
    made.refresh_from_db()
    assert made.done_at == LATER
    assert AuditEntry.objects.filter(action="dossiers.dispose", subject_id=dossier.pk).count() == 1
    assert disposition.carry_out(now=LATER) == 0
    with pytest.raises(Refused, match="nothing is left"):
        _export(kept, here)


@IN_FORCE
def test_no_table_of_the_house_knows_the_person_any_more(here: World) -> None:
    """Every text of every table; what only grows (evidence, events) and the registers of people are kept for good."""
    here.citizen.full_name = name = "Quỳnh Thị Độc Nhất"
    here.citizen.save()
    dossier = factories.at_step(here, "approve", owner_name=name)
    dossier = dossiers.return_step(
        dossier_id=dossier.pk, reason=f"Hỏi lại bà {name}.", actor=here.actor(Role(dossier.step_role)), now=MONDAY
    )
    while dossier.step_kind != "return":
        dossier = factories.step(here, dossier, MONDAY)
    dossiers.hand_over(
        dossier_id=dossier.pk, receiver=Receiver.OWNER, receiver_name=name, signed_for="ký",
        actor=here.actor(Role.RECEPTION), now=MONDAY,
    )  # fmt: skip
    Supplement.objects.create(
        dossier=dossier, number=1, items=[name], reason=name, asked_at=MONDAY, asked_by=name, answered_at=MONDAY,
        answer=name, not_visible_before=name, sector_law=f"Luật về {name}",
    )  # fmt: skip
    message = Message.objects.create(
        key="k", recipient_id=here.citizen.pk, recipient_name=name, template="dossiers.accepted", language="vi",
        subject=name, body=name, facts={"name": name}, about_id=dossier.pk, created_at=MONDAY,
    )  # fmt: skip
    Delivery.objects.create(message=message, channel="in_app", address=name, state="sent", sent_at=MONDAY)
    assert set(_tables_with(name)) >= {
        "dossiers_dossier", "dossiers_supplement", "notifications_message", "workflow_steprun",
    }  # fmt: skip
    decided(here)
    assert disposition.carry_out(now=LATER) == 1
    assert _tables_with(name) == []


def _tables_with(text: str) -> list[str]:
    """The tables in which a text stands anywhere."""
    kept = {"identity_person", "identity_account", "kernel_auditentry", "kernel_event", "identity_accessentry"}
    found = []
    with connection.cursor() as cursor:
        for table in sorted(set(connection.introspection.table_names(cursor)) - kept):
            cursor.execute(f'SELECT EXISTS (SELECT FROM "{table}" AS t WHERE t::text ILIKE %s)', [f"%{text}%"])
            found += [table] if cursor.fetchone()[0] else []
    return found


def _export(dossier: Dossier, of: World) -> None:
    packaging.package(dossier=dossier, to=BytesIO(), purpose="x", actor=of.actor(Role.CLERK), now=LATER)


@IN_FORCE
def test_a_hold_stops_it_at_any_moment(here: World) -> None:
    dossier, director = ended(here), officer(here, Role.DIRECTOR)
    decided(here)
    disposition.place_hold(dossier_id=dossier.pk, reason="Đang khiếu nại.", actor=director, now=LATER)
    with pytest.raises(Refused, match="on hold already"):
        disposition.place_hold(dossier_id=dossier.pk, reason="Nữa.", actor=director, now=LATER)
    assert disposition.carry_out(now=LATER) == 0
    assert Disposed.objects.get().spared
    assert Dossier.objects.get(pk=dossier.pk).owner_name
    assert not disposition.due(here.centre.pk, "years-10", LATER.date()).exists()
    with pytest.raises(Refused, match="reason"):
        disposition.lift_hold(dossier_id=dossier.pk, reason=" ", actor=director, now=LATER)
    disposition.lift_hold(dossier_id=dossier.pk, reason="Đã giải quyết xong.", actor=director, now=LATER)
    assert disposition.due(here.centre.pk, "years-10", LATER.date()).get().pk == dossier.pk


@IN_FORCE
def test_a_hold_ends_with_its_last_day_and_may_be_placed_again(here: World) -> None:
    dossier, director = ended(here), officer(here, Role.DIRECTOR)

    def place(until: date | None, now: datetime = LATER) -> Hold:
        words: dict[str, Any] = {"reason": "Thanh tra.", "until": until, "actor": director, "now": now}
        return disposition.place_hold(dossier_id=dossier.pk, **words)

    with pytest.raises(Refused) as caught:
        place(date(2037, 1, 3))
    assert (caught.value.code, caught.value.field) == ("past", "until")
    first = place(date(2037, 1, 10))
    assert not disposition.due(here.centre.pk, "years-10", date(2037, 1, 10)).exists()
    assert disposition.due(here.centre.pk, "years-10", date(2037, 1, 11)).exists()
    after = LATER + timedelta(days=7)
    with pytest.raises(Refused, match="not on hold"):  # it is over by itself
        disposition.lift_hold(dossier_id=dossier.pk, reason="x", actor=director, now=after)
    second = place(None, after)
    first.refresh_from_db()
    assert (first.lifted_at, first.lifted_by, second.until) == (after, "", None)
    entry = AuditEntry.objects.filter(action="dossiers.place_hold").order_by("at")[0]
    assert entry.detail["until"] == "2037-01-10"


@IN_FORCE
def test_the_pages_place_and_lift_a_hold(here: World) -> None:
    dossier = ended(here)
    clerk, director = (people.officer(role, of=here.centre) for role in (Role.CLERK, Role.DIRECTOR))
    with time_machine.travel(LATER, tick=False):
        placing, lifting = (people.sign_in(Client(), one) for one in (clerk, director))
        assert f'value="{dossier.code}"' in placing.get("/office/keeping/", {"code": dossier.code}).content.decode()
        sent = {"act": "hold", "code": dossier.code, "reason": "Thanh tra.", "until": "31/01/2037"}
        assert placing.post("/office/keeping/", sent | {"until": "1/1/2036"}).status_code == 409
        assert placing.post("/office/keeping/", sent).status_code == 302
        url = f"/office/keeping/holds/{Hold.objects.get().pk}/"
        assert url in placing.get("/office/keeping/").content.decode()
        assert placing.post(url, {"reason": "Xong."}).status_code == 409  # a leader or the director lifts it
        assert lifting.post(url, {"reason": ""}).status_code == 422
        assert lifting.post(url, {"reason": "Đã thanh tra xong."}).status_code == 302
        assert "Đã thanh tra xong." in placing.get(url).content.decode()
        assert url not in placing.get("/office/keeping/").content.decode()
        other = people.sign_in(Client(), people.officer(Role.CLERK, of=people.agency("H49.77")))
        assert other.get(url).status_code == 404


@IN_FORCE
def test_a_broken_run_goes_on_where_it_ended(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        ended(here)
    decided(here)
    real, count = documents.dispose, iter(range(10))

    def breaks(**words: Any) -> int:
        if next(count) == 1:
            raise RuntimeError
        return real(**words)

    monkeypatch.setattr(documents, "dispose", breaks)
    with pytest.raises(RuntimeError):
        disposition.carry_out(now=LATER)
    assert Disposed.objects.filter(disposed_at__isnull=False).count() == 1
    assert disposition.carry_out(now=LATER) == 2


@IN_FORCE
def test_the_pages_propose_decide_and_hold(here: World) -> None:
    dossier = ended(here)
    clerk = people.officer(Role.CLERK, of=here.centre, name="Văn thư")
    director = people.officer(Role.DIRECTOR, of=here.centre, name="Giám đốc")
    with time_machine.travel(LATER, tick=False):
        proposing, deciding = (people.sign_in(Client(), one) for one in (clerk, director))
        url = "/office/keeping/"
        assert "10 năm" in proposing.get(url).content.decode()
        held = proposing.post(url, {"act": "hold", "code": "H1-1", "reason": "x"})
        assert held.status_code == 409
        sent = {"act": "propose", "agency": here.centre.pk, "keeping_class": "years-10", "reason": "Hết hạn."}
        assert proposing.post(url, sent | {"reason": ""}).status_code == 422
        page = proposing.post(url, sent)["Location"]
        assert dossier.code
        assert dossier.code in deciding.get(page).content.decode()
        words = {"act": "approve", "decision": "05/QĐ-UBND", "decided_on": "04/01/2037"}
        assert proposing.post(page, words).status_code == 409
        assert deciding.post(page, words).status_code == 302
        assert "05/QĐ-UBND" in proposing.get(page).content.decode()
        other = people.sign_in(Client(), people.officer(Role.CLERK, of=people.agency("H49.77")))
        assert other.get(page).status_code == 404
        assert people.sign_in(Client(), here.staff[Role.HANDLER]).get(url).status_code == 403


def test_a_class_may_name_only_what_the_catalogue_has(tmp_path: Path) -> None:
    """Else what belongs to it falls to the default, and is destroyed too early."""
    (tmp_path / "law").mkdir()
    (tmp_path / "catalogue").symlink_to(PACK / "catalogue")
    text = (PACK / "law" / "retention.toml").read_text("utf-8")
    file = tmp_path / "law" / "retention.toml"
    file.write_text(text.replace('"kien-truc"', '"kien-truc-cu"'), "utf-8")
    with pytest.raises(ValueError, match="kien-truc-cu"):
        keeping._read(file)
    assert keeping.class_of("1.008891", "kien-truc").years == 20


def test_kept_to_the_last_day_of_the_year() -> None:
    assert keeping.class_of("9.000001", "thu").kept_until(date(2026, 3, 1)) == date(2036, 12, 31)
