"""The acts of the counter."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.counter import rules
from motcua.counter.enums import GuidanceKind
from motcua.counter.events import GuidanceRecorded
from motcua.counter.models import Guidance
from motcua.kernel import acts, audit, ids, outbox
from motcua.kernel.actor import Actor
from motcua.kernel.errors import Refused


@transaction.atomic
def record_guidance(
    *, minutes: int, agency_id: UUID, actor: Actor, now: datetime, kind: GuidanceKind = GuidanceKind.FILED,
    procedure_id: UUID | None = None, at: datetime | None = None, key: UUID | None = None,
) -> Guidance:  # fmt: skip
    """Write down that the actor guided a person to do it online: `minutes` long, ending `at` (now, if not given).

    Nothing about the guided person is kept. The same `key` again gives the first record. Raises `Refused` (minutes,
    agency, future; account for the system).
    """
    ended = at or now
    rules.require_guidance(minutes=minutes, agency_id=agency_id, at=ended, actor=actor, now=now)
    if actor.account_id is None:
        raise Refused("account", _("Only an officer with an account writes down guidance."))
    guidance_id = ids.uuid7()
    done = acts.claim(key, name="counter.record_guidance", result_id=guidance_id, actor=actor)
    if done is not None:
        return Guidance.objects.get(pk=done)
    guidance = Guidance.objects.create(
        pk=guidance_id, at=ended, kind=kind, minutes=minutes, procedure_id=procedure_id, agency_id=agency_id,
        officer_id=actor.account_id,
    )  # fmt: skip
    audit.record(actor, "counter.record_guidance", guidance, now=now, minutes=minutes, kind=str(kind))
    outbox.publish(GuidanceRecorded(guidance.pk, agency_id, minutes, ended))
    return guidance
