"""Words of the notices: ways to reach a person, and what became of each try."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    """A way to reach a person. `in_app` is reading the message here; the others leave the house."""

    IN_APP = "in_app", _("In the account")
    EMAIL = "email", _("E-mail")


class State(models.TextChoices):
    """What became of a delivery."""

    QUEUED = "queued", _("Waiting to be sent")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Not delivered")


class Failure(models.TextChoices):
    """Why a try did not deliver; what the neighbour answered stands beside it."""

    ADDRESS = "address", _("The address is not an e-mail address. Correct it, then try again.")
    REJECTED = "rejected", _("The receiving server refuses the message. Check the address or call the person.")
    DEFERRED = "deferred", _("The receiving server asked us to come back later.")
    UNREACHABLE = "unreachable", _("The mail server could not be reached.")
    BROKEN_OFF = "broken_off", _("Every try broke off without an answer.")


OPEN = frozenset({State.QUEUED, State.SENDING})
