"""Words of identity."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from motcua.kernel.actor import Role


class Sex(TextChoices):
    """As civil-status papers record it."""

    MALE = "male", _("Male")
    FEMALE = "female", _("Female")


class Purpose(TextChoices):
    """What somebody's data were opened for, as the person reads it among the looks at them."""

    RECEPTION = "reception", _("Receiving a dossier")
    HANDLING = "handling", _("Handling a dossier")
    HAND_OVER = "hand_over", _("Handing over a result")
    FOLLOWING = "following", _("Following a dossier as the person who filed it")
    FEEDBACK = "feedback", _("Handling feedback")


class Relation(TextChoices):
    """What the relative is to the person."""

    CHILD = "child", _("Child")
    WARD = "ward", _("Ward under guardianship")
    SPOUSE = "spouse", _("Husband or wife")
    PARENT = "parent", _("Father or mother")
    GRANDPARENT = "grandparent", _("Grandparent")
    SIBLING = "sibling", _("Brother or sister")
    OTHER = "other", _("Other relative")


CLOSE = frozenset({Relation.SPOUSE, Relation.CHILD, Relation.PARENT})  # whose matters an officer leaves to colleagues


class BusinessRole(TextChoices):
    """In what capacity a person acts for a business."""

    LEGAL_REPRESENTATIVE = "legal_representative", _("Legal representative")
    STAFF = "staff", _("Authorised member of staff")


class BusinessKind(TextChoices):
    """What kind of body the business is."""

    COMPANY = "company", _("Company")
    HOUSEHOLD = "household", _("Household business")
    COOPERATIVE = "cooperative", _("Cooperative")
    ORGANISATION = "organisation", _("Organisation")


class Way(TextChoices):
    """How somebody signed in."""

    NATIONAL = "national", _("National identity")
    LOCAL = "local", _("Account of this system")


class Outcome(TextChoices):
    """How an attempt to sign in ended."""

    SUCCEEDED = "succeeded", _("Signed in")
    FAILED = "failed", _("Wrong name or password")
    LOCKED = "locked", _("Refused: too many attempts")
    SECOND_FACTOR = "second_factor", _("Second factor given")
    SECOND_FACTOR_FAILED = "second_factor_failed", _("Wrong second-factor code")
    SIGNED_OUT = "signed_out", _("Signed out")


class AbsenceState(TextChoices):
    """Where an absence stands; whether it runs is a matter of days."""

    ASKED = "asked", _("Waits to be confirmed")
    GRANTED = "granted", _("Confirmed")
    DECLINED = "declined", _("Declined")
    ENDED = "ended", _("Ended early")


# Outcomes that count towards the lock.
FAILURES = frozenset({Outcome.FAILED, Outcome.SECOND_FACTOR_FAILED})

ROLE_LABELS = {
    Role.RECEPTION: _("Reception and hand-over"),
    Role.HANDLER: _("Handler"),
    Role.HEAD: _("Head of division"),
    Role.LEADER: _("Leader who signs"),
    Role.CLERK: _("Clerk"),
    Role.DIRECTOR: _("Director"),
    Role.ADMIN: _("Administrator"),
}
