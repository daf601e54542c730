"""How a dossier ends: the register, the result, its hand-over, the rating."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from motcua.dossiers.enums import CAPACITIES, Receiver, ResultKind
from motcua.dossiers.models.dossier import Dossier
from motcua.dossiers.models.signing import Mandate
from motcua.kernel.db import LockingQuerySet, Record


class Register(Record):
    """The outgoing register of an agency, by kind of document and year (sổ văn bản đi)."""

    agency = models.ForeignKey("places.Agency", models.PROTECT, related_name="+")
    kind = models.TextField(db_collation="C")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "kind", "year"], name="dossiers_register_once")]


class Result(Record):
    """What the dossier ends with: drafted, approved, signed, numbered, sealed, issued (kết quả).

    The version in force is the dossier's `result`; one that is corrected, or was, is kept whole as a `former_of`.
    """

    dossier = models.OneToOneField(Dossier, models.CASCADE, null=True, related_name="result")
    former_of = models.ForeignKey(Dossier, models.CASCADE, null=True, related_name="former_results")
    version = models.PositiveSmallIntegerField(default=1)
    replaced_at = models.DateTimeField(null=True)  # when the next version was issued
    annulled_at = models.DateTimeField(null=True)
    annulled_by = models.TextField(blank=True)
    annulled_why = models.TextField(blank=True)  # the decision and its reason
    kind = models.TextField(choices=ResultKind.choices, default=ResultKind.GRANTED, db_collation="C")
    title = models.TextField()
    template_key = models.TextField(blank=True, db_collation="C")
    body = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    drafted_at = models.DateTimeField()
    drafted_by = models.TextField()
    signed_at = models.DateTimeField(null=True)
    signed_by = models.TextField(blank=True)
    capacity = models.TextField(choices=CAPACITIES, blank=True, db_collation="C")  # in which it was signed
    signed_as = ArrayField(models.TextField(), default=list)  # the lines above the name
    mandate = models.ForeignKey(Mandate, models.PROTECT, null=True, related_name="+")
    register = models.ForeignKey(Register, models.PROTECT, null=True, related_name="results")
    number = models.PositiveIntegerField(null=True)
    symbol = models.TextField(blank=True)
    issued_on = models.DateField(null=True)
    issued_at = models.DateTimeField(null=True)
    issued_by = models.TextField(blank=True)
    sealed_at = models.DateTimeField(null=True)
    external_system = models.TextField(blank=True)
    document_id = models.UUIDField(null=True)

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["register", "number"], name="dossiers_result_number_once"),
            models.UniqueConstraint(fields=["former_of", "version"], name="dossiers_result_version_once"),
            models.CheckConstraint(
                condition=Q(dossier__isnull=False, former_of__isnull=True, replaced_at__isnull=True)
                | Q(dossier__isnull=True, former_of__isnull=False, issued_at__isnull=False),
                name="dossiers_result_one_in_force",
                violation_error_message="A result is its dossier's present one, or a former one that was issued."),
            models.CheckConstraint(
                condition=Q(annulled_at__isnull=True) | Q(issued_at__isnull=False) & ~Q(annulled_why=""),
                name="dossiers_result_annulled_was_issued"),
            models.CheckConstraint(
                condition=Q(issued_at__isnull=True) | ~Q(external_system="")
                | Q(register__isnull=False, number__isnull=False, signed_at__isnull=False, sealed_at__isnull=False),
                name="dossiers_result_numbered",
                violation_error_message="Nothing is issued without signature, number, date and seal."),
        ]  # fmt: skip


class HandOver(Record):
    """A version of the result given into somebody's hands, and signed for; of a former version, a `former_of`."""

    dossier = models.OneToOneField(Dossier, models.CASCADE, null=True, related_name="hand_over")
    former_of = models.ForeignKey(Dossier, models.CASCADE, null=True, related_name="former_hand_overs")
    version = models.PositiveSmallIntegerField(default=1)
    is_wrong_returned = models.BooleanField(default=False)  # the receiver gave the wrong original back
    wrong_missing = models.TextField(blank=True)  # why it was not given back
    at = models.DateTimeField()
    by = models.TextField()
    agency = models.ForeignKey("places.Agency", models.PROTECT, related_name="+")
    receiver = models.TextField(choices=Receiver.choices, db_collation="C")
    receiver_name = models.TextField()
    receiver_paper = models.TextField(blank=True)
    authority = models.TextField(blank=True)
    is_slip_lost = models.BooleanField(default=False)
    is_at_once = models.BooleanField(default=False)  # at reception, so no slip was needed
    signed_for = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["former_of", "version"], name="dossiers_handover_version_once"),
            models.CheckConstraint(
                condition=Q(dossier__isnull=False, former_of__isnull=True)
                | Q(dossier__isnull=True, former_of__isnull=False), name="dossiers_handover_one_in_force"),
            models.CheckConstraint(condition=Q(receiver="owner") | ~Q(authority=""), name="dossiers_handover_authority",
                                   violation_error_message="A representative shows a written authority."),
        ]  # fmt: skip


class Rating(Record):
    """What the applicant thought of the service, once a dossier."""

    dossier = models.OneToOneField(Dossier, models.CASCADE, related_name="rating")
    score = models.PositiveSmallIntegerField()
    comment = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(score__gte=1, score__lte=5), name="dossiers_rating_1_to_5")]
