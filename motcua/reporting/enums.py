"""Words of the report."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Split(TextChoices):
    """What the rows of the report stand for."""

    AGENCY = "agency", _("Agency that decides")
    CENTRE = "centre", _("Centre that receives")
    FIELD = "field", _("Field")
    PROCEDURE = "procedure", _("Procedure")
    AGENCY_FIELD = "agency_field", _("Agency and field")


class Span(TextChoices):
    """Periods people ask for."""

    MONTH = "month", _("This month")
    LAST_MONTH = "last_month", _("Last month")
    QUARTER = "quarter", _("This quarter")
    HALF_YEAR = "half_year", _("This half-year")
    YEAR = "year", _("This year")


class PartSplit(TextChoices):
    """What the rows of the report on parts stand for."""

    ASKED = "asked", _("Agency that is asked")
    LEAD = "lead", _("Agency that decides")
