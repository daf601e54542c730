"""Words of the counter."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class GuidanceKind(TextChoices):
    """What a person was guided to do by themselves."""

    FILED = "filed", _("Filed online together")
    SIGN_IN = "sign_in", _("Opened or recovered the account")
    LOOK_UP = "look_up", _("Looked up a dossier or a procedure")
    PAID = "paid", _("Paid online")
