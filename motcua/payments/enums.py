"""Words of the payments module."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ChargeKind(TextChoices):
    """What the law calls the money: a fee for a service (phí) or a charge for a paper (lệ phí)."""

    FEE = "phi", pgettext_lazy("money for a service", "Fee")
    CHARGE = "le_phi", pgettext_lazy("money for a paper", "Charge")
    UNKNOWN = "unknown", _("Fee or charge")


class ChargeState(TextChoices):
    """Whether a charge still has to be paid."""

    DUE = "due", _("To pay")
    PAID = "paid", _("Paid")
    WAIVED = "waived", _("Exempt")


class Method(TextChoices):
    """How money was received at the counter."""

    CASH = "cash", _("Cash")
    CARD = "card", _("Card")
    TRANSFER = "transfer", _("Bank transfer")
