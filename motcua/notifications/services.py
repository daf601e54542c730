"""Telling people: write the message with the change it reports, send it afterwards, try again while a way is closed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F, Q

from motcua.kernel import audit, jobs
from motcua.kernel.actor import Actor
from motcua.notifications import templates
from motcua.notifications.enums import OPEN, Channel, Failure, State
from motcua.notifications.gateways import gateway
from motcua.notifications.gateways.base import Delayed, Letter, Rejected, Undelivered
from motcua.notifications.models import Delivery, Message

log = structlog.get_logger(__name__)
# Waits between the tries; after the last one a person has to look at it.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480))
# A try that has not come back after this long died with its worker.
PATIENCE = timedelta(minutes=10)
BATCH = 50


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom to tell: the person, the name to write, the e-mail address (empty: none), the language they read."""

    person_id: UUID
    name: str
    email: str = ""
    language: str = "vi"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing to tell one person. `key` makes a repeated notice the same message, such as `<event id>:owner`."""

    recipient: Recipient
    template: str
    key: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    about_id: UUID | None = None
    url: str = ""


def notify(
    *,
    recipient: Recipient,
    template: str,
    facts: Mapping[str, Any],
    key: str,
    now: datetime,
    about_id: UUID | None = None,
    url: str = "",
) -> None:
    """Tell one person one thing, in the caller's transaction. See `notify_all`."""
    notice = Notice(recipient=recipient, template=template, key=key, facts=facts, about_id=about_id, url=url)
    notify_all([notice], now=now)


@transaction.atomic
def notify_all(notices: Sequence[Notice], *, now: datetime) -> None:
    """Write messages, their deliveries and one job that sends them, in the caller's transaction.

    A key that was used before is passed over, so a consumer may read its events twice. `url` is a path of ours.
    Raises `TemplateUnknown` when nobody registered the wording.
    """
    unique = {notice.key: notice for notice in notices}
    known = set(Message.objects.filter(key__in=unique).values_list("key", flat=True))
    messages = [_written(notice, now) for key, notice in unique.items() if key not in known]
    Message.objects.bulk_create(messages)
    addresses = {key: notice.recipient.email for key, notice in unique.items()}
    deliveries = [row for message in messages for row in _deliveries(message, addresses[message.key], now)]
    Delivery.objects.bulk_create(deliveries)
    if any(row.state == State.QUEUED for row in deliveries):
        jobs.defer("notifications.send")


def _written(notice: Notice, now: datetime) -> Message:
    language = notice.recipient.language if notice.recipient.language in dict(settings.LANGUAGES) else "vi"
    written = templates.write(notice.template, language=language, facts=notice.facts)
    return Message(
        key=notice.key,
        recipient_id=notice.recipient.person_id,
        recipient_name=notice.recipient.name,
        template=notice.template,
        language=language,
        subject=written.subject,
        body=written.body,
        short=written.short,
        facts={name: _plain(value) for name, value in notice.facts.items()},
        about_id=notice.about_id,
        url=notice.url,
        created_at=now,
    )


def _deliveries(message: Message, email: str, now: datetime) -> list[Delivery]:
    rows = [Delivery(message=message, channel=Channel.IN_APP, state=State.SENT, sent_at=now)]
    if email:
        rows.append(Delivery(message=message, channel=Channel.EMAIL, address=email, state=State.QUEUED, next_at=now))
    return rows


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value if isinstance(value, int | str) else str(value)


def send_due(*, now: datetime) -> int:
    """Send what is due, batch by batch; answers how many were tried. Runs beside other workers and after crashes.

    Each try is written down before the neighbour is called, outside any transaction, so that a worker that dies with
    a letter in hand leaves a trace, and the letter is tried again (at least once).
    """
    tried, later = 0, set()
    while claimed := _claim(now):
        for delivery in claimed:
            later.add(_send(delivery, now))
        tried += len(claimed)
    for moment in sorted(filter(None, later)):
        jobs.defer("notifications.send", at=moment)
    return tried


