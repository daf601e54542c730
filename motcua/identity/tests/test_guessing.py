"""Guesses sent all at once are counted like guesses one after the other."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from motcua.identity import rules
from motcua.identity import services as identity
from motcua.identity.models import SignInEvent
from motcua.identity.tests import factories as people
from motcua.kernel import clock
from motcua.kernel.actor import Role
from motcua.kernel.errors import Refused

AT_ONCE = 12
HERE = {"address": "192.0.2.7", "browser": "guesser"}


def all_at_once(guess: Callable[[int], Any]) -> Counter[str]:
    """The codes with which these guesses, sent in the same moment, were refused."""
    start = Barrier(AT_ONCE)

    def one(number: int) -> str:
        start.wait(10)
        try:
            guess(number)
        except Refused as refusal:
            return refusal.code
        finally:
            connection.close()
        return "in"

    with ThreadPoolExecutor(AT_ONCE) as hands:
        return Counter(hands.map(one, range(AT_ONCE)))


@pytest.mark.django_db(transaction=True)
def test_passwords() -> None:
    username = people.account(people.person()).username
    answers = all_at_once(
        lambda number: identity.sign_in_locally(username=username, password=f"guess-{number}", **HERE, now=clock.now())
    )
    assert answers == {"wrong": rules.LOCK_AFTER, "locked": AT_ONCE - rules.LOCK_AFTER}
    assert SignInEvent.objects.filter(outcome="failed").count() == rules.LOCK_AFTER


@pytest.mark.django_db(transaction=True)
def test_codes_of_the_second_factor() -> None:
    account = people.officer(Role.HANDLER)
    people.with_second_factor(account)
    answers = all_at_once(
        lambda number: identity.check_second_factor(
            account_id=account.pk, code=f"{number:06d}", **HERE, now=clock.now()
        )
    )
    assert answers == {"code": rules.LOCK_AFTER, "locked": AT_ONCE - rules.LOCK_AFTER}
