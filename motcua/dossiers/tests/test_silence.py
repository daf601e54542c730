"""Silence that speaks because a law says so: an opinion that counts as given, a request that counts as granted."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from motcua.documents import services as documents
from motcua.dossiers import messages, partmessages
from motcua.dossiers import services as dossiers
from motcua.dossiers.enums import Action, Happening, PartState, ResultKind, State
from motcua.dossiers.models import Dossier, Part, TacitGrant
from motcua.dossiers.services import letters, silence
from motcua.dossiers.tests.acting import act
from motcua.dossiers.tests.factories import MONDAY, World, at, at_step, draft, office_day, step
from motcua.identity.tests import factories as people
from motcua.kernel import outbox
from motcua.kernel.actor import Role
from motcua.kernel.errors import NotReady, Refused
from motcua.kernel.models import Event
from motcua.notifications.models import Message

pytestmark = pytest.mark.django_db
ADVERTISING = "1.004650"
LATE = at(30, 9, 1)  # a minute after the due date


def facts(name: str) -> list[outbox.Fact]:
    return [outbox.Fact(e.id, e.name, e.payload, e.at) for e in Event.objects.filter(name=name)]


# ── an opinion ───────────────────────────────────────────────────────────────────────────────────────────────────


def consulted(of: World) -> tuple[Dossier, Part]:
    people.agency("H49.10", name="Sở Xây dựng", office_hours="standard")
    dossier = at_step(of, "appraise", MONDAY)
    return dossier, Part.objects.get(dossier=dossier, key="planning")


def test_an_opinion_not_given_in_time_counts_as_assent_under_the_article() -> None:
    with office_day(process="building-permit", days=20) as of:
        dossier, part = consulted(of)
        assert part.due_at is not None
        assert silence.note(now=part.due_at) == 0
        after = max(part.due_at, at(5, 17, month=12)) + timedelta(days=3)
        assert silence.note(now=after) == 2, "the department and the agency outside"
        assert silence.note(now=after) == 0
        part.refresh_from_db()
        assert (part.state, part.done_at) == (PartState.ASSENTED, after)
        assert "50/2014/QH13, Điều 102" in part.answer
        assert "chưa được xác minh" in part.answer
        assert Dossier.objects.get(pk=dossier.pk).open_parts == [], "the step waits for nobody any more"
        assert dossier.story.filter(what=Happening.PART_ASSENTED).count() == 2
        partmessages.tell_officers(facts("dossiers.PartEnded"))
        assert "50/2014/QH13" in Message.objects.filter(template="dossiers.part_assented").latest("created_at").body


def test_without_a_row_silence_means_nothing() -> None:
    with office_day(process="linked-birth", days=3) as of:
        dossier = at_step(of, "appraise", MONDAY)
        assert silence.note(now=at(1, month=3, year=2027)) == 0
        assert not dossier.parts.filter(state=PartState.ASSENTED).exists()


def test_an_answer_in_time_is_the_answer() -> None:
    with office_day(process="building-permit", days=20) as of:
        _dossier, part = consulted(of)
        officer = people.officer(Role.HANDLER, of=part.agency, name="Cán bộ quy hoạch")
        here = of.staff[Role.CLERK]
        of.staff[Role.CLERK] = officer
        dossiers.answer_part(part_id=part.pk, answer="Phù hợp.", actor=of.actor(Role.CLERK), now=at(24))
        of.staff[Role.CLERK] = here
        silence.note(now=at(20, month=1, year=2027))
        part.refresh_from_db()
        assert (part.state, part.answer) == (PartState.ANSWERED, "Phù hợp.")


# ── a whole request ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def asked() -> Any:
    with office_day(code=ADVERTISING) as of:
        yield of, at_step(of, "appraise", MONDAY)


def test_a_request_nobody_decided_counts_as_granted_and_stays_open_and_late(asked: Any) -> None:
    of, dossier = asked
    assert dossier.due_at == at(30)
    assert silence.note(now=at(30)) == 0
    assert silence.note(now=LATE) == 1
    assert silence.note(now=LATE) == 0
    found, now = TacitGrant.objects.get(), Dossier.objects.get(pk=dossier.pk)
    assert (found.since, found.basis, found.is_verified) == (at(30), "16/2012/QH13, Điều 30", False)
    assert (now.state, now.due_at, now.finished_at) == (State.IN_PROGRESS, at(30), None)
    line = now.story.get(what=Happening.TACIT)
    assert line.is_public
    assert "16/2012/QH13" in line.note
    messages.tell_people(facts("dossiers.DossierTacit"))
    letter = Message.objects.get(template="dossiers.tacit")
    assert letter.recipient_id == of.citizen.pk
    assert "16/2012/QH13" in letter.body


def test_a_confirmation_is_kept_with_law_and_moment(asked: Any, client: Client) -> None:
    of, dossier = asked
    with pytest.raises(NotReady):
        dossiers.paper(dossier=dossier, form="tacit", actor=of.actor(Role.CLERK), now=LATE)
    silence.note(now=LATE)
    now = Dossier.objects.get(pk=dossier.pk)
    made = letters.tacit(now, None, LATE)
    assert (made.since, made.legal_basis, made.is_verified) == (at(30), "16/2012/QH13, Điều 30", False)
    assert (made.signer.name, bool(made.signer.capacity)) == ("", True), "a line for the head to sign on"
    kept = dossiers.paper(dossier=now, form="tacit", actor=of.actor(Role.CLERK), now=LATE)
    assert documents.print_again(kept.pk) == documents.content(kept)
    assert dossiers.paper(dossier=now, form="tacit", actor=of.actor(Role.CLERK), now=LATE + timedelta(days=1)) == kept
    people.sign_in(client, of.staff[Role.LEADER])
    address = reverse("dossiers:print_form", args=[dossier.pk, "tacit"])
    assert address in client.get(reverse("dossiers:case", args=[dossier.pk])).content.decode()


def test_it_can_be_issued_but_not_refused_any_more(asked: Any) -> None:
    of, dossier = asked
    draft(of, dossier, at(27), kind=ResultKind.REFUSED, reason="Sai mẫu.")
    silence.note(now=LATE)
    with pytest.raises(Refused, match="16/2012/QH13"):
        draft(of, dossier, LATE, kind=ResultKind.REFUSED, reason="Sai mẫu.")
    draft(of, dossier, LATE)
    now = Dossier.objects.get(pk=dossier.pk)
    while now.step_kind != "return":
        now = step(of, now, LATE + timedelta(hours=1))
    assert (now.state, now.due_at) == (State.RESOLVED, at(30))
    assert now.finished_at is not None
    assert now.finished_at > now.due_at, "it counts as late"


def test_a_refusal_drafted_before_is_not_issued(asked: Any) -> None:
    of, dossier = asked
    draft(of, dossier, at(27), kind=ResultKind.REFUSED, reason="Sai mẫu.")
    dossier = Dossier.objects.get(pk=dossier.pk)
    while dossier.step_kind != "clerk":
        dossier = step(of, dossier, at(27))
    silence.note(now=LATE)
    with pytest.raises(Refused, match="16/2012/QH13"):
        act(Action.ISSUE, dossier, of.actor(Role.CLERK), of, LATE)


@pytest.mark.parametrize("waits", [Action.REQUEST_SUPPLEMENT, Action.PAUSE_CLOCK])
def test_what_waits_is_not_silent(asked: Any, waits: Action) -> None:
    of, dossier = asked
    act(waits, dossier, of.actor(Role.HANDLER), of, at(24))
    assert silence.note(now=at(20, month=12)) == 0


def test_what_was_put_off_counts_from_the_new_date(asked: Any) -> None:
    of, dossier = asked
    moved = act(Action.EXTEND, dossier, of.actor(Role.HANDLER), of, at(26))
    assert silence.note(now=LATE) == 0
    assert silence.note(now=moved.due_at + timedelta(minutes=1)) == 1


def test_other_procedures_are_never_granted_by_silence() -> None:
    with office_day() as of:
        at_step(of, "appraise", MONDAY)
        assert silence.note(now=at(20, month=12)) == 0


def test_both_pages_say_which_law_and_how_to_get_the_paper(asked: Any, client: Client) -> None:
    of, dossier = asked
    silence.note(now=LATE)
    officer, citizen = of.staff[Role.HANDLER], of.citizen_account
    for who, page in ((officer, "dossiers:case"), (citizen, "dossiers:status")):
        people.sign_in(client, who)
        text = client.get(reverse(page, args=[dossier.pk])).content.decode()
        assert "By law the request counts as granted" in text
        assert "16/2012/QH13, Điều 30" in text
        assert "has not been verified" in text
        assert "written confirmation" in text
