"""The dossier itself, and who may reach it."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Exists, OuterRef, Q

from motcua.dossiers.audiences import audiences_of, office_audiences_of
from motcua.dossiers.correcting import TookOver
from motcua.dossiers.enums import Channel, Reason, Relation, ResultForm, SecondLanguage, Source, State
from motcua.kernel.actor import Absent, Actor
from motcua.kernel.db import LockingQuerySet, Record
from motcua.places.models import Agency
from motcua.workflow.models import Run

CODE = r"^([A-Z]\d{2}(\.\d{1,3}){0,3}|\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2})-\d{6}-\d{4,8}$"


class DossierQuerySet(LockingQuerySet["Dossier"]):
    """Dossiers as an actor may reach them."""

    def visible_to(self, actor: Actor) -> Self:
        """Only dossiers whose access rows name one of the actor's audiences; the system sees all."""
        if actor.is_system:
            return self
        rows = Access.objects.filter(dossier=OuterRef("pk"), audience__in=audiences_of(actor))
        return self.filter(Exists(rows))

    def at_work_of(self, actor: Actor) -> Self:
        """Only dossiers the actor reaches through an office held: an officer's own ones have no inside for them."""
        rows = Access.objects.filter(dossier=OuterRef("pk"), audience__in=office_audiences_of(actor))
        return self.filter(Exists(rows))


