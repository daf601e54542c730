"""Feedback cases (phản ánh, kiến nghị; khiếu nại), their stays at agencies, their story, and published answers."""

from typing import Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Exists, OuterRef, Q

from motcua.kernel.actor import Actor, Role
from motcua.kernel.db import LockingQuerySet, Record
from motcua.places.enums import AgencyKind, AgencyLevel
from motcua.places.models import Agency
from motcua.support.enums import About, Happening, Kind, Outcome, Publication, Shelf, State

DESK = (Role.RECEPTION, Role.HEAD, Role.LEADER, Role.DIRECTOR)  # who sees an agency's cases


class FeedbackQuerySet(LockingQuerySet["Feedback"]):
    """Cases by who may see them."""

    def visible_to(self, actor: Actor) -> Self:
        """The reporter's own, and those of the agencies at whose desk the actor sits; the system sees all."""
        if actor.is_system:
            return self
        own = Q(person_id=actor.person_id) if actor.person_id else Q(pk=None)
        return self.filter(own | _of_desk(actor))

    def at_work_of(self, actor: Actor) -> Self:
        """Those the actor reaches through an office held: never one they sent themselves."""
        if actor.is_system:
            return self
        found = self.filter(_of_desk(actor))
        return found.exclude(person_id=actor.person_id, person_id__isnull=False) if actor.person_id else found

    def own_of(self, actor: Actor) -> Self:
        """Those the actor sent."""
        return self.filter(person_id=actor.person_id) if actor.person_id else self.none()


def _of_desk(actor: Actor) -> Q:
    """Where the case lies or has lain; the director of the province's own centre sees every case."""
    agencies = actor.agencies(*DESK)
    if not agencies:
        return Q(pk=None)
    stays = Stay.objects.filter(feedback=OuterRef("pk"), agency_id__in=agencies)
    watches = Agency.objects.filter(
        pk__in=actor.agencies(Role.DIRECTOR), kind=AgencyKind.CENTRE, level=AgencyLevel.PROVINCE
    )
    return Q(agency_id__in=agencies) | Exists(stays) | Exists(watches)


class Feedback(Record):
    """What a person found wrong or proposes, or their complaint against an act, with the agency's answer."""

    code = models.TextField(unique=True, db_collation="C")
    version = models.PositiveIntegerField(default=1)
    kind = models.TextField(choices=Kind, db_collation="C")
    about = models.TextField(choices=About, db_collation="C")
    state = models.TextField(choices=State, default=State.RECEIVED, db_collation="C")
    shelf = models.TextField(choices=Shelf, default=Shelf.TO_DO, db_collation="C")
    subject = models.TextField()
    text = models.TextField()
    agency = models.ForeignKey("places.Agency", models.PROTECT, related_name="+")
    is_agency_unknown = models.BooleanField(default=False)  # the reporter did not know whom it concerns
    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, null=True, related_name="+")
    repeats = models.OneToOneField("self", models.PROTECT, null=True, related_name="repeated_by")

    person = models.ForeignKey("identity.Person", models.PROTECT, null=True, related_name="+")
    name = models.TextField(blank=True)
    phone = models.TextField(blank=True, db_collation="C")
    email = models.TextField(blank=True)
    language = models.TextField(default="vi", db_collation="C")
    may_publish = models.BooleanField(default=False)
    failed_looks = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)

    received_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)  # of what the agency has to do next; None when that is nothing
    sort_at = models.DateTimeField()
    answer = models.TextField(blank=True)  # or, of a case not taken up, the reason
    closed_at = models.DateTimeField(null=True)
    closed_by = models.TextField(blank=True)
    publication = models.TextField(choices=Publication, default=Publication.NOT_WANTED, db_collation="C")
    is_liked = models.BooleanField(null=True)
    opinion = models.TextField(blank=True)
    rated_at = models.DateTimeField(null=True)
    forgotten_at = models.DateTimeField(null=True)  # when name, contact and files were removed

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="support_feedback_state", condition=Q(state__in=State.values)),
            models.CheckConstraint(name="support_feedback_kind", condition=Q(kind__in=Kind.values)),
            models.CheckConstraint(name="support_feedback_about", condition=Q(about__in=About.values)),
            models.CheckConstraint(
                name="support_feedback_reachable",
                condition=~Q(phone="", email="", person=None) | Q(forgotten_at__isnull=False),
                violation_error_message="Somebody who sends feedback can be reached.",
            ),
            models.CheckConstraint(
                name="support_feedback_closed",
                condition=Q(state__in=[State.ANSWERED, State.REFUSED], closed_at__isnull=False) & ~Q(answer="")
                | Q(state__in=[State.RECEIVED, State.IN_PROGRESS, State.SUPPLEMENT], closed_at=None, answer=""),
                violation_error_message="A case ends with an answer or a reason.",
            ),
            models.CheckConstraint(
                name="support_feedback_consent",
                condition=Q(may_publish=True) | Q(publication=Publication.NOT_WANTED),
                violation_error_message="Nothing is published without the reporter's agreement.",
            ),
            models.CheckConstraint(
                name="support_feedback_complaint",
                condition=~Q(kind=Kind.COMPLAINT) | Q(dossier__isnull=False),
                violation_error_message="A complaint is about a dossier.",
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "shelf", "sort_at", "id"], name="support_of_agency"),
            models.Index(fields=["shelf", "sort_at", "id"], name="support_of_all"),
            models.Index(fields=["person", "-received_at", "-id"], name="support_of_person"),
            models.Index(fields=["phone", "received_at"], name="support_of_phone"),
            models.Index(fields=["email", "received_at"], name="support_of_email"),
            models.Index(fields=["dossier"], name="support_of_dossier", condition=Q(dossier__isnull=False)),
            models.Index(fields=["closed_at"], name="support_to_forget", condition=Q(forgotten_at=None)),
        ]

    def __str__(self) -> str:
        """Its code."""
        return self.code


