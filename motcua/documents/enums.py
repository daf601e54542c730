"""Words of the documents: what a file is used as, how long it is kept, whether it was checked for malware."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What a document is used as."""

    COMPONENT = "component", _("Paper of the dossier")
    RESULT = "result", _("Result")
    SLIP = "slip", _("Form of the office")
    EVIDENCE = "evidence", _("Evidence")
    DRAFT = "draft", _("Draft")


class Retention(models.TextChoices):
    """How long a document is kept."""

    DRAFT = "draft", _("Until the draft is sent or dropped")
    DOSSIER = "dossier", _("As long as the dossier")
    PERMANENT = "permanent", _("For ever")


class Scan(models.TextChoices):
    """What the malware scanner said. Without a scanner nothing is ever called clean."""

    NOT_SCANNED = "not_scanned", _("Not scanned for malware")


JPEG, PNG, WEBP, PDF = "image/jpeg", "image/png", "image/webp", "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

PICTURES = frozenset({JPEG, PNG, WEBP})
PICTURES_AND_PDF = PICTURES | {PDF}
PAPERS = PICTURES_AND_PDF | {DOCX, XLSX}
ONLY_PDF = frozenset({PDF})
