"""People, businesses and the ties between them."""

from typing import Self

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from motcua.identity import seals
from motcua.identity.enums import BusinessKind, BusinessRole, Relation, Sex
from motcua.kernel.actor import Actor
from motcua.kernel.db import LockingQuerySet, Record


class PersonQuerySet(LockingQuerySet["Person"]):
    """People by who may know them."""

    def visible_to(self, actor: Actor) -> Self:
        """Staff with a second factor and the system: anybody, and every look is logged; others: oneself and kin."""
        if actor.is_system or (actor.is_staff and actor.has_second_factor):
            return self
        kin = Kinship.objects.filter(person=actor.person_id, relative=OuterRef("pk"))
        return self.filter(Q(pk=actor.person_id) | Exists(kin)) if actor.person_id else self.none()


class Person(Record):
    """A human being known to the province. The personal number is kept sealed, with a fingerprint for look-up."""

    full_name = models.TextField()
    sort_key = models.TextField(db_collation="C")
    folded = models.TextField(db_collation="C")
    birth_date = models.DateField(null=True, blank=True)
    sex = models.TextField(choices=Sex, blank=True)
    id_number_hash = models.BinaryField(null=True, unique=True, max_length=32)
    id_number_sealed = models.BinaryField(null=True)
    id_issued_on = models.DateField(null=True, blank=True)
    id_checked_at = models.DateTimeField(null=True)  # when the national identity last vouched for it
    ethnic_group = models.TextField(blank=True)
    nationality = models.TextField(default="VN", db_collation="C")
    phone = models.TextField(blank=True)
    email = models.TextField(blank=True)
    address_unit = models.ForeignKey("places.Unit", models.PROTECT, null=True, blank=True, related_name="+")
    address_street = models.TextField(blank=True)
    language = models.TextField(default="vi", db_collation="C")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = PersonQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(id_number_hash__isnull=True, id_number_sealed__isnull=True)
                | Q(id_number_hash__isnull=False, id_number_sealed__isnull=False),
                name="identity_person_number_whole",
            ),
            models.CheckConstraint(condition=Q(sex__in=["", *Sex.values]), name="identity_person_sex"),
            models.CheckConstraint(condition=~Q(full_name=""), name="identity_person_named"),
        ]
        indexes = [
            GinIndex(fields=["folded"], opclasses=["gin_trgm_ops"], name="identity_person_folded"),
            models.Index(fields=["sort_key", "id"], name="identity_person_order"),
        ]

    def __str__(self) -> str:
        """As logs and shells show it."""
        return self.full_name

    @property
    def id_number(self) -> str:
        """The personal number in full; empty if none is known. Whoever shows it logs the reveal."""
        return seals.unseal(self.id_number_sealed) if self.id_number_sealed else ""

    @property
    def masked_id_number(self) -> str:
        """The personal number as screens show it."""
        return seals.masked(self.id_number)


class Business(Record):
    """A company, household business, cooperative or organisation, known by its tax code."""

    tax_code = models.TextField(unique=True, db_collation="C")
    name = models.TextField()
    sort_key = models.TextField(db_collation="C")
    folded = models.TextField(db_collation="C")
    kind = models.TextField(choices=BusinessKind, default=BusinessKind.COMPANY)
    phone = models.TextField(blank=True)
    email = models.TextField(blank=True)
    address_unit = models.ForeignKey("places.Unit", models.PROTECT, null=True, blank=True, related_name="+")
    address_street = models.TextField(blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = LockingQuerySet["Business"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(tax_code__regex=r"^[0-9]{10}([0-9]{2}|-?[0-9]{3})?$"), name="identity_business_tax_code"
            )
        ]
        indexes = [GinIndex(fields=["folded"], opclasses=["gin_trgm_ops"], name="identity_business_folded")]

    def __str__(self) -> str:
        """As logs and shells show it."""
        return self.name


class Representation(Record):
    """A person acts for a business, from a day to a day (inclusive)."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="representations")
    business = models.ForeignKey(Business, models.PROTECT, related_name="representations")
    role = models.TextField(choices=BusinessRole)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    evidence = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "business", "role"],
                condition=Q(ended_at__isnull=True),
                name="identity_representation_once",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="identity_representation_period",
            ),
        ]

    def __str__(self) -> str:
        """As logs and shells show it."""
        return f"{self.person_id} for {self.business_id}"


class Kinship(Record):
    """`relative` is the `relation` (child, ward, spouse …) of `person`; verified once a paper or register showed it."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="kinships")
    relative = models.ForeignKey(Person, models.PROTECT, related_name="+")
    relation = models.TextField(choices=Relation)
    evidence = models.TextField(blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "relative"], name="identity_kinship_once"),
            models.CheckConstraint(condition=~Q(person=F("relative")), name="identity_kinship_two_people"),
        ]

    def __str__(self) -> str:
        """As logs and shells show it."""
        return f"{self.relative_id} is {self.relation} of {self.person_id}"

    @property
    def is_verified(self) -> bool:
        """Shown by a paper or a register."""
        return self.verified_at is not None
