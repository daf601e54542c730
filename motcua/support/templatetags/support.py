"""How a case's state and nearness look: a word, a tone, an icon; never colour alone."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

from motcua.kernel.actor import shown_name
from motcua.support.enums import Kind, State
from motcua.support.models import Feedback
from motcua.support.rules import Nearness

register = template.Library()
TONES = {
    State.RECEIVED: "info", State.IN_PROGRESS: "progress", State.SUPPLEMENT: "waiting", State.ANSWERED: "done",
    State.REFUSED: "refused",
}  # fmt: skip


@register.filter
def feedback_tone(state: str) -> str:
    """The tone of a state's tag."""
    return TONES[State(state)]


@register.filter
def near_tag(near: str, case: Feedback) -> dict[str, str]:
    """How near the next step is to its limit: label, tone, icon.

    Feedback nobody took up in time can no longer be passed on in time, but it can still be answered in time.
    """
    if near == Nearness.LATE and case.state == State.RECEIVED and case.kind == Kind.FEEDBACK:
        return {"label": _("Take it up now"), "tone": "late", "icon": "triangle-alert"}
    return {
        Nearness.LATE: {"label": _("Late"), "tone": "late", "icon": "triangle-alert"},
        Nearness.SOON: {"label": _("About to be late"), "tone": "warning", "icon": "clock-alert"},
        Nearness.IN_TIME: {"label": _("In time"), "tone": "neutral", "icon": "clock"},
        Nearness.NONE: {"label": _("Nothing to do"), "tone": "neutral", "icon": "minus"},
    }[Nearness(near)]


@register.filter
def feedback_story(story: list[Any]) -> list[dict[str, Any]]:
    """The story as the timeline component takes it."""
    return [
        {
            "at": line.at, "title": line.get_what_display(), "text": line.note, "tone": feedback_tone(line.state),
            "by": " · ".join(part for part in (shown_name(line.who), line.agency.name if line.agency else "") if part),
        }
        for line in story
    ]  # fmt: skip
