"""The acts on dossiers, one function each; nobody else writes these tables."""

from motcua.dossiers.services.acceptance import accept, refuse
from motcua.dossiers.services.access import is_at_work_of, only_takes_part
from motcua.dossiers.services.base import OWNER, PaperIn, facts_of
from motcua.dossiers.services.batch import LIMIT as BATCH_LIMIT
from motcua.dossiers.services.batch import Ahead, Outcome, look_ahead, outcomes_of, run_batch
from motcua.dossiers.services.bundles import file_bundle, take_out
from motcua.dossiers.services.capacities import powers, title_of
from motcua.dossiers.services.capacities import ways as ways_to_sign
from motcua.dossiers.services.closing import hand_over, rate, record_payment, stop, withdraw
from motcua.dossiers.services.corrections import annul, correct, drop_correction
from motcua.dossiers.services.desks import reassign_desk
from motcua.dossiers.services.drafts import DRAFT, Seen, add_paper, drop_draft, open_draft, remove_paper, save_draft
from motcua.dossiers.services.extensions import extend
from motcua.dossiers.services.filing import Filing, receive, submit
from motcua.dossiers.services.filters import drop_filter, save_filter
from motcua.dossiers.services.mandates import MandateIn, end_mandate, give_mandate, may_give, order_of
from motcua.dossiers.services.obligations import announce_obligation
from motcua.dossiers.services.on_the_spot import delegation_of, no_delegation, require_delegate
from motcua.dossiers.services.part_sheets import transfer_sheet
from motcua.dossiers.services.parties import Choice, Named, begin, change_party
from motcua.dossiers.services.parts import (
    answer_part,
    ask_opinion,
    claim_part,
    proceed_without,
    reassign_part,
    refuse_part,
    remind,
    send_part,
)
from motcua.dossiers.services.pauses import pause_clock, resume_clock
from motcua.dossiers.services.prints import choose_language, paper, sign_of, template_of
from motcua.dossiers.services.reopening import reopen
from motcua.dossiers.services.results import draft_result, issue, record_result, signs_for
from motcua.dossiers.services.settling import Handing, Paid, settle_at_once, why_not_settle
from motcua.dossiers.services.steps import assign, claim, forward, recall, return_step
from motcua.dossiers.services.supplements import answer_supplement, asking_of, request_supplement

__all__ = [
    "BATCH_LIMIT",
    "DRAFT",
    "OWNER",
    "Ahead",
    "Choice",
    "Filing",
    "Handing",
    "MandateIn",
    "Named",
    "Outcome",
    "Paid",
    "PaperIn",
    "Seen",
    "accept",
    "add_paper",
    "announce_obligation",
    "annul",
    "answer_part",
    "answer_supplement",
    "asking_of",
    "ask_opinion",
    "assign",
    "begin",
    "change_party",
    "choose_language",
    "claim",
    "claim_part",
    "correct",
    "delegation_of",
    "draft_result",
    "drop_correction",
    "drop_draft",
    "drop_filter",
    "end_mandate",
    "extend",
    "file_bundle",
    "facts_of",
    "forward",
    "give_mandate",
    "hand_over",
    "is_at_work_of",
    "issue",
    "look_ahead",
    "may_give",
    "no_delegation",
    "only_takes_part",
    "open_draft",
    "order_of",
    "outcomes_of",
    "paper",
    "pause_clock",
    "powers",
    "proceed_without",
    "rate",
    "reassign_part",
    "recall",
    "reassign_desk",
    "receive",
    "record_payment",
    "record_result",
    "refuse",
    "refuse_part",
    "remind",
    "remove_paper",
    "reopen",
    "request_supplement",
    "resume_clock",
    "require_delegate",
    "return_step",
    "run_batch",
    "save_draft",
    "save_filter",
    "send_part",
    "settle_at_once",
    "sign_of",
    "signs_for",
    "stop",
    "submit",
    "take_out",
    "template_of",
    "title_of",
    "ways_to_sign",
    "transfer_sheet",
    "why_not_settle",
    "withdraw",
]
