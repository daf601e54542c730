"""Cases when their agency ends: the heir has them, their limits and the figures stay, and it can be taken back."""

from datetime import date, timedelta

import pytest

from motcua.identity import queries as identity
from motcua.identity.tests import factories as people
from motcua.kernel.actor import Actor, system
from motcua.kernel.errors import DomainError, Refused
from motcua.places import services as places
from motcua.places.enums import LineKind
from motcua.places.models import Agency, Centre, Plan, PlanLine
from motcua.places.queries import forget_calendars
from motcua.support import queries
from motcua.support import services as support
from motcua.support.models import Feedback, StoryLine
from motcua.support.tests.factories import ANSWER, REASON, Place, answered, at, place, send

pytestmark = pytest.mark.django_db
ON, NOW = date(2026, 11, 24), at(24, 7)
SYSTEM = system("test")


@pytest.fixture
def here() -> Place:
    return place()


def plan_of(here: Place) -> Plan:
    """The commune's centre and committee end; those of a new commune take over."""
    committee = people.agency("H49.101", name="Ủy ban nhân dân phường mới", valid_from=ON, office_hours="standard")
    centre = people.agency(
        "H49.101.01", name="Trung tâm phường mới", kind="centre", parent=committee, valid_from=ON,
        office_hours="standard",
    )  # fmt: skip
    Centre.objects.create(agency=centre, address="Hồng Gai", opened_on=ON)
    made = Plan.objects.create(key="2026", name="Sắp xếp thử", on=ON, legal_basis="01/NQ", digest="x")
    for position, (source, heir) in enumerate([(here.world.committee, committee), (here.commune, centre)]):
        PlanLine.objects.create(
            plan=made, position=position, from_agency=source, to_agency=heir, kind=LineKind.WHOLE, decision="01/QĐ"
        )
    return made


def apply(plan: Plan) -> None:
    places.apply(plan_id=plan.pk, actor=SYSTEM, now=NOW)
    forget_calendars()


def states() -> list[tuple[object, ...]]:
    cases = Feedback.objects.order_by("pk").values_list("pk", "agency_id", "version", "due_at", "sort_at", "shelf")
    return [*cases, *StoryLine.objects.order_by("pk").values_list("pk", "note")]


def test_what_is_to_be_done_lies_with_the_heir_with_its_limits(here: Place) -> None:
    running, pending, done = send(here), answered(here), answered(here, may_publish=False)
    figures = {"first": at(1).date(), "last": at(23).date(), "now": at(30)}
    before = queries.feedback_counts(**figures)
    apply(plan_of(here))
    heir = Agency.objects.get(code="H49.101.01")
    moved = Feedback.objects.in_bulk([running.pk, pending.pk, done.pk])
    assert (moved[running.pk].agency, moved[pending.pk].agency, moved[done.pk].agency) == (heir, heir, here.commune)
    assert moved[running.pk].due_at == running.due_at
    assert queries.feedback_counts(**figures) == before
    line = running.story.get(what="inherited")
    assert (line.agency, line.is_public) == (heir, True)


def test_the_officers_who_come_along_finish_it(here: Place) -> None:
    case = send(here)
    apply(plan_of(here))
    actor = actor_of(here, "leader")
    support.take_up(feedback_id=case.pk, actor=actor, now=at(24))
    done = support.answer(feedback_id=case.pk, text=ANSWER, actor=actor, now=at(25))
    assert done.state == "answered"


def actor_of(here: Place, who: str) -> Actor:
    return identity.actor_of(here.staff[who].pk, ON)


def test_taken_back_everything_is_as_it_was(here: Place) -> None:
    send(here), answered(here)
    before, plan = states(), plan_of(here)
    apply(plan)
    assert states() != before
    places.reverse(plan_id=plan.pk, actor=SYSTEM, now=NOW + timedelta(hours=1))
    forget_calendars()
    assert states() == before


def test_a_case_that_moved_on_is_not_taken_back(here: Place) -> None:
    case, plan = send(here), plan_of(here)
    apply(plan)
    support.refuse(feedback_id=case.pk, reason=REASON, actor=actor_of(here, "leader"), now=at(24))
    with pytest.raises(DomainError, match=case.code):
        places.reverse(plan_id=plan.pk, actor=SYSTEM, now=NOW + timedelta(hours=1))


def test_a_new_case_of_today_goes_to_no_agency_that_has_ended(here: Place) -> None:
    apply(plan_of(here))
    with pytest.raises(Refused) as refused:
        send(here, at(25))
    assert refused.value.code == "agency"