class Dossier(Record):
    """One procedure asked for by one owner, from filing to hand-over (hồ sơ)."""

    version = models.PositiveIntegerField(default=1)
    tracking_code = models.TextField(unique=True, db_collation="C")
    code = models.TextField(unique=True, null=True, db_collation="C")
    state = models.SmallIntegerField(choices=State.choices, default=State.NEW)
    channel = models.TextField(choices=Channel.choices, db_collation="C")
    source_system = models.TextField(choices=Source.choices, db_collation="C")

    procedure = models.ForeignKey("catalogue.Procedure", models.PROTECT, related_name="+")
    procedure_version = models.PositiveIntegerField(default=1)
    case_key = models.TextField(blank=True, db_collation="C")
    receiving_agency = models.ForeignKey("places.Agency", models.PROTECT, related_name="+")
    competent_agency = models.ForeignKey("places.Agency", models.PROTECT, related_name="+")
    # Stands in for the receiving agency since a reorganisation; that one stays, with its code.
    heir_agency = models.ForeignKey("places.Agency", models.PROTECT, null=True, related_name="+")

    relation = models.TextField(choices=Relation.choices, default=Relation.SELF, db_collation="C")
    owner_person = models.ForeignKey("identity.Person", models.PROTECT, null=True, related_name="+")
    owner_business = models.ForeignKey("identity.Business", models.PROTECT, null=True, related_name="+")
    owner_name = models.TextField()
    submitter_person = models.ForeignKey("identity.Person", models.PROTECT, null=True, related_name="+")
    submitter_name = models.TextField(blank=True)
    phone = models.TextField(blank=True)
    email = models.TextField(blank=True)
    address = models.TextField(blank=True)
    filed_by = models.UUIDField(null=True)  # the officer's account, when an officer keyed it with consent
    consent = models.TextField(blank=True)  # how consent was given, in words

    form_key = models.TextField(blank=True, db_collation="C")
    form_version = models.PositiveIntegerField(default=1)
    answers = models.JSONField(default=dict)
    result_form = models.TextField(choices=ResultForm.choices, default=ResultForm.ELECTRONIC, db_collation="C")
    # What stands under the Vietnamese of its papers; empty: nothing.
    second_language = models.TextField(choices=SecondLanguage, blank=True, db_collation="C")

    submitted_at = models.DateTimeField()
    acceptance_due_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    original_due_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    run = models.ForeignKey("workflow.Run", models.PROTECT, null=True, related_name="+")
    step_key = models.TextField(blank=True, db_collation="C")
    step_kind = models.TextField(blank=True, db_collation="C")
    step_name = models.TextField(blank=True)
    step_role = models.TextField(blank=True, db_collation="C")
    step_agency = models.ForeignKey("places.Agency", models.PROTECT, null=True, related_name="+")
    step_position = models.PositiveSmallIntegerField(default=0)
    step_due_at = models.DateTimeField(null=True)
    assignee_id = models.UUIDField(null=True)
    assignee_name = models.TextField(blank=True)
    # The open parts of other agencies, one table each (`linking.entry`): lists and rules read them with the row.
    open_parts = models.JSONField(default=list)
    # A correction under way has a run of its own: `run`, `due_at` and `finished_at` stay those of the first result.
    correction_run = models.ForeignKey("workflow.Run", models.PROTECT, null=True, related_name="+")
    correction_due_at = models.DateTimeField(null=True)
    supplement_count = models.PositiveSmallIntegerField(default=0)
    # Settled inside the receiving centre under this delegation; else why an offered one was not used.
    spot = models.ForeignKey("catalogue.OnTheSpot", models.PROTECT, null=True, related_name="+")
    spot_declined = models.TextField(blank=True)
    disposed_at = models.DateTimeField(null=True)  # files and personal data are gone, by decision
    is_reconstructed = models.BooleanField(default=False)  # a row of an acceptance or bench data set

    objects = DossierQuerySet.as_manager()
    mandates: list[Any] | None = None  # not stored: those of its agency, read with a step of signing
    acted_for: Absent | None = None  # not stored: the absent colleague for whom the present act is done
    took_over: TookOver | None = (
        None  # not stored: who stands for its ended agencies, read for what comes after the end
    )
    before: dict[str, Any] | None = None  # not stored: what the row held when an act took it; None for a new dossier

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="dossiers_state_known",
                                   violation_error_message="A dossier is in one of the ten national states."),
            models.CheckConstraint(condition=Q(code__isnull=True) | Q(code__regex=CODE), name="dossiers_code_form",
                                   violation_error_message="A dossier code is unit, day and number."),
            models.CheckConstraint(
                condition=Q(state__in=[2, 4, 6, 9, 10], accepted_at__isnull=False, code__isnull=False)
                | Q(state__in=[1, 3, 5, 7, 8]),
                name="dossiers_accepted_has_code",
                violation_error_message="An accepted dossier has its code and its time of acceptance."),
            models.CheckConstraint(condition=~Q(state__in=[9, 10]) | Q(finished_at__isnull=False),
                                   name="dossiers_finished_has_time",
                                   violation_error_message="A finished dossier says when it was finished."),
            models.CheckConstraint(condition=~Q(state__in=[3, 7, 8, 10]) | Q(closed_at__isnull=False),
                                   name="dossiers_closed_has_time",
                                   violation_error_message="A closed dossier says when it was closed."),
            models.CheckConstraint(condition=~(Q(owner_person__isnull=False) & Q(owner_business__isnull=False)),
                                   name="dossiers_one_owner",
                                   violation_error_message="A dossier has one owner: a person or a business."),
            models.CheckConstraint(
                condition=Q(correction_run__isnull=True, correction_due_at__isnull=True)
                | Q(state__in=[4, 9], correction_due_at__isnull=False, finished_at__isnull=False),
                name="dossiers_corrected_was_finished",
                violation_error_message="Only an issued result is corrected."),
            models.CheckConstraint(condition=Q(second_language__in=["", *SecondLanguage.values]),
                                   name="dossiers_second_language_known",
                                   violation_error_message="Papers have Vietnamese, or Vietnamese with English."),
            models.CheckConstraint(condition=Q(disposed_at__isnull=True) | Q(closed_at__isnull=False),
                                   name="dossiers_disposed_is_closed",
                                   violation_error_message="Only a closed dossier is disposed of."),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["competent_agency", "accepted_at"], name="dossiers_agency_accepted"),
            models.Index(fields=["receiving_agency", "submitted_at"], name="dossiers_receiving_submitted"),
            models.Index(fields=["accepted_at"], name="dossiers_accepted"),
            models.Index(fields=["finished_at"], name="dossiers_finished"),
            models.Index(fields=["acceptance_due_at", "id"], condition=Q(state=1), name="dossiers_to_accept"),
            models.Index(fields=["closed_at", "id"], condition=Q(disposed_at__isnull=True), name="dossiers_kept"),
        ]

    @property
    def is_open(self) -> bool:
        """Still to be resolved."""
        return self.state in (State.NEW, State.ACCEPTED, State.IN_PROGRESS, State.SUPPLEMENT, State.OBLIGATION)

    @property
    def is_in_correction(self) -> bool:
        """Whether a result that was issued is being corrected, until the new version is handed over."""
        return self.correction_run_id is not None

    @property
    def present_run(self) -> Run | None:
        """The run it is on now: that of the correction under way, else its own."""
        return self.correction_run if self.correction_run_id else self.run

    @property
    def present_due_at(self) -> datetime | None:
        """By when the office has to be ready now: with the correction under way, else with the result."""
        return self.correction_due_at if self.correction_run_id else self.due_at

    @property
    def is_clock_stopped(self) -> bool:
        """Whether the time limit stands still: for the applicant, a payment, or by an officer's act."""
        return self.paused_at is not None

    @property
    def has_second_request(self) -> bool:
        """Whether the applicant was asked more than once: it counts against the agency (Decision 766/QĐ-TTg)."""
        return self.supplement_count > 1

    @property
    def reception_agency_id(self) -> UUID:
        """Where the dossier's reception is now: the receiving agency, or its heir since a reorganisation."""
        return self.heir_agency_id or self.receiving_agency_id

    @property
    def reception_agency(self) -> Agency:
        """The agency of `reception_agency_id`."""
        return self.heir_agency or self.receiving_agency

    @property
    def shown_code(self) -> str:
        """The legal code, or before acceptance the tracking code."""
        return self.code or self.tracking_code


class Access(models.Model):
    """Who may reach a dossier, in the order of their lists. `is_turn`: this audience has to act now."""

    id = models.BigAutoField(primary_key=True)
    audience = models.UUIDField()
    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="access")
    reason = models.TextField(choices=Reason.choices, db_collation="C")
    state = models.SmallIntegerField()
    is_open = models.BooleanField()
    is_turn = models.BooleanField(default=False)
    sort_at = models.DateTimeField()
    words = SearchVectorField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dossier", "audience"], name="dossiers_access_once")]
        # The GIN index over (audience, words) is made in a migration of its own.
        indexes = [
            models.Index(fields=["audience", "sort_at", "dossier"], name="dossiers_access_walk"),
            models.Index(fields=["audience", "state", "sort_at", "dossier"], name="dossiers_access_state"),
            models.Index(
                fields=["audience", "sort_at", "dossier"], condition=Q(is_turn=True), name="dossiers_access_turn"
            ),
        ]
