"""Where a correction is seen: register and minutes, the explained clock, packages, disposal, a reorganisation."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from motcua.dossiers import books, services
from motcua.dossiers.enums import Action, Happening, State
from motcua.dossiers.models import Correction, Dossier, HandOver, Result
from motcua.dossiers.services import disposition, packaging
from motcua.dossiers.tests import test_reorganisation as plans
from motcua.dossiers.tests.acting import act
from motcua.dossiers.tests.factories import MONDAY, World, at, office_day, world
from motcua.dossiers.tests.test_corrections import LATER, corrected, given_again, handed, issued_again
from motcua.dossiers.versions import clock_until, versions_of
from motcua.identity.tests import factories as people
from motcua.kernel.actor import Role, system
from motcua.kernel.errors import Refused
from motcua.workflow import queries as workflow
from motcua.workflow.models import Run


@pytest.fixture
def here(db: None) -> World:
    return world()


def note_of(of: World) -> str:
    book = books.book(of.centre, 2026)
    return books.entries(book, range(1, book.total + 1))[0].line.note


def test_the_line_of_the_register_is_marked(here: World) -> None:
    dossier = handed(here)
    assert note_of(here) == ""
    begun = corrected(here, dossier)
    assert note_of(here) == "Đang đính chính kết quả"
    done = given_again(here, issued_again(here, begun))
    assert note_of(here) == "Kết quả đã đính chính (lần 1)"
    act(Action.ANNUL, done, here.actor(Role.LEADER), here, LATER)
    assert note_of(here) == "Kết quả bị thu hồi, hủy bỏ"


def test_each_version_stands_in_the_minutes_of_its_day(here: World) -> None:
    clerk = here.actor(Role.CLERK)
    begun = corrected(here, handed(here))

    def numbers(day: Any) -> list[int]:
        return [one.result.number for group in books.brought(clerk, day.date()) for one in group.dossiers]

    assert (numbers(MONDAY), numbers(LATER)) == ([1], [])
    issued_again(here, begun)
    assert (numbers(MONDAY), numbers(LATER)) == ([1], [2])


def test_both_clocks_are_explained(here: World) -> None:
    dossier = corrected(here, handed(here))
    out = StringIO()
    call_command("clock", "explain", dossier.code, stdout=out)
    first, second = out.getvalue().split("The correction of the result")
    assert "due 30/11/2026" in first.replace("2026-11-30", "30/11/2026") or "2026-11-30" in first
    assert "2026-12-01" in second or "01/12/2026" in second


def test_a_result_that_waits_to_be_fetched_is_not_told_as_late(here: World) -> None:
    done = issued_again(here, corrected(here, handed(here)))
    later = at(20, month=12)
    assert clock_until(done, later) == LATER
    run = done.present_run
    assert run is not None
    told = workflow.explained(run, now=clock_until(done, later))
    assert not [part for part in told if part.kind == "overdue"]
    given = given_again(here, done, later)
    assert clock_until(given, later) == MONDAY


def test_a_package_holds_the_former_version(here: World) -> None:
    done = given_again(here, issued_again(here, corrected(here, handed(here))))
    kept = packaging.metadata(Dossier.objects.get(pk=done.pk), LATER, "Thanh tra", system("t"))
    assert [row["number"] for row in kept["former_results"]] == [1]
    assert kept["result"]["number"] == 2
    assert len(kept["former_hand_overs"]) == len(kept["corrections"]) == 1


def test_disposal_forgets_the_people_of_every_version(here: World) -> None:
    done = given_again(here, issued_again(here, corrected(here, handed(here))))
    disposition._forget_people(done, at(1, year=2040))
    assert set(HandOver.objects.values_list("receiver_name", flat=True)) == {""}
    assert set(Result.objects.values_list("title", flat=True)) == {""}
    assert Correction.objects.values_list("wrong", "reason", "started_by").get() == ("–", "–", "")
    assert sorted(Result.objects.values_list("number", flat=True)) == [1, 2], "figures stay"


def test_what_was_disposed_of_is_not_corrected(here: World) -> None:
    dossier = handed(here)
    Dossier.objects.filter(pk=dossier.pk).update(disposed_at=at(25))
    with pytest.raises(Refused) as refused:
        corrected(here, dossier)
    assert refused.value.code == "disposed"


def test_a_correction_under_way_passes_to_the_heir(here: World) -> None:
    dossier = corrected(here, handed(here), now=MONDAY)
    first = Run.objects.values().get(pk=dossier.run_id)
    plan = plans.plan_of(here)
    plans.apply(plan)
    after = Dossier.objects.get(pk=dossier.pk)
    heir = plan.lines.get(from_agency=here.committee).to_agency
    assert heir is not None
    assert (after.competent_agency_id, after.step_agency_id) == (heir.pk, heir.pk)
    run = Run.objects.get(pk=dossier.correction_run_id)
    assert (run.agency_id, run.due_at) == (heir.pk, after.correction_due_at)
    assert Run.objects.values().get(pk=dossier.run_id) == first, "the first run is history"
    assert after.story.filter(what=Happening.INHERITED).exists()
    while after.state != State.RESOLVED:
        after = act_of_heir(here, after)
    assert Result.objects.get(dossier=after).number == 1, "the heir's own series"
    assert [one.result.version for one in versions_of(after)] == [2, 1]


def act_of_heir(of: World, dossier: Dossier) -> Dossier:
    actor = plans.officer(of, Role(dossier.step_role))
    now = at(24, 9)
    if dossier.step_kind == "appraise" and not hasattr(dossier, "result"):
        services.draft_result(
            dossier_id=dossier.pk, kind="granted", title="Giấy khai sinh", template_key="generic", body={},  # type: ignore[arg-type]
            actor=actor, now=now,
        )  # fmt: skip
    if dossier.step_kind == "clerk":
        return services.issue(dossier_id=dossier.pk, symbol="TLKS", opens_register=True, actor=actor, now=now)
    return services.forward(dossier_id=dossier.pk, actor=actor, now=now)


# ── pages ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_pages_by_cast(db: None) -> None:
    with office_day() as here:
        dossier = handed(here)
        case = reverse("dossiers:case", args=[dossier.pk])
        leader = people.sign_in(Client(), here.staff[Role.LEADER])
        assert b"Correct the result" in leader.get(case).content
        reception = people.sign_in(Client(), here.staff[Role.RECEPTION])
        assert b"Correct the result" not in reception.get(case).content
        key = "0190f3a0-0000-7000-8000-000000000001"
        sent = {
            "key": key,
            "expected": dossier.version,
            "wrong": "Sai ngày sinh.",
            "reason": "Gõ nhầm.",
            "at_fault": "",
        }
        refused = leader.post(reverse("dossiers:act", args=[dossier.pk, "correct"]), sent)
        assert refused.status_code == 422
        assert "Gõ nhầm." in refused.content.decode()
        done = leader.post(reverse("dossiers:act", args=[dossier.pk, "correct"]), {**sent, "at_fault": "agency"})
        assert done.status_code == 302
        shown = leader.get(case).content.decode()
        assert "Being corrected" in shown
        assert "a clock of its own" in shown
        own = people.sign_in(Client(), here.citizen_account)
        told = own.get(reverse("dossiers:status", args=[dossier.pk])).content.decode()
        assert "We are correcting the result" in told
        assert "Sai ngày sinh." in told
        assert "Gõ nhầm." not in told, "the office's own words"
        issued_again(here, Dossier.objects.get(pk=dossier.pk), MONDAY)
        asked = reception.get(reverse("dossiers:handover_one", args=[dossier.pk])).content.decode()
        assert "wrong result was given back" in asked
        for browser, route in ((leader, "version"), (own, "own_version")):
            for version in (1, 2):
                paper = browser.get(reverse(f"dossiers:{route}", args=[dossier.pk, version, "result"]))
                assert paper["Content-Type"] == "application/pdf"
            assert browser.get(reverse(f"dossiers:{route}", args=[dossier.pk, 3, "result"])).status_code == 404
            assert browser.get(reverse(f"dossiers:{route}", args=[dossier.pk, 1, "slip"])).status_code == 404
        stranger = people.sign_in(Client(), people.account())
        assert stranger.get(reverse("dossiers:own_version", args=[dossier.pk, 1, "result"])).status_code == 404
