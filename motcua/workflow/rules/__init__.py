"""The decisions of workflow, pure: the legal clock and the plan of a process."""

from motcua.workflow.rules.clock import (
    ClockSegment,
    Due,
    PausesOutOfOrder,
    Start,
    acceptance_due,
    due,
    explain,
    start,
)
from motcua.workflow.rules.limits import ORDINARY, SAME_DAY, Duration, Pause, Policy
from motcua.workflow.rules.standing import classify, remaining_minutes

__all__ = [
    "ORDINARY",
    "SAME_DAY",
    "ClockSegment",
    "Due",
    "Duration",
    "Pause",
    "PausesOutOfOrder",
    "Policy",
    "Start",
    "acceptance_due",
    "classify",
    "due",
    "explain",
    "remaining_minutes",
    "start",
]
