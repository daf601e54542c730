"""What every way out of the house promises."""

from dataclasses import dataclass
from typing import Protocol


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
        """Hand the letter over. Raises `Temporary` when a later try may pass, `Permanent` when none will."""

    def check(self) -> None:
        """Raise `Temporary` when the neighbour cannot be reached now."""
