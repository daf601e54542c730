"""Messages as they were written, and their deliveries over each channel."""

from typing import Self

from django.db import models
from django.db.models import Q

from motcua.kernel.actor import Actor
from motcua.kernel.db import LockingQuerySet, Record
from motcua.notifications.enums import OPEN, Channel, Failure, State


class MessageQuerySet(LockingQuerySet["Message"]):
    """Messages as an actor may read them."""

    def visible_to(self, actor: Actor) -> Self:
        """A person's own; the system sees all."""
        if actor.is_system:
            return self
        return self.none() if actor.person_id is None else self.filter(recipient_id=actor.person_id)


class Message(Record):
    """What one person was told, in the language they read, kept as it was written."""

    key = models.TextField(unique=True, db_collation="C")
    recipient_id = models.UUIDField()
    recipient_name = models.TextField()
    template = models.TextField(db_collation="C")
    language = models.TextField(db_collation="C")
    subject = models.TextField()
    body = models.TextField()
    short = models.TextField(blank=True)
    facts = models.JSONField(default=dict)
    about_id = models.UUIDField(null=True)
    url = models.TextField(blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["recipient_id", "-created_at", "-id"], name="notifications_of_person"),
            models.Index(fields=["recipient_id"], condition=Q(read_at=None), name="notifications_unread"),
            models.Index(fields=["-created_at", "-id"], name="notifications_latest"),
            models.Index(fields=["about_id"], name="notifications_about"),
        ]

    def __str__(self) -> str:
        """Its subject."""
        return self.subject

    @property
    def about(self) -> str:
        """The matter by its name (a procedure's), where the sender gave one."""
        return str(self.facts.get("procedure", ""))


class Delivery(Record):
    """One message over one channel, with its tries."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.TextField(choices=Channel, db_collation="C")
    address = models.TextField(blank=True)
    state = models.TextField(choices=State, db_collation="C")
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    failure = models.TextField(choices=Failure, blank=True, db_collation="C")
    failure_detail = models.TextField(blank=True)
    sent_at = models.DateTimeField(null=True)

    objects = LockingQuerySet["Delivery"].as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["next_at"], condition=Q(state__in=sorted(OPEN)), name="notifications_to_send"),
            models.Index(fields=["-id"], condition=Q(state="failed"), name="notifications_failed"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["message", "channel"], name="notifications_one_per_channel"),
            models.CheckConstraint(name="notifications_failure", condition=Q(failure__in=["", *Failure.values])),
            models.CheckConstraint(name="notifications_channel", condition=Q(channel__in=Channel.values)),
            models.CheckConstraint(
                name="notifications_state",
                condition=Q(state=State.SENT, sent_at__isnull=False)
                | Q(state__in=sorted(OPEN), sent_at=None, next_at__isnull=False)
                | Q(state=State.FAILED, sent_at=None),
                violation_error_message="A sent delivery says when; a waiting one says when it is tried next.",
            ),
        ]

    def __str__(self) -> str:
        """Channel and state."""
        return f"{self.channel} {self.state}"