class Stay(Record):
    """A case's time at one agency, with the limits it runs under there. Each agency answers for its own stays."""

    feedback = models.ForeignKey(Feedback, models.CASCADE, related_name="stays")
    number = models.PositiveSmallIntegerField()
    agency = models.ForeignKey("places.Agency", models.PROTECT, related_name="+")
    arrived_at = models.DateTimeField()
    taken_up_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    asked_for = models.TextField(blank=True)
    reply_by = models.DateTimeField(null=True)
    replied_at = models.DateTimeField(null=True)
    reply = models.TextField(blank=True)
    left_at = models.DateTimeField(null=True)
    outcome = models.TextField(choices=Outcome, blank=True, db_collation="C")
    reason = models.TextField(blank=True)
    sort_due_at = models.DateTimeField()
    forward_due_at = models.DateTimeField(null=True)
    ask_due_at = models.DateTimeField(null=True)
    handle_due_at = models.DateTimeField(null=True)  # None until taken up where the limit begins with that
    original_due_at = models.DateTimeField(null=True)
    publish_due_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    held_back_at = models.DateTimeField(null=True)

    objects = LockingQuerySet["Stay"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["feedback", "number"], name="support_stay_number"),
            models.UniqueConstraint(fields=["feedback"], condition=Q(left_at=None), name="support_stay_one_at_a_time"),
            models.CheckConstraint(
                name="support_stay_ended",
                condition=Q(left_at=None, outcome="") | Q(left_at__isnull=False, outcome__in=Outcome.values),
            ),
        ]
        indexes = [models.Index(fields=["agency", "arrived_at"], name="support_stay_of_agency")]

    def __str__(self) -> str:
        """Which stay of which case."""
        return f"{self.feedback_id} {self.number}"


class StoryLine(Record):
    """One thing that happened to a case; what is not public is for the office only."""

    feedback = models.ForeignKey(Feedback, models.CASCADE, related_name="story")
    at = models.DateTimeField()
    what = models.TextField(choices=Happening, db_collation="C")
    state = models.TextField(choices=State, db_collation="C")
    who = models.TextField(blank=True)
    agency = models.ForeignKey("places.Agency", models.PROTECT, null=True, related_name="+")
    note = models.TextField(blank=True)
    is_public = models.BooleanField(default=True)

    class Meta:
        indexes = [models.Index(fields=["feedback", "at"], name="support_story")]

    def __str__(self) -> str:
        """What happened."""
        return str(self.get_what_display())


class PublishedAnswer(Record):
    """A question and its answer for everybody, as the publishing officer wrote them: without personal data."""

    feedback = models.OneToOneField(Feedback, models.PROTECT, related_name="published")
    about = models.TextField(choices=About, db_collation="C")
    agency = models.ForeignKey("places.Agency", models.PROTECT, related_name="+")
    subject = models.TextField()
    text = models.TextField()
    answer = models.TextField()
    received_on = models.DateField()
    published_at = models.DateTimeField()
    published_by = models.TextField()
    folded = models.TextField(db_collation="C")
    search = models.GeneratedField(
        expression=SearchVector("folded", config="simple"), output_field=SearchVectorField(), db_persist=True
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="support_published_whole", condition=~Q(subject="") & ~Q(text="") & ~Q(answer="")
            )
        ]
        indexes = [
            models.Index(fields=["-published_at", "-id"], name="support_published_latest"),
            GinIndex(fields=["search"], name="support_published_search"),
        ]

    def __str__(self) -> str:
        """Its subject."""
        return self.subject