@transaction.atomic
def _claim(now: datetime) -> list[Delivery]:
    due = Delivery.objects.filter(state__in=OPEN, next_at__lte=now).order_by("next_at")
    rows = list(due.select_for_update(skip_locked=True, of=("self",)).select_related("message")[:BATCH])
    keys = [row.pk for row in rows]
    Delivery.objects.filter(pk__in=keys).update(state=State.SENDING, attempts=F("attempts") + 1, next_at=now + PATIENCE)
    for row in rows:
        row.attempts += 1
    return rows


def _send(delivery: Delivery, now: datetime) -> datetime | None:
    """Try once; answers when to try again, if that is needed."""
    if delivery.attempts > len(WAITS) + 1:  # every worker that took it died with it in hand
        _give_up(delivery, Rejected(Failure.BROKEN_OFF))
        return None
    try:
        _require_address(delivery.address)
        gateway(delivery.channel).send(_letter(delivery))
    except Delayed as error:
        return _put_off(delivery, error, now)
    except Rejected as error:
        _give_up(delivery, error)
        return None
    sent = {"state": State.SENT, "sent_at": now, "next_at": None, "failure": "", "failure_detail": ""}
    Delivery.objects.filter(pk=delivery.pk).update(**sent)
    return None


def _require_address(address: str) -> None:
    try:
        validate_email(address)
    except ValidationError as error:
        raise Rejected(Failure.ADDRESS) from error


def _letter(delivery: Delivery) -> Letter:
    message = delivery.message
    url = f"{settings.BASE_URL.rstrip('/')}{message.url}" if message.url else ""
    return Letter(
        key=delivery.pk.hex,
        address=delivery.address,
        name=message.recipient_name,
        subject=message.subject,
        body=message.body,
        short=message.short,
        url=url,
        language=message.language,
    )


def _put_off(delivery: Delivery, error: Delayed, now: datetime) -> datetime | None:
    if delivery.attempts > len(WAITS):
        _give_up(delivery, error)
        return None
    log.warning("delivery_put_off", delivery=str(delivery.pk), attempts=delivery.attempts, error=error.message)
    next_at = now + WAITS[delivery.attempts - 1]
    Delivery.objects.filter(pk=delivery.pk).update(
        state=State.QUEUED, next_at=next_at, failure=error.failure, failure_detail=error.detail
    )
    return next_at


def _give_up(delivery: Delivery, error: Undelivered) -> None:
    log.error("delivery_failed", delivery=str(delivery.pk), attempts=delivery.attempts, error=error.message)
    Delivery.objects.filter(pk=delivery.pk).update(
        state=State.FAILED, next_at=None, failure=error.failure, failure_detail=error.detail
    )


def mark_read(*, actor: Actor, now: datetime, message_id: UUID | None = None) -> int:
    """Mark one of the actor's messages (or, without an id, all of them) as read; answers how many were new."""
    chosen = Q(read_at=None) if message_id is None else Q(read_at=None, pk=message_id)
    return Message.objects.visible_to(actor).filter(chosen).update(read_at=now)


def forget(*, about_id: UUID) -> int:
    """Remove every message about a matter that is disposed of, in the caller's transaction; answers how many.

    Its owner audits: the messages are part of what it disposes of.
    """
    return Message.objects.filter(about_id=about_id).delete()[1].get(Message._meta.label, 0)


@transaction.atomic
def retry(*, delivery_id: UUID, actor: Actor, now: datetime) -> bool:
    """Try a failed delivery once more, from the first wait on; answers whether there was one."""
    row = Delivery.objects.filter(pk=delivery_id, state=State.FAILED).for_update().first()
    if row is None:
        return False
    row.state, row.attempts, row.next_at = State.QUEUED, 0, now
    row.save(update_fields=["state", "attempts", "next_at"])
    audit.record(actor, "notifications.retry", row, now=now)
    jobs.defer("notifications.send")
    return True
