"""Dossiers that belong together: what one moment of life asked for, filed with one form."""

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from motcua.dossiers.enums import MemberState
from motcua.dossiers.models.dossier import Dossier
from motcua.kernel.actor import Actor
from motcua.kernel.db import LockingQuerySet, Record


class BundleQuerySet(LockingQuerySet["Bundle"]):
    """Bundles as people may reach them."""

    def visible_to(self, actor: Actor) -> Self:
        """Those the actor filed, or with a dossier that is the actor's own; officers come by their dossier."""
        if actor.person_id is None:
            return self.none()
        own = BundleMember.objects.filter(bundle=OuterRef("pk"), dossier__owner_person_id=actor.person_id)
        return self.filter(Q(person_id=actor.person_id) | Exists(own))


class Bundle(Record):
    """One filing of a life-event bundle; `plan` is the catalogue's bundle in the version it was filed under."""

    plan = models.ForeignKey("catalogue.Bundle", models.PROTECT, related_name="+")
    person = models.ForeignKey("identity.Person", models.PROTECT, null=True, related_name="+")
    draft_id = models.UUIDField(unique=True)
    filed_at = models.DateTimeField()

    objects = BundleQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["person", "-filed_at"], name="dossiers_bundle_person")]


class BundleMember(Record):
    """One matter of a bundle: its dossier, or what it waits for.

    `filing` holds what was typed for it until its dossier is open, then it is emptied: the dossier has it. Its files
    lie under the member until then.
    """

    bundle = models.ForeignKey(Bundle, models.CASCADE, related_name="members")
    key = models.TextField(db_collation="C")
    position = models.PositiveSmallIntegerField()
    procedure = models.ForeignKey("catalogue.Procedure", models.PROTECT, related_name="+")
    dossier = models.OneToOneField(Dossier, models.PROTECT, null=True, related_name="bundle_member")
    state = models.TextField(choices=MemberState.choices, db_collation="C")
    after = models.TextField(blank=True, db_collation="C")
    needs = models.TextField(blank=True, db_collation="C")
    filing = models.JSONField(default=dict)
    note = models.TextField(blank=True)  # why it does not open
    moved_at = models.DateTimeField()

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bundle", "key"], name="dossiers_member_once"),
            models.CheckConstraint(
                condition=Q(state=MemberState.OPEN, dossier__isnull=False, filing={})
                | ~Q(state=MemberState.OPEN) & Q(dossier__isnull=True),
                name="dossiers_member_open_has_dossier",
            ),
        ]
        indexes = [
            models.Index(fields=["moved_at"], condition=Q(state=MemberState.BLOCKED), name="dossiers_member_blocked")
        ]
