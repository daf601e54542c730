"""The acts on feedback cases."""

from motcua.support.services.answering import answer, hold_back, publish
from motcua.support.services.base import OWNER, facts_of
from motcua.support.services.forgetting import forget
from motcua.support.services.handling import ask, refuse, take_up, transfer
from motcua.support.services.reporting import open_by_contact, rate, supplement
from motcua.support.services.sending import send

__all__ = [
    "OWNER",
    "answer",
    "ask",
    "facts_of",
    "forget",
    "hold_back",
    "open_by_contact",
    "publish",
    "rate",
    "refuse",
    "send",
    "supplement",
    "take_up",
    "transfer",
]
