"""How a dossier's state and lateness look: a word, a tone, an icon; never colour alone."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import template
from django.utils.formats import localize
from django.utils.translation import gettext as _

from motcua.dossiers import linking
from motcua.dossiers.enums import OPEN, Happening, PartState, State, WarningLevel
from motcua.dossiers.models import Dossier
from motcua.kernel import clock
from motcua.ui.formats import DAY_MINUTES, working_minutes
from motcua.workflow import queries as workflow
from motcua.workflow.enums import ClockKind
from motcua.workflow.rules import ClockSegment

register = template.Library()
SEGMENT_TONES = {
    "worked": "progress", "makeup_workday": "progress", "calendar_time": "progress", "waiting": "waiting",
    "overdue": "late",
}  # fmt: skip
CALENDAR_DAY = 24 * 60
TONES = {
    State.NEW: "info", State.ACCEPTED: "info", State.NOT_ACCEPTED: "refused", State.IN_PROGRESS: "progress",
    State.SUPPLEMENT: "waiting", State.OBLIGATION: "waiting", State.WITHDRAWN: "neutral", State.STOPPED: "neutral",
    State.RESOLVED: "done", State.HANDED_OVER: "done",
}  # fmt: skip


PART_TONES = {
    PartState.WAITING: "neutral", PartState.RUNNING: "progress", PartState.ANSWERED: "done",
    PartState.REFUSED: "refused", PartState.PASSED_OVER: "warning", PartState.ASSENTED: "done",
    PartState.DROPPED: "neutral",
}  # fmt: skip


@register.simple_tag
def acceptance_hours() -> str:
    """The working hours in which the law of today has a dossier that was filed online accepted or refused."""
    return localize(Decimal(workflow.regime(clock.today()).acceptance_minutes) / 60)


WARNING_TONES = {WarningLevel.LATE: "late", WarningLevel.LEADER: "warning", WarningLevel.HEAD: "warning"}


@register.filter
def state_tone(state: int) -> str:
    """The tone of a state's tag."""
    return TONES[State(state)]


@register.filter
def late_state(dossier: Dossier, now: datetime) -> dict[str, Any]:
    """How near an open dossier is to its limit: label, tone, icon and the moment concerned."""
    if dossier.is_clock_stopped:
        return {"label": _("Waits"), "tone": "waiting", "icon": "pause", "at": None}
    if dossier.state not in OPEN:
        return _ended(dossier)
    due = dossier.acceptance_due_at if dossier.state == State.NEW else dossier.present_due_at
    if due is None:
        return {"label": _("No date"), "tone": "neutral", "icon": "minus", "at": None}
    if now > due:
        return {"label": _("Late"), "tone": "late", "icon": "triangle-alert", "at": due}
    if clock.local(due).date() == clock.local(now).date():
        return {"label": _("Today"), "tone": "warning", "icon": "clock", "at": due}
    return {"label": _("In time"), "tone": "neutral", "icon": "clock", "at": due}


@register.filter
def part_tone(state: str) -> str:
    """The tone of the tag of another agency's part."""
    return PART_TONES[PartState(state)]


@register.filter
def part_turn(dossier: Dossier, desks: list[Any]) -> dict[str, Any] | None:
    """The part of a dossier that is the turn of these desks, with its limit; None where they have no part."""
    found = linking.turn_of(dossier.open_parts, desks or [])
    return {"id": found["id"], "name": found["name"], "due_at": linking.due_of(found)} if found else None


def _ended(dossier: Dossier) -> dict[str, Any]:
    ended = dossier.finished_at or dossier.closed_at
    if dossier.finished_at and dossier.due_at and dossier.finished_at > dossier.due_at:
        return {"label": _("Ended late"), "tone": "late", "icon": "triangle-alert", "at": ended}
    return {"label": _("Ended"), "tone": "done", "icon": "check", "at": ended}


@register.filter
def print_name(form: str) -> str:
    """What a paper of the dossier is called."""
    names = {
        "slip": _("Receipt slip"), "supplement": _("Supplement request"), "refusal": _("Refusal of acceptance"),
        "stop": _("Notice that handling ended"), "handover": _("Hand-over record"), "result": _("Result"),
        "control": _("Control sheet"), "apology": _("Apology with the new date"),
        "tacit": _("Confirmation of a grant by silence"),
    }  # fmt: skip
    return names.get(form, form)


@register.filter
def story_events(story: list[Any]) -> list[dict[str, Any]]:
    """The story as the timeline component takes it."""
    return [
        {
            "at": line.at, "title": line.get_what_display(), "text": line.note, "by": _by(line),
            "tone": state_tone(line.state), **_step(line),
        }
        for line in story
    ]  # fmt: skip


def _step(line: Any) -> dict[str, str]:
    """Which step was ended, as its process calls it."""
    if line.what != Happening.FORWARDED or not line.step_name:
        return {}
    return {"about": _("Step done:"), "name": line.step_name}


@register.filter
def time_left(left: dict[UUID, int], dossier: Dossier) -> str:
    """The working time of a dossier until its limit, or since, in words; empty where none runs."""
    minutes = left.get(dossier.pk)
    return "" if minutes is None else left_words(minutes)


@register.filter
def left_words(minutes: int) -> str:
    """Working time until a limit, or since (negative), in words."""
    words = {"time": working_minutes(minutes)}
    return _("%(time)s over") % words if minutes < 0 else _("%(time)s left") % words


@register.filter
def warning_tone(level: int) -> str:
    """The tone of a warning's tag."""
    return WARNING_TONES.get(WarningLevel(level), "info")


@register.filter
def clock_rows(segments: list[ClockSegment]) -> list[dict[str, Any]]:
    """The explained clock as the clock bar takes it: what it is, in whose hands, under which rule."""
    return [
        {
            "kind": segment.kind.value, "label": _segment_label(segment), "from": segment.start, "to": segment.end,
            "minutes": segment.counted_minutes, "tone": SEGMENT_TONES.get(segment.kind.value, "neutral"),
            "day_minutes": CALENDAR_DAY if segment.kind is ClockKind.CALENDAR_TIME else DAY_MINUTES,
        }
        for segment in segments
    ]  # fmt: skip


def _segment_label(segment: ClockSegment) -> str:
    parts = [str(segment.cause.label) if segment.cause else str(segment.kind.label), segment.note, segment.basis]
    if not segment.is_verified:
        parts.append(_("not verified"))
    return " · ".join(part for part in parts if part)


def _by(line: Any) -> str:
    return " · ".join(part for part in (line.told_by, line.agency.name if line.agency else "") if part)
