"""Reading definitions that a pack gives as tables of TOML: every fault is named with its place. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from motcua.workflow.enums import DurationUnit
from motcua.workflow.rules.limits import Duration

T = TypeVar("T")


class BadDefinition(ValueError):
    """A definition that cannot be used; `place` says where (a field, or `steps[2].role`), `reason` what to write."""

    def __init__(self, place: str, reason: str) -> None:
        self.place, self.reason = place, reason
        super().__init__(f"{place}: {reason}")


def day(data: Mapping[str, Any], field: str, *, is_needed: bool = True) -> date | None:
    """A date; as TOML has it, or in ISO form as JSON keeps it."""
    value = data.get(field)
    if value is None and not is_needed:
        return None
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            value = None
    if value is None:
        raise BadDefinition(field, "Write the day from which it is in force, as in 2025-07-01.")
    return of(data, field, date, date.min)


def text(data: Mapping[str, Any], field: str, place: str = "") -> str:
    """A text that must be there."""
    value = data.get(field)
    if not isinstance(value, str) or not value.strip():
        raise BadDefinition(f"{place}{field}", "Write a text here.")
    return value.strip()


def of(data: Mapping[str, Any], field: str, kind: type[T], default: T, place: str = "") -> T:
    """A value of a kind."""
    value = data.get(field, default)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise BadDefinition(f"{place}{field}", f"Write a value of the kind “{kind.__name__}”.")
    return value


def count(data: Mapping[str, Any], field: str, place: str = "", *, least: int = 0) -> int:
    """A whole number that must be there."""
    value = of(data, field, int, least - 1, place)
    if value < least:
        raise BadDefinition(f"{place}{field}", f"Write a whole number: {least} or more.")
    return value


def word(data: Mapping[str, Any], field: str, words: type[T], place: str, default: T | None = None) -> T:
    """One of the words of an enumeration."""
    known: Sequence[Any] = list(words)  # type: ignore[call-overload]
    value = data.get(field, default)
    for one in known:
        if value == one:
            return one  # type: ignore[no-any-return]
    raise BadDefinition(f"{place}{field}", f"“{value}” is not one of: {', '.join(str(one) for one in known)}.")


def table(data: Mapping[str, Any], field: str, fields: set[str]) -> Mapping[str, Any]:
    """A table that must be there, with known fields only."""
    found = data.get(field)
    if not isinstance(found, Mapping):
        raise BadDefinition(field, "Write this table.")
    only(found, fields, f"{field}.")
    return found


def term(data: Mapping[str, Any], field: str, place: str = "") -> Duration:
    """A length of time: `{ amount = 3, unit = "working_day" }`."""
    found = data.get(field)
    where = f"{place}{field}"
    if not isinstance(found, Mapping):
        raise BadDefinition(where, 'Write a length of time, as in { amount = 3, unit = "working_day" }.')
    only(found, {"amount", "unit"}, f"{where}.")
    unit = word(found, "unit", DurationUnit, f"{where}.")
    try:
        return Duration(Decimal(str(found.get("amount"))), unit)
    except (ValueError, InvalidOperation) as error:
        raise BadDefinition(
            f"{where}.amount", str(error) if isinstance(error, ValueError) else "Write a number."
        ) from None


def only(data: Mapping[str, Any], fields: set[str], place: str = "") -> None:
    """Refuse a field that nothing reads."""
    for field in data:
        if field not in fields:
            raise BadDefinition(f"{place}{field}", "This field is not known here.")
