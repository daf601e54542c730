"""A clock as facts for machines and as a table for people."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from motcua.workflow import rules
from motcua.workflow.enums import ClockKind, PauseKind


def facts(due: rules.Due, segments: Iterable[rules.ClockSegment], start: rules.Start) -> dict[str, Any]:
    """Everything a clock says; times in ISO form."""
    law = due.law
    return {
        "received_at": due.received_at.isoformat(),
        "started_at": due.started_at.isoformat(),
        "transfer_by": start.transfer_by.isoformat(),
        "transfer_basis": law.transfer_basis if law else None,
        "due_at": due.at.isoformat(),
        "original_due_at": due.original_at.isoformat(),
        "unextended_due_at": due.unextended_at.isoformat(),
        "amount": str(due.duration.amount),
        "unit": str(due.duration.unit),
        "budget_minutes": due.budget_minutes,
        "is_provisional": due.is_provisional,
        "touches_unverified": due.touches_unverified,
        "unverified_days": [
            {"day": day.isoformat(), "kind": str(what.kind), "note": what.note}
            for day, what in due.calendar.unverified_days(due.received_at, due.at)
        ],
        "law": {"key": law.key, "version": law.version, "legal_basis": law.legal_basis} if law else None,
        "segments": [_segment(part) for part in segments],
    }


def _segment(part: rules.ClockSegment) -> dict[str, Any]:
    return {
        "kind": str(part.kind),
        "cause": str(part.cause) if part.cause else None,
        "owner": str(part.owner),
        "start": part.start.isoformat(),
        "end": part.end.isoformat(),
        "minutes": part.minutes,
        "counted_minutes": part.counted_minutes,
        "basis": part.basis,
        "note": part.note,
        "is_verified": part.is_verified,
        "is_provisional": part.is_provisional,
        "is_set_aside": part.is_set_aside,
        "is_extension": part.is_extension,
    }


def table(told: dict[str, Any]) -> str:
    """The same for people: a line for each stretch, then the due date and what to know about it."""
    lines = [f"{told['code'] or told['tracking_code']}  state {told['state']}"] if "state" in told else []
    if told["segments"]:
        lines.append(f"{'from':<16}  {'to':<16}  {'minutes':>7} {'counted':>8}  {'whose':<8}  what")
        lines += [_line(part) for part in told["segments"]]
    if told["due_at"]:
        lines.append(f"due {_at(told['due_at'])} {', '.join(_marks(told))}".rstrip())
    for one in told.get("unverified_days", []):
        lines.append(f"not confirmed: {one['day']}, {one['note']} ({one['kind']}); the due date may move by a day")
    lines += [told["note"]] if told.get("note") else []
    if told.get("correction"):
        lines += ["", "The correction of the result, by a clock of its own:", table(told["correction"])]
    return "\n".join(lines)


def _line(part: dict[str, Any]) -> str:
    label = PauseKind(part["cause"]).label if part["cause"] else ClockKind(part["kind"]).label
    note = f" ({part['note']})" if part["note"] else ""
    flags = [
        word
        for word, holds in (
            ("set aside", part["is_set_aside"]), ("extension", part["is_extension"]),
            ("unverified", not part["is_verified"]), ("provisional", part["is_provisional"]),
        )
        if holds
    ]  # fmt: skip
    marks = f" [{', '.join(flags)}]" if flags else ""
    basis = f" – {part['basis']}" if part["basis"] else ""
    return (
        f"{_at(part['start'])}  {_at(part['end'])}  {part['minutes']:>6}  {part['counted_minutes']:>7}  "
        f"{part['owner']:<8}  {label}{note}{basis}{marks}"
    )


def _marks(told: dict[str, Any]) -> list[str]:
    marks = [
        word
        for word, holds in (
            ("provisional", told["is_provisional"]), ("unverified days on the way", told["touches_unverified"]),
        )
        if holds
    ]  # fmt: skip
    if told["unextended_due_at"] != told["due_at"]:
        marks.append(f"put off from {_at(told['unextended_due_at'])}")
    if "standing" in told:
        marks.append(f"{told['standing']}, by Decision 766 {told['index_standing']}")
    return marks


def _at(text: str) -> str:
    return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M}"
