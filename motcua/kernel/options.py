"""An act as a page shows it: a button, or the reason why there is none."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from motcua.kernel.errors import Refused

A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class Option(Generic[A]):
    """An act that concerns a person now: possible, or refused with its reason."""

    action: A
    refusal: Refused | None

    @property
    def is_allowed(self) -> bool:
        """Whether the button works."""
        return self.refusal is None
