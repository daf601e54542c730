"""The tables of dossiers. Only `dossiers.services` writes them."""

from motcua.dossiers.models.aftermath import Correction, Reopening
from motcua.dossiers.models.batch import Batch
from motcua.dossiers.models.bundled import Bundle, BundleMember
from motcua.dossiers.models.clockwork import Extension, Pause, TacitGrant
from motcua.dossiers.models.dossier import CODE, Access, Dossier, DossierQuerySet
from motcua.dossiers.models.drafting import Draft, DraftQuerySet
from motcua.dossiers.models.handling import DayNumber, Inheritance, Paper, StoryLine, Supplement
from motcua.dossiers.models.linked import Part
from motcua.dossiers.models.lists import Counted, SavedFilter, Tally
from motcua.dossiers.models.outcome import HandOver, Rating, Register, Result
from motcua.dossiers.models.records import ClosedBook, ClosedLine, Disposed, Disposition, Hold, Package
from motcua.dossiers.models.signing import Mandate
from motcua.dossiers.models.warned import DueWarning

__all__ = [
    "Access",
    "Batch",
    "Bundle",
    "BundleMember",
    "CODE",
    "ClosedBook",
    "ClosedLine",
    "Correction",
    "Counted",
    "DayNumber",
    "Disposed",
    "Disposition",
    "Dossier",
    "DossierQuerySet",
    "Draft",
    "DraftQuerySet",
    "DueWarning",
    "Extension",
    "HandOver",
    "Hold",
    "Inheritance",
    "Mandate",
    "Package",
    "Paper",
    "Part",
    "Pause",
    "Rating",
    "Register",
    "Reopening",
    "Result",
    "SavedFilter",
    "StoryLine",
    "Supplement",
    "TacitGrant",
    "Tally",
]
