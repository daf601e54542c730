"""What every way out of the house promises."""

from dataclasses import dataclass
from typing import Protocol

from motcua.kernel.errors import DomainError, Permanent, Temporary
from motcua.notifications.enums import Failure

MOST_DETAIL = 500  # characters kept of what a neighbour answered


class Undelivered(DomainError):
    """A try did not deliver: `failure` says why, `detail` what the neighbour answered, in its words."""

    def __init__(self, failure: Failure, detail: str = "") -> None:
        self.failure, self.detail = failure, detail[:MOST_DETAIL]
        super().__init__(f"{failure.value}: {self.detail}" if detail else failure.value)


class Delayed(Undelivered, Temporary):
    """A later try may pass."""


class Rejected(Undelivered, Permanent):
    """No later try will pass."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message on its way: `key` names it for neighbours that drop repeats, `short` fits into 160 characters."""

    key: str
    address: str
    name: str
    subject: str
    body: str
    short: str
    url: str
    language: str


class Gateway(Protocol):
    """Sends letters over one channel."""

    def send(self, letter: Letter) -> None:
        """Hand the letter over. Raises `Delayed` when a later try may pass, `Rejected` when none will."""

    def check(self) -> None:
        """Raise `Delayed` when the neighbour cannot be reached now."""
