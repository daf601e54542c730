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
from motcua.workflow.rules.processes import BadProcess, Process, Step, StepView, as_json, budgets, from_json, read
from motcua.workflow.rules.standing import classify, remaining_minutes
from motcua.workflow.rules.summary import condense

__all__ = [
    "ORDINARY",
    "SAME_DAY",
    "BadProcess",
    "ClockSegment",
    "Due",
    "Duration",
    "Pause",
    "PausesOutOfOrder",
    "Policy",
    "Process",
    "Start",
    "Step",
    "StepView",
    "acceptance_due",
    "as_json",
    "budgets",
    "classify",
    "condense",
    "due",
    "explain",
    "from_json",
    "read",
    "remaining_minutes",
    "start",
]
