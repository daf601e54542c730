"""Words of the catalogue."""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class HandledBy(TextChoices):
    """Who carries a procedure: the province's own system, or a ministry's branch with its own."""

    PROVINCE = "province", _("The province")
    ELSEWHERE = "elsewhere", _("Another authority")


class Level(TextChoices):
    """The level of government that decides."""

    PROVINCE = "province", _("Province")
    COMMUNE = "commune", _("Commune")
    BOTH = "province_commune", _("Province and commune")


class CommuneChoice(StrEnum):
    """Whether whoever files names the commune that decides."""

    NONE = "none"
    MAY = "may"  # without one the provincial agency decides
    MUST = "must"


class Audience(TextChoices):
    """For whom a procedure is browsed."""

    CITIZEN = "citizen", _("Citizens")
    BUSINESS = "business", _("Businesses")


class Subject(TextChoices):
    """Who may be the applicant."""

    CITIZEN = "citizen", _("Vietnamese citizens")
    OVERSEAS = "overseas_vietnamese", _("Vietnamese living abroad")
    FOREIGNER = "foreigner", _("Foreigners")
    OFFICIAL = "official", _("Officials and public employees")
    BUSINESS = "business", _("Businesses")
    HOUSEHOLD = "household_business", _("Household businesses")
    ORGANISATION = "organisation", _("Organisations")
    COOPERATIVE = "cooperative", _("Cooperatives")


AUDIENCES: dict[str, tuple[str, ...]] = {
    Audience.CITIZEN: (Subject.CITIZEN, Subject.OVERSEAS, Subject.FOREIGNER, Subject.OFFICIAL),
    Audience.BUSINESS: (Subject.BUSINESS, Subject.HOUSEHOLD, Subject.ORGANISATION, Subject.COOPERATIVE),
}


class Channel(TextChoices):
    """How a dossier may come in."""

    COUNTER = "counter", _("At the counter")
    ONLINE = "online", _("Online")
    POST = "post", _("By post")


class FeeState(TextChoices):
    """What is known of a fee. A blank in the source is `unknown`, never `free`."""

    FREE = "free", _("Free of charge")
    AMOUNT = "amount", _("A fixed amount")
    FORMULA = "formula", _("Depends on the case")
    UNKNOWN = "unknown", _("Not stated in the source")


class OnlineLevel(TextChoices):
    """How far a procedure can be done online (Decree 42/2022/NĐ-CP, art. 11 and its successors)."""

    FULL = "full", _("Full online service")
    PARTIAL = "partial", _("Partial online service")
    INFORMATION = "information", _("Information only")


class PartialReason(TextChoices):
    """The published reason why a service is only partly online."""

    PRESENCE = "presence", _("The law asks you to come in person.")
    FIELD_CHECK = "field_check", _("The agency has to check on the spot.")
    TECHNICAL = "technical", _("The agency's system is not ready yet.")
    OTHER = "other", _("A reason the source does not name.")


class ResultForm(TextChoices):
    """In which form the result is given."""

    ELECTRONIC = "electronic", _("Electronic")
    BOTH = "electronic_paper", _("Electronic and on paper")
    PAPER = "paper", _("On paper")


class IssuingSystem(TextChoices):
    """In which system the result is made. A pack may name others; they are shown as another authority's."""

    HERE = "motcua", _("In this system")
    CIVIL_STATUS = "civil_status", _("In the national civil status system; we hand it over to you")
    LAND = "land", _("In the land information system; we hand it over to you")
    BUSINESS_REGISTER = "business_register", _("In the national business register; we hand it over to you")
    ELSEWHERE = "elsewhere", _("In the other authority's own system")


class Authorisation(TextChoices):
    """Whether somebody else may act for the owner."""

    ALLOWED = "allowed", _("Somebody you authorise in writing may file for you.")
    KIN = "kin", _("Close relatives may file for you without a written authority.")
    FORBIDDEN = "forbidden", _("You have to file yourself: nobody can be authorised.")


class Presence(TextChoices):
    """Who has to be there in person."""

    NONE = "none", _("Nobody has to come in person.")
    OWNER = "owner", _("You have to come once in person.")
    BOTH_PARTIES = "both_parties", _("Both parties have to come together in person.")
    FIELD_VISIT = "field_visit", _("An officer visits the place.")


class NotOnline(TextChoices):
    """Why a procedure cannot be filed online here, as a sentence that says what to do."""

    ELSEWHERE = "elsewhere", _("Another authority handles this. Follow the link to its own service.")
    ENDED = "ended", _("This procedure is no longer in force. Search for the one that replaced it.")
    INFORMATION = "information", _("This procedure is not offered online yet. Bring or post your papers to a centre.")
    UNKNOWN = (
        "unknown",
        _("We do not know yet whether this can be filed online. Ask on the hotline or come to any service centre."),
    )


class Needs(TextChoices):
    """Until when a member of a bundle waits for an earlier one."""

    ACCEPTED = "accepted", _("until it is accepted")
    ISSUED = "issued", _("until its result is issued")
