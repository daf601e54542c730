"""What is not filed yet."""

from typing import Self

from django.db import models

from motcua.dossiers.enums import Relation, ResultForm
from motcua.kernel.actor import Actor
from motcua.kernel.db import LockingQuerySet, Record


class DraftQuerySet(LockingQuerySet["Draft"]):
    """Drafts belong to the person who writes them."""

    def visible_to(self, actor: Actor) -> Self:
        """The actor's own drafts."""
        return self.filter(person_id=actor.person_id) if actor.person_id else self.none()


class Draft(Record):
    """A dossier being written: everything typed is kept as typed."""

    version = models.PositiveIntegerField(default=1)
    person = models.ForeignKey("identity.Person", models.CASCADE, related_name="+")
    procedure = models.ForeignKey("catalogue.Procedure", models.PROTECT, related_name="+")
    bundle = models.ForeignKey("catalogue.Bundle", models.PROTECT, null=True, related_name="+")
    case_key = models.TextField(blank=True, db_collation="C")
    relation = models.TextField(choices=Relation.choices, default=Relation.SELF, db_collation="C")
    owner_person = models.ForeignKey("identity.Person", models.SET_NULL, null=True, related_name="+")
    owner_business = models.ForeignKey("identity.Business", models.SET_NULL, null=True, related_name="+")
    unit = models.ForeignKey("places.Unit", models.SET_NULL, null=True, related_name="+")
    receiving_agency = models.ForeignKey("places.Agency", models.SET_NULL, null=True, related_name="+")
    form_key = models.TextField(blank=True, db_collation="C")
    form_version = models.PositiveIntegerField(default=1)
    answers = models.JSONField(default=dict)
    papers = models.JSONField(default=list)  # [{component_key, document_id, name}]
    result_form = models.TextField(choices=ResultForm.choices, default=ResultForm.ELECTRONIC, db_collation="C")
    step = models.TextField(blank=True, db_collation="C")
    writers = models.JSONField(default=dict)  # {section: [version it was last saved as, the window that did]}
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    warned_at = models.DateTimeField(null=True)  # when the person was told that it will be deleted
    dossier_id = models.UUIDField(null=True)

    objects = DraftQuerySet.as_manager()

    @property
    def title(self) -> str:
        """What it is for, as its writer reads it: the bundle, or the procedure."""
        return self.bundle.display_name if self.bundle else self.procedure.name

    class Meta:
        indexes = [
            models.Index(fields=["person", "-changed_at"], name="dossiers_draft_person"),
            models.Index(fields=["changed_at"], name="dossiers_draft_untouched"),
        ]
