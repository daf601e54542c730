"""Papers say who ended, granted and took part: a person or a line to sign on, by the law of the dossier's day."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from motcua.documents import services as documents
from motcua.documents import wording
from motcua.documents.tests.test_layouts import text_of
from motcua.dossiers import services
from motcua.dossiers.enums import Action, PartState
from motcua.dossiers.models import Dossier, Part
from motcua.dossiers.services import control, expiry, letters, prints
from motcua.dossiers.tests.acting import act
from motcua.dossiers.tests.factories import MONDAY, World, accepted, at_step, office_day, submitted
from motcua.kernel.actor import Role, system
from motcua.kernel.errors import NotReady
from motcua.workflow.enums import PartKind

JOBS = (expiry.CLOSER.name, "dossiers.", "workflow.")
LATER = MONDAY + timedelta(days=60)


@pytest.fixture
def here(db: None, settings: Any, tmp_path: Path) -> Iterator[World]:
    settings.BLOBS = tmp_path
    with office_day() as made:
        yield made


def text(here: World, dossier: Dossier, form: str, now: datetime = LATER, **facts: Any) -> str:
    dossier = Dossier.objects.get(pk=dossier.pk)
    return text_of(
        documents.content(services.paper(dossier=dossier, form=form, actor=here.actor(Role.CLERK), now=now, **facts))
    )


def expired(here: World, dossier: Dossier, by: Role) -> Dossier:
    act(Action.REQUEST_SUPPLEMENT, dossier, here.actor(by), here, MONDAY)
    assert expiry.close_unanswered(now=LATER) == 1
    return Dossier.objects.get(pk=dossier.pk)


def test_a_stop_by_the_clock_names_request_limit_and_article_and_no_job(here: World) -> None:
    closed = expired(here, at_step(here, "appraise"), Role.HANDLER)
    made = letters.stop(closed, None, LATER)
    asked = closed.supplements.get()
    assert (made.ended_by, made.requested_at, made.answer_by) == ("limit", asked.asked_at, asked.limit_at)
    assert made.signer.name == ""
    assert made.legal_basis == "118/2025/NĐ-CP, Điều 17; như 61/2018/NĐ-CP, Điều 19 khoản 4"
    said = text(here, closed, "stop")
    assert "Hết thời hạn bổ sung" in said
    assert "Theo đề nghị của" not in said
    assert "NGƯỜI TIẾP NHẬN" not in said


def test_a_refusal_by_the_clock_is_left_to_be_signed(here: World) -> None:
    closed = expired(here, submitted(here), Role.RECEPTION)
    made = letters.refusal(closed, None, LATER)
    assert made.officer == ""
    assert "đã yêu cầu bổ sung" in made.reasons[0]
    assert made.legal_basis == "118/2025/NĐ-CP, Điều 17; như 61/2018/NĐ-CP, Điều 19 khoản 4"


def test_a_withdrawal_says_that_the_applicant_asked_who_does_not_sign_as_officer(here: World) -> None:
    gone = act(Action.WITHDRAW, accepted(here), here.actor("citizen"), here, MONDAY)
    made = letters.stop(gone, None, MONDAY)
    assert (made.ended_by, made.signer.name, made.signer.capacity) == ("applicant", "", ("GIÁM ĐỐC",))
    assert "Theo đề nghị của" in text(here, gone, "stop")


def test_a_stop_by_an_officer_gives_reason_and_basis(here: World) -> None:
    stopped = act(Action.STOP, accepted(here), here.actor(Role.RECEPTION), here, MONDAY, reason="Trùng hồ sơ.")
    made = letters.stop(stopped, None, MONDAY)
    assert (made.ended_by, made.signer.name) == ("agency", here.actor(Role.RECEPTION).name)
    said = text(here, stopped, "stop")
    assert "Theo đề nghị của" not in said
    assert "Trùng hồ sơ." in said
    assert "Căn cứ: 118/2025/NĐ-CP" in said


@pytest.mark.parametrize(("role", "is_signed"), [(Role.HANDLER, False), (Role.LEADER, True)])
def test_an_apology_bears_a_name_only_of_who_may_sign_and_the_dates_in_their_places(
    here: World, role: Role, *, is_signed: bool
) -> None:
    kind = "appraise" if role is Role.HANDLER else "approve"
    dossier = at_step(here, kind)
    old = dossier.due_at
    put_off = act(Action.EXTEND, dossier, here.actor(role), here, MONDAY)
    made = letters.apology(put_off, None, MONDAY)
    assert (made.due_at, made.new_due_at) == (old, put_off.due_at)
    assert made.signer.name == (here.actor(role).name if is_signed else "")
    assert made.signer.capacity == ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH")
    assert made.received_by == here.centre.name
    said = text(here, put_off, "apology")
    before, after = (documents_moment(day) for day in (old, put_off.due_at))
    assert said.index(before) < said.index("Thời gian đề nghị gia hạn đến") < said.index(after)
    assert f"{here.centre.name} đã tiếp nhận" in said


def documents_moment(at: datetime | None) -> str:
    assert at is not None
    return wording.moment(at)


def test_the_control_sheet_shows_the_agencies_asked_and_not_the_centre_as_one(here: World) -> None:
    dossier = at_step(here, "appraise")
    common: dict[str, Any] = {
        "dossier": dossier, "kind": PartKind.values[0], "role": Role.HANDLER, "opens_at": "", "closes_at": "",
        "asked_by": "Trần Bình", "asked_at": MONDAY, "started_at": MONDAY + timedelta(hours=1),
    }  # fmt: skip
    due = MONDAY + timedelta(days=2)
    Part.objects.create(
        key="a", name="Ý kiến quy hoạch", outside="Công an phường", state=PartState.ANSWERED, due_at=due,
        done_at=due + timedelta(hours=1), done_by="Lê Văn Khải", **common,
    )  # fmt: skip
    Part.objects.create(
        key="b", name="Ý kiến", outside="Điện lực", state=PartState.ASSENTED, due_at=due, done_at=due,
        done_by="dossiers.silence", **common,
    )  # fmt: skip
    made = control.sheet(dossier, None, LATER)
    assert made.other_agencies == ("Công an phường", "Điện lực")
    rows = {row.receiver: row for row in made.steps}
    late = rows["Công an phường – Ý kiến quy hoạch"]
    assert (late.giver, late.giver_name, late.receiver_name) == (here.committee.name, "Trần Bình", "Lê Văn Khải")
    assert (late.outcome, late.note) == ("Quá hạn", "đã trả lời")
    assert rows["Điện lực – Ý kiến"].receiver_name == ""
    assert [row.given_at for row in made.steps] == sorted(row.given_at for row in made.steps)


def test_the_control_sheet_is_the_same_paper_until_something_happens(here: World) -> None:
    dossier = at_step(here, "appraise")

    def look(now: datetime) -> Any:
        fresh = Dossier.objects.get(pk=dossier.pk)
        return services.paper(dossier=fresh, form="control", actor=here.actor(Role.CLERK), now=now)

    first = look(MONDAY)
    assert documents.print_again(first.pk) == documents.content(first)
    assert look(LATER).pk == first.pk
    act(Action.EXTEND, dossier, here.actor(Role.HANDLER), here, MONDAY + timedelta(minutes=5))
    assert look(LATER).pk != first.pk


def test_an_earlier_request_is_printed_as_it_was(here: World) -> None:
    dossier = at_step(here, "appraise")
    for number, items in enumerate((["Giấy chứng sinh"], ["Sổ hộ khẩu cũ"])):
        asked = act(Action.REQUEST_SUPPLEMENT, dossier, here.actor(Role.HANDLER), here, MONDAY, items=items)
        if number == 0:
            dossier = act(Action.ANSWER_SUPPLEMENT, asked, here.actor("citizen"), here, MONDAY)
    assert "Giấy chứng sinh" in text(here, dossier, "supplement", number=1)
    assert "Sổ hộ khẩu cũ" in text(here, dossier, "supplement")
    with pytest.raises(NotReady):
        text(here, dossier, "supplement", number=3)


@pytest.mark.parametrize("form", prints.FORMS)
def test_no_paper_bears_the_name_of_a_job(here: World, form: str) -> None:
    dossiers = [expired(here, at_step(here, "appraise"), Role.HANDLER), at_step(here, "return")]
    for dossier in dossiers:
        dossier.story.update(who="dossiers.any_job")
        dossier.supplements.update(asked_by="dossiers.any_job")
        if hasattr(dossier, "result"):
            dossier.result.signed_by = "dossiers.any_job"
            dossier.result.save()
        try:
            said = text(here, dossier, form)
        except NotReady:
            continue
        assert not [job for job in JOBS if job in said]


def test_what_a_job_is_called_is_no_name() -> None:
    assert letters.person(system("dossiers.expiry").name) == ""
    assert letters.person("Nguyễn Thị Hà") == "Nguyễn Thị Hà"
