"""The doors' pages by cast: what each sees, where each is led, at a constant cost."""

from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from motcua.doors.wording import STATE_MEANINGS
from motcua.dossiers import services as dossiers
from motcua.dossiers.enums import ResultForm, State
from motcua.dossiers.models import Dossier, Draft
from motcua.dossiers.tests.factories import MONDAY, World, accepted, at_step, step, submitted
from motcua.identity.tests import factories as people
from motcua.kernel.actor import Role
from motcua.places import kept
from motcua.places.models import Centre, Unit

PUBLIC = ("doors:home", "doors:search", "doors:help", "doors:accessibility", "doors:privacy")


def citizen_of(here: World) -> Client:
    return people.sign_in(Client(), here.citizen_account)


def text_of(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


def draft_of(here: World) -> Draft:
    return dossiers.open_draft(
        procedure_id=here.procedure.pk, actor=here.actor("citizen"), now=MONDAY, form_key="birth", form_version=1,
        answers={},
    )  # fmt: skip


@pytest.mark.parametrize("name", PUBLIC)
def test_the_doors_are_open_to_everybody(here: World, name: str) -> None:
    assert Client().get(reverse(name)).status_code == 200
    assert Client().post(reverse(name)).status_code == 405


@pytest.mark.parametrize("name", ["doors:space", "doors:office", "doors:after_sign_in"])
def test_the_inner_doors_ask_who_is_there(here: World, name: str) -> None:
    answer = Client().get(reverse(name))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/?next=")


def test_a_part_asked_for_after_the_session_ended_is_not_the_sign_in_page(here: World) -> None:
    answer = Client(headers={"HX-Request": "true"}).post(reverse("doors:space"))
    assert (answer.status_code, answer.content) == (401, b"")


def test_everybody_lands_where_they_work(here: World) -> None:
    staff = people.sign_in(Client(), here.staff[Role.HANDLER])
    assert staff.get(reverse("doors:after_sign_in"))["Location"] == reverse("doors:office")
    assert staff.get(reverse("doors:office"))["Location"] == reverse("dossiers:inbox")
    citizen = citizen_of(here)
    assert citizen.get(reverse("doors:after_sign_in"))["Location"] == reverse("doors:space")
    assert citizen.get(reverse("doors:office")).status_code == 403


def test_home_leads_with_what_people_do_most(here: World) -> None:
    here.procedure.common_position = 1
    here.procedure.save(update_fields=["common_position"])
    page = text_of(Client().get("/"))
    assert reverse("catalogue:procedure", args=[here.procedure.code]) in page
    assert "5 working days" in page
    assert "Can be done online" in page
    assert "How we did lately" not in page  # nothing is claimed where nothing was finished


def test_home_offers_the_reader_their_own_draft_only(here: World) -> None:
    draft = draft_of(here)
    assert str(draft.pk) in text_of(citizen_of(here).get("/"))
    stranger = people.sign_in(Client(), people.account())
    assert "Go on with your draft" not in text_of(stranger.get("/"))
    assert "Go on with your draft" not in text_of(Client().get("/"))


@pytest.mark.parametrize(
    ("step", "ending"),
    [("", "/for-whom/"), ("all-papers", "/papers/"), ("check-and-send", "/review/"), ("mother", "/form/mother/")],
)
def test_a_draft_is_opened_where_its_writer_left_off(here: World, step: str, ending: str) -> None:
    draft = draft_of(here)
    Draft.objects.filter(pk=draft.pk).update(step=step)
    assert f'href="/drafts/{draft.pk}{ending}"' in text_of(citizen_of(here).get("/my/"))


def test_search_finds_the_readers_own_dossier_by_its_code(here: World) -> None:
    dossier = accepted(here)
    url = reverse("doors:search")
    mine = text_of(citizen_of(here).get(url, {"q": dossier.code}))
    assert reverse("dossiers:status", args=[dossier.pk]) in mine
    for other in (Client(), people.sign_in(Client(), people.account())):
        page = text_of(other.get(url, {"q": dossier.code}))
        assert str(dossier.pk) not in page
        assert f"{reverse('dossiers:track')}?code={dossier.code}" in page


@pytest.mark.parametrize("typed", ["", " ", "\x01", "<b>x</b>", "%", "'", "y" * 900, "🙂", "H49.1-999999-0001"])
def test_search_takes_anything_that_can_be_typed(here: World, typed: str) -> None:
    page = text_of(Client().get(reverse("doors:search"), {"q": typed}))
    assert "<b>x</b>" not in page


def test_the_space_says_first_what_needs_the_person(here: World) -> None:
    dossier = at_step(here, "appraise")
    dossiers.request_supplement(
        dossier_id=dossier.pk, items=["Giấy chứng sinh"], reason="Thiếu", actor=here.actor(Role.HANDLER), now=MONDAY
    )
    page = text_of(citizen_of(here).get("/my/"))
    assert "This needs you now" in page
    assert reverse("dossiers:supplement", args=[dossier.pk]) in page
    assert "Giấy chứng sinh" in page
    assert "Under way" not in page  # it is told once


def test_the_space_tells_the_clock_of_what_is_under_way(here: World) -> None:
    dossier = accepted(here)
    page = text_of(citizen_of(here).get("/my/"))
    assert dossier.code in page
    assert "mc-clock-bar" in page
    assert "This needs you now" not in page


def test_a_paper_result_waits_to_be_collected_an_electronic_one_does_not(here: World) -> None:
    for form, asked in ((ResultForm.ELECTRONIC, False), (ResultForm.PAPER, True)):
        made = at_step(here, "clerk", result_form=form)
        step(here, made, MONDAY)
        assert Dossier.objects.get(pk=made.pk).state == State.RESOLVED
        page = text_of(citizen_of(here).get("/my/"))
        assert ("Collect your result" in page) is asked
        assert "Results and papers" in page


def test_an_empty_space_says_what_to_do(here: World) -> None:
    page = text_of(people.sign_in(Client(), people.account()).get("/my/"))
    assert "mc-empty" in page
    assert "Under way" not in page


def test_the_space_costs_the_same_at_one_and_at_six_dossiers(here: World) -> None:
    client = citizen_of(here)
    kept.renew("places", "test")  # as in service: what packs say is read once for a process

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            text_of(client.get("/my/"))
        return len(queries)

    accepted(here), submitted(here)
    cost()
    few = cost()
    for _ in range(4):
        accepted(here)
    assert cost() == few


def test_help_explains_every_state_and_names_the_nearest_centre(here: World) -> None:
    unit = Unit.objects.create(
        code="06685", name="Phường Hồng Gai", sort_key="hong gai", folded="hong gai", kind="ward",
        valid_from="2025-07-01",
    )  # fmt: skip
    here.centre.unit = unit
    here.centre.save(update_fields=["unit"])
    Centre.objects.create(agency=here.centre, address="Phường Hồng Gai, tỉnh Quảng Ninh", phone="")
    page = text_of(Client().get("/help/", {"unit": "06685"}))
    assert "Your centre" in page
    assert "1900" in page  # a centre without a telephone of its own answers at the hotline
    assert all(str(meaning) in page.replace("&#x27;", "'") for meaning in STATE_MEANINGS.values())
    for wrong in ("", "99999", "\x01"):
        assert "Your centre" not in text_of(Client().get("/help/", {"unit": wrong}))


def test_every_state_has_its_meaning() -> None:
    assert set(STATE_MEANINGS) == set(State)


def test_ids_of_others_never_reach_the_space(here: World) -> None:
    other: UUID = accepted(here).pk
    assert str(other) not in text_of(people.sign_in(Client(), people.account()).get("/my/"))
