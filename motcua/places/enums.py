"""Words of places: kinds of units, agencies and days."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class UnitKind(TextChoices):
    """What an administrative unit is (Law on the Organisation of Local Government)."""

    PROVINCE = "province", _("Province")
    CITY = "city", _("City")
    TOWN = "town", _("Town")
    DISTRICT = "district", _("District")
    WARD = "ward", _("Ward")
    COMMUNE = "commune", _("Commune")
    TOWNSHIP = "township", _("Township")
    SPECIAL_ZONE = "special_zone", _("Special zone")


COMMUNES = (UnitKind.WARD, UnitKind.COMMUNE, UnitKind.TOWNSHIP, UnitKind.SPECIAL_ZONE)
DISTRICTS = (UnitKind.CITY, UnitKind.TOWN, UnitKind.DISTRICT)


class AgencyKind(TextChoices):
    """What an agency is."""

    PEOPLE_COMMITTEE = "people_committee", _("People's committee")
    OFFICE = "office", _("Office")
    DEPARTMENT = "department", _("Department")
    CENTRE = "centre", _("Service centre")
    BRANCH = "branch", _("Branch")
    MINISTRY_BRANCH = "ministry_branch", _("Branch of a ministry")
    DIVISION = "division", _("Division")


class AgencyLevel(TextChoices):
    """The level of government an agency belongs to."""

    PROVINCE = "province", _("Province")
    DISTRICT = "district", _("District")
    COMMUNE = "commune", _("Commune")
    MINISTRY = "ministry", _("Ministry")


class DayKind(TextChoices):
    """Why a day is not what its weekday says (Labour Code 2019, art. 111 and 112)."""

    HOLIDAY = "holiday", _("Public holiday")
    COMPENSATORY_OFF = "compensatory_off", _("Day off in place of a holiday on a weekend")
    MAKEUP_WORKDAY = "makeup_workday", _("Working day in place of a swapped one")
    SWAPPED_OFF = "swapped_off", _("Day off, swapped with another day")
    LOCAL_CLOSURE = "local_closure", _("Closed here")


class Part(TextChoices):
    """Whether a unit passed whole or in part to its successor."""

    WHOLE = "whole", _("Whole")
    PART = "part", _("Part")


class PlanState(TextChoices):
    """How far a plan of reorganisation has come. While it is being applied or taken back, its lines say how far."""

    DRAFT = "draft", _("Not applied")
    APPLYING = "applying", _("Being applied")
    APPLIED = "applied", _("Applied")
    REVERSING = "reversing", _("Being taken back")


class LineKind(TextChoices):
    """How the work of an agency that ends passes on."""

    WHOLE = "whole", _("Whole, to one agency")
    SPLIT = "split", _("Divided; by decision, its dossiers go to one agency")
    COMPETENCE = "competence", _("By the level that is competent now")
