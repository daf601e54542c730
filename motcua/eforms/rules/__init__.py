"""Pure rules of the e-forms: what is asked, what an answer means, what is wrong with it."""

from motcua.eforms.rules.composing import Composed, Piece, answers_of, compose, wanted_key
from motcua.eforms.rules.conditions import holds, is_answered, visible, visible_fields, visible_sections
from motcua.eforms.rules.definition import Choice, Condition, Definition, Field, FormError, Section, parse, say
from motcua.eforms.rules.display import display, input_text, row_text, summary
from motcua.eforms.rules.posted import change_rows, partial_answers, raw_answers, row_act, shown_rows
from motcua.eforms.rules.prefill import Facts, known_fields, prefill, repeated
from motcua.eforms.rules.results import OFFICER, ResultForm, check_result, parse_result
from motcua.eforms.rules.source import expand
from motcua.eforms.rules.validation import Result, Unit, Units, validate

__all__ = [
    "Choice", "Composed", "Condition", "Definition", "Facts", "Field", "FormError", "OFFICER", "Piece", "Result",
    "ResultForm", "Section", "Unit", "Units", "answers_of", "change_rows", "check_result", "compose", "display",
    "expand", "holds", "input_text", "is_answered", "known_fields", "parse", "parse_result", "partial_answers",
    "prefill", "raw_answers", "repeated", "row_act", "row_text", "say", "shown_rows", "summary", "validate",
    "visible", "visible_fields", "visible_sections", "wanted_key",
]  # fmt: skip
