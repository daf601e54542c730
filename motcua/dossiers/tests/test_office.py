"""The office's pages by cast: who sees what, what the buttons do, what is said when they cannot."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from motcua.dossiers import queries
from motcua.dossiers.enums import State
from motcua.dossiers.models import Dossier, SavedFilter
from motcua.dossiers.services import tallies
from motcua.dossiers.templatetags.dossiers import time_left
from motcua.dossiers.tests.factories import World, accepted, at, at_step, office_day, submitted
from motcua.identity.models import AccessEntry
from motcua.identity.tests import factories as people
from motcua.kernel.actor import Role


@pytest.fixture
def here(db: None, settings: Any) -> Iterator[World]:
    with office_day() as made:
        yield made


def client_of(here: World, who: Role | str) -> Client:
    account = here.citizen_account if who == "citizen" else here.staff[Role(who)]
    return people.sign_in(Client(), account)


def page(here: World, dossier: Dossier, who: Role) -> Any:
    return client_of(here, who).get(reverse("dossiers:case", args=[dossier.pk]))


def page_of(here: World, who: Role, name: str) -> str:
    return str(client_of(here, who).get(reverse(name)).content.decode())


def send(here: World, dossier: Dossier, who: Role, action: str, **fields: Any) -> Any:
    data = {"expected": Dossier.objects.get(pk=dossier.pk).version, "key": uuid4(), **fields}
    return client_of(here, who).post(reverse("dossiers:act", args=[dossier.pk, action]), data)


def test_the_inbox_shows_what_waits_about_to_be_late_first(here: World) -> None:
    later, sooner = accepted(here, at(23, 9)), accepted(here, at(20, 9))
    answer = client_of(here, Role.HEAD).get(reverse("dossiers:inbox"))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert text.index(sooner.code or "") < text.index(later.code or "")
    assert "mc-empty" in client_of(here, Role.CLERK).get(reverse("dossiers:inbox")).content.decode()


def test_a_row_says_how_much_working_time_is_left(here: World) -> None:
    dossier = accepted(here, at(23, 9))
    fresh, waiting = submitted(here, at(20, 16)), accepted(here, at(20, 9))
    assert dossier.due_at
    assert fresh.acceptance_due_at
    Dossier.objects.filter(pk=waiting.pk).update(state=State.SUPPLEMENT, paused_at=at(20, 9))
    waiting.refresh_from_db()
    left = queries.minutes_left([dossier, fresh, waiting], dossier.due_at)
    assert left[dossier.pk] == 0
    assert left[fresh.pk] < 0
    assert waiting.pk not in left
    in_an_hour = queries.minutes_left([dossier], dossier.due_at - timedelta(hours=1))
    assert in_an_hour == {dossier.pk: 60}
    with override("en"):
        assert time_left({dossier.pk: 125}, dossier) == "2 h 5 min left"
        assert time_left({dossier.pk: -540}, dossier) == "1 day 1 h over"
        assert time_left({}, dossier) == ""
    assert re.search(r"mc-hint\">[^<]*(left|còn|over|quá)", page_of(here, Role.HEAD, "dossiers:inbox"), re.IGNORECASE)


def test_the_story_names_the_step_that_was_done(here: World) -> None:
    dossier = at_step(here, "appraise")
    for who, url in ((Role.HANDLER, "dossiers:case"), ("citizen", "dossiers:status")):
        text = client_of(here, who).get(reverse(url, args=[dossier.pk])).content.decode()
        done = dossier.story.filter(what="forwarded").values_list("step_name", flat=True)
        assert done
        assert all(f'<span lang="vi">{name}</span>' in text for name in done)


def test_citizens_and_strangers_do_not_enter(here: World) -> None:
    dossier = accepted(here)
    url = reverse("dossiers:case", args=[dossier.pk])
    assert Client().get(url).status_code == 302
    assert client_of(here, "citizen").get(url).status_code == 403
    stranger = people.officer(Role.LEADER, of=people.agency("H49.99"))
    assert people.sign_in(Client(), stranger).get(url).status_code == 404
    assert people.sign_in(Client(), here.staff[Role.HEAD], second_factor=False).get(url).status_code == 302


def test_lists_cost_the_same_at_one_and_at_twenty_rows(here: World) -> None:
    client = client_of(here, Role.HEAD)

    def cost(name: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse(name)).status_code == 200
        return len(asked)

    accepted(here)
    cost("dossiers:inbox")
    one = [cost("dossiers:inbox"), cost("dossiers:office_search")]
    for _ in range(19):
        accepted(here)
    assert [cost("dossiers:inbox"), cost("dossiers:office_search")] == one


@pytest.mark.parametrize("typed", ["nguyen hanh", "HẠNH", "{code}", "{tracking}", "{number}", "nguyễn thị hạ"])
def test_search_finds_as_people_type(here: World, typed: str) -> None:
    dossier, other = accepted(here), accepted(here, owner_name="Đỗ Văn Sơn", submitter_name="Đỗ Văn Sơn",
                                              owner_person_id=None, submitter_person_id=None)  # fmt: skip
    words = typed.format(code=dossier.code, tracking=dossier.tracking_code, number=here.citizen.id_number)
    answer = client_of(here, Role.LEADER).get(reverse("dossiers:office_search"), {"q": words}, follow=True)
    text = answer.content.decode()
    assert (dossier.code or "") in text
    assert (other.code or "") not in text


def test_filters_and_kept_searches(here: World) -> None:
    fresh, running = submitted(here), accepted(here)
    client = client_of(here, Role.RECEPTION)
    text = client.get(reverse("dossiers:office_search"), {"state": "1"}).content.decode()
    assert fresh.tracking_code in text
    assert (running.code or "") not in text
    assert client.get(reverse("dossiers:office_search"), {"day": "31/02/2026"}).status_code == 200
    client.post(reverse("dossiers:save_search"), {"name": "Mới", "query": "state=1"})
    assert SavedFilter.objects.get().query == "state=1"
    assert "Mới" in client.get(reverse("dossiers:office_search")).content.decode()
    client.post(reverse("dossiers:drop_search"), {"name": "Mới"})
    assert not SavedFilter.objects.exists()


def test_the_page_says_what_can_be_done_and_why_not(here: World) -> None:
    dossier = at_step(here, "appraise")
    answer = page(here, dossier, Role.HANDLER)
    options = {option["action"]: option for option in answer.context["options"]}
    assert options["draft_result"]["form"]
    assert "Draft" in options["forward"]["refusal"] or "thảo" in options["forward"]["refusal"]
    assert options["return_step"]["form"]
    clerk = {o["action"]: o for o in page(here, dossier, Role.CLERK).context["options"]}
    assert clerk["issue"]["refusal"]
    assert clerk["issue"]["refusal"] in page(here, dossier, Role.CLERK).content.decode()


def test_looking_is_written_down_and_the_number_is_masked(here: World) -> None:
    dossier, number = accepted(here), here.citizen.id_number
    assert number not in page(here, dossier, Role.HEAD).content.decode()
    entry = AccessEntry.objects.get()
    assert (entry.purpose, entry.person_id) == ("handling", here.citizen.pk)
    shown = client_of(here, Role.HEAD).post(reverse("dossiers:reveal", args=[dossier.pk]))
    assert number in shown.content.decode()
    assert AccessEntry.objects.filter(fields__contains=["id_number"]).count() == 1


def test_accepting_from_the_page(here: World) -> None:
    dossier = submitted(here)
    answer = send(here, dossier, Role.RECEPTION, "accept")
    assert answer.status_code == 302
    assert Dossier.objects.get(pk=dossier.pk).state == State.ACCEPTED


def test_a_refused_form_keeps_what_was_typed(here: World) -> None:
    dossier = at_step(here, "appraise")
    answer = send(here, dossier, Role.HANDLER, "request_supplement", items="Giấy chứng sinh", reason="")
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Giấy chứng sinh" in text
    assert "mc-error" in text


def test_the_second_officer_is_told_and_keeps_the_note(here: World) -> None:
    dossier = accepted(here)
    old = dossier.version
    assert send(here, dossier, Role.HEAD, "claim").status_code == 302
    answer = send(here, dossier, Role.HEAD, "forward", expected=old, note="Chuyển giúp tôi")
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "Chuyển giúp tôi" in text
    assert "Cán bộ head, 09:00: An officer took the dossier. Look at it again" in text
    now = Dossier.objects.get(pk=dossier.pk)
    assert now.step_kind == "assign"
    assert f'name="expected" value="{now.version}"' in answer.content.decode()


@pytest.mark.parametrize("action", ["nonsense", "rate", "submit"])
def test_unknown_acts_are_not_found(here: World, action: str) -> None:
    assert send(here, accepted(here), Role.HEAD, action).status_code == 404


def test_an_act_on_an_unknown_dossier_is_not_found(here: World) -> None:
    url = reverse("dossiers:act", args=[UUID(int=5), "accept"])
    assert client_of(here, Role.RECEPTION).post(url, {}).status_code == 404


def test_the_whole_day_through_the_pages(here: World) -> None:
    dossier = submitted(here)
    assert send(here, dossier, Role.RECEPTION, "accept").status_code == 302
    handler = str(here.staff[Role.HANDLER].pk)
    assert send(here, dossier, Role.HEAD, "assign", account=handler, note="").status_code == 302
    drafted = send(here, dossier, Role.HANDLER, "draft_result", kind="refused", title="Thông báo", reason="Không đủ.")
    assert drafted.status_code == 302, drafted.content.decode()[-3000:]
    for who in (Role.HANDLER, Role.HEAD, Role.LEADER):
        assert send(here, dossier, who, "forward", note="").status_code == 302
    assert send(here, dossier, Role.CLERK, "issue", symbol="TB-UBND").status_code == 302
    done = Dossier.objects.get(pk=dossier.pk)
    assert done.state == State.RESOLVED
    for form in ("slip", "control", "result"):
        paper = client_of(here, Role.CLERK).get(reverse("dossiers:print_form", args=[dossier.pk, form]))
        assert paper.status_code == 200
        assert b"".join(paper).startswith(b"%PDF")
    assert client_of(here, Role.CLERK).get(reverse("dossiers:print_form", args=[dossier.pk, "stop"])).status_code == 404


def test_chips_count_the_states(here: World) -> None:
    accepted(here)
    submitted(here)
    tallies.recount()
    chips = client_of(here, Role.RECEPTION).get(reverse("dossiers:inbox")).context["counts"]
    assert [chip["count"] for chip in chips] == [1, 1]


def test_an_unknown_limit_is_asked_on_the_page(db: None, settings: Any) -> None:
    with office_day(days=None) as here:
        dossier = submitted(here)
        assert send(here, dossier, Role.RECEPTION, "accept").status_code == 422
        assert send(here, dossier, Role.RECEPTION, "accept", limit="7,x").status_code == 422
        assert send(here, dossier, Role.RECEPTION, "accept", limit="3").status_code == 302
    accepted_one = Dossier.objects.get(pk=dossier.pk)
    assert accepted_one.due_at
    assert accepted_one.due_at.date() == at(26).date()


def test_same_day_work_goes_straight_to_be_signed(db: None, settings: Any) -> None:
    with office_day(process="same-day") as here:
        text = page(here, at_step(here, "appraise"), Role.HANDLER).content.decode()
    assert "Send to be signed" in text
    assert "Send for approval" not in text


def test_an_officer_reads_but_does_not_decide_a_matter_of_their_own(here: World) -> None:
    officer = here.staff[Role.HANDLER]
    dossier = at_step(here, "appraise", submitter_person_id=officer.person_id)
    answer = page(here, dossier, Role.HANDLER)
    assert answer.status_code == 200
    options = {option["action"]: option for option in answer.context["options"]}
    assert "party" in options["draft_result"]["refusal"]
    assert options["draft_result"]["refusal"] in answer.content.decode()
    refused = send(here, dossier, Role.HANDLER, "claim")
    assert refused.status_code == 409
    assert "You are a party to this dossier" in refused.content.decode()
    assert Dossier.objects.get(pk=dossier.pk).assignee_id is None


def test_the_head_gives_the_matter_of_a_colleague_to_another_one(here: World) -> None:
    party = here.staff[Role.HANDLER]
    other = people.officer(Role.HANDLER, of=here.committee, name="Vũ Thị Khác")
    dossier = accepted(here, owner_person_id=party.person_id)
    offered = {o["action"]: o for o in page(here, dossier, Role.HEAD).context["options"]}["assign"]["form"]
    assert [value for value, _ in offered.fields["account"].choices] == ["", str(other.pk)]
    assert send(here, dossier, Role.HEAD, "assign", account=str(other.pk)).status_code == 302
    assert Dossier.objects.get(pk=dossier.pk).assignee_id == other.pk


def test_each_field_stands_once_and_what_is_not_possible_now_is_folded_away(here: World) -> None:
    dossier = accepted(here)
    text = page(here, dossier, Role.HEAD).content.decode()
    ids = re.findall(r'<(?:input|textarea|select)[^>]* id="([^"]+)"', text)
    assert sorted(ids) == sorted(set(ids))
    waiting = page(here, submitted(here), Role.RECEPTION)
    later = [one for one in waiting.context["options"] if one["is_later"]]
    assert later
    assert waiting.content.decode().index("Not possible now, and why") < waiting.content.decode().index(
        str(later[0]["label"]), waiting.content.decode().index("Not possible now, and why")
    )
