"""The decisions of feedback cases, pure: who may do what, how long it may take, what must not be published."""

from motcua.support.rules.acts import (
    REPORTER_ACTS,
    TRANSITIONS,
    Facts,
    actions_for,
    check_version,
    is_reporter,
    refusal_of,
    require,
)
from motcua.support.rules.limits import Nearness, breaches, clock_of, nearness, next_due, starting
from motcua.support.rules.privacy import remove, traces
from motcua.support.rules.sending import MOST_FILES, Sent, normal_phone, require_sendable

__all__ = [
    "MOST_FILES",
    "REPORTER_ACTS",
    "TRANSITIONS",
    "Facts",
    "Nearness",
    "Sent",
    "actions_for",
    "breaches",
    "check_version",
    "clock_of",
    "is_reporter",
    "nearness",
    "next_due",
    "normal_phone",
    "refusal_of",
    "remove",
    "require",
    "require_sendable",
    "starting",
    "traces",
]
