"""Which guidance may be written down."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from motcua.counter.rules import require_guidance
from motcua.kernel.actor import Actor, ActorKind, Grant, Role
from motcua.kernel.clock import ZONE
from motcua.kernel.errors import Refused

NOW = datetime(2026, 11, 23, 9, tzinfo=ZONE)
HERE = uuid4()
OFFICER = Actor(ActorKind.PERSON, account_id=uuid4(), grants=(Grant(Role.HANDLER, HERE),))


def refusal(minutes: int = 10, agency_id: UUID | None = HERE, at: datetime = NOW, actor: Actor = OFFICER) -> str:
    with pytest.raises(Refused) as caught:
        require_guidance(minutes=minutes, agency_id=agency_id, at=at, actor=actor, now=NOW)
    return caught.value.code


@pytest.mark.parametrize("minutes", [1, 5, 240])
def test_what_can_be_true_passes(minutes: int) -> None:
    require_guidance(minutes=minutes, agency_id=HERE, at=NOW, actor=OFFICER, now=NOW)


@pytest.mark.parametrize("minutes", [0, -5, 241])
def test_minutes_that_cannot_be(minutes: int) -> None:
    assert refusal(minutes=minutes) == "minutes"


def test_only_where_one_works() -> None:
    assert refusal(agency_id=uuid4()) == "agency"
    assert refusal(agency_id=None) == "agency"
    assert refusal(actor=Actor(ActorKind.PERSON)) == "agency"


def test_not_before_it_happened() -> None:
    assert refusal(at=NOW + timedelta(minutes=1)) == "future"
