"""The decisions of workflow, pure: the legal clock, the law behind it and the plan of a process."""

from motcua.workflow.rules.asking import Asking, answer_by, may_ask
from motcua.workflow.rules.clock import Due, Start, acceptance_due, after, due, start
from motcua.workflow.rules.counting import PausesOutOfOrder
from motcua.workflow.rules.extension import Refusal, latest_notice, may_extend
from motcua.workflow.rules.limits import AT_ONCE, ORDINARY, SAME_DAY, Duration, Extension, Pause, Policy
from motcua.workflow.rules.linked import Part, part_minutes
from motcua.workflow.rules.processes import Process, Step, StepView, as_json, budgets, from_json, read, shared
from motcua.workflow.rules.reading import BadDefinition
from motcua.workflow.rules.regime import Regime
from motcua.workflow.rules.standing import Facts, Measured, classify, end_of_processing, measure, remaining_minutes
from motcua.workflow.rules.summary import condense
from motcua.workflow.rules.tacit import Tacit, TacitRule
from motcua.workflow.rules.telling import ClockSegment, explain
from motcua.workflow.rules.thresholds import Thresholds, Watched

__all__ = [
    "AT_ONCE",
    "ORDINARY",
    "SAME_DAY",
    "Asking",
    "BadDefinition",
    "ClockSegment",
    "Due",
    "Duration",
    "Extension",
    "Facts",
    "Measured",
    "Part",
    "Pause",
    "PausesOutOfOrder",
    "Policy",
    "Process",
    "Refusal",
    "Regime",
    "Start",
    "Step",
    "StepView",
    "Tacit",
    "TacitRule",
    "Thresholds",
    "Watched",
    "acceptance_due",
    "after",
    "answer_by",
    "as_json",
    "budgets",
    "classify",
    "condense",
    "due",
    "end_of_processing",
    "explain",
    "from_json",
    "latest_notice",
    "may_ask",
    "may_extend",
    "measure",
    "part_minutes",
    "read",
    "remaining_minutes",
    "shared",
    "start",
]
