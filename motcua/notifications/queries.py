"""Reads: a person's messages, and what could not be delivered."""

from uuid import UUID

from django.db.models import QuerySet

from motcua.notifications.enums import State
from motcua.notifications.models import Delivery, Message


def unread(person_id: UUID | None) -> int:
    """How many messages this person has not opened (one indexed count)."""
    return Message.objects.filter(recipient_id=person_id, read_at=None).count() if person_id else 0


def messages_about(about_id: UUID) -> QuerySet[Message]:
    """What anybody was told about an object, oldest first, with the deliveries. The caller checks visibility."""
    return Message.objects.filter(about_id=about_id).prefetch_related("deliveries").order_by("created_at", "pk")


def undelivered() -> QuerySet[Delivery]:
    """Deliveries for which no try is left: somebody has to reach the person in another way."""
    return Delivery.objects.filter(state=State.FAILED).select_related("message")
