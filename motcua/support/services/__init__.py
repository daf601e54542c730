"""The acts on feedback cases."""

from motcua.support.services.answering import answer, hold_back, names_in, publish
from motcua.support.services.base import HELD, OWNER, calendar_of, facts_of, terms_of
from motcua.support.services.forgetting import clear_unsent, forget
from motcua.support.services.handling import ask, refuse, take_up, transfer
from motcua.support.services.letters import letter
from motcua.support.services.reporting import open_by_contact, rate, supplement
from motcua.support.services.sending import send
from motcua.support.services.sheets import workbook

__all__ = [
    "HELD",
    "OWNER",
    "answer",
    "ask",
    "calendar_of",
    "clear_unsent",
    "facts_of",
    "forget",
    "names_in",
    "hold_back",
    "letter",
    "open_by_contact",
    "publish",
    "rate",
    "refuse",
    "send",
    "supplement",
    "take_up",
    "terms_of",
    "transfer",
    "workbook",
]
