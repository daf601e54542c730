"""What silence means where a law says so (`law/tacit.toml`): a consulted agency agrees, a request counts as granted.

A grant by silence changes neither the state nor the clock: the dossier stays open and late, and the office still
issues the result; only a refusal is no longer possible. Without a row of the law nothing happens.
"""

from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from motcua.dossiers import reading
from motcua.dossiers.enums import RUNNING, Happening, PartState
from motcua.dossiers.events import DossierTacit
from motcua.dossiers.models import Dossier, Part, TacitGrant
from motcua.dossiers.services import base, parts
from motcua.kernel import clock
from motcua.kernel.actor import Actor, system
from motcua.kernel.errors import Refused
from motcua.places import queries as places
from motcua.workflow import queries as workflow
from motcua.workflow.enums import PartKind, Silence
from motcua.workflow.rules import TacitRule

BATCH = 500  # of one run; the next one goes on
NOBODY = system("dossiers.silence")
# Words of the record, in the language of the law.
ASSENT = "Hết thời hạn trả lời (%s) mà không có ý kiến: được coi là đồng ý theo %s."
GRANT = "Hết thời hạn giải quyết (%s) mà không có quyết định: được coi là chấp thuận theo %s."
UNREAD = " Căn cứ này chưa được xác minh trong văn bản."
log = structlog.get_logger(__name__)


def note(*, now: datetime, actor: Actor = NOBODY) -> int:
    """Write down every assent and every grant by silence that has come about; how many.

    Each in a transaction of its own, under the dossier's lock: what was answered or decided meanwhile is passed over.
    """
    return _note_assents(actor, now) + _note_grants(actor, now)


def require_undecided(dossier: Dossier) -> None:
    """Refuse to refuse what a law has granted by silence. Raises `Refused` tacit with the article."""
    found = TacitGrant.objects.filter(dossier=dossier).first()
    if found is not None:
        sentence = _("The request counts as granted since %(day)s (%(basis)s): it can no longer be refused.")
        facts = {"day": f"{clock.local(found.since):%d/%m/%Y}", "basis": found.basis}
        raise Refused("tacit", sentence % facts, field="kind")


def rule_of(dossier: Dossier, means: Silence) -> TacitRule | None:
    """What silence means for a dossier, by the law of the day it was accepted; None: nothing."""
    if dossier.run is None or dossier.accepted_at is None:
        return None
    on = clock.local(dossier.accepted_at).date()
    law = workflow.tacit(on)
    process = workflow.process_key(dossier.run)
    return law.rule(means, procedure=dossier.procedure.code, process=process, on=on) if law else None


def _note_assents(actor: Actor, now: datetime) -> int:
    late = Part.objects.filter(state=PartState.RUNNING, kind=PartKind.CONSULTATION, due_at__lt=now)
    related = late.select_related("dossier__run", "dossier__procedure", "dossier__competent_agency")
    noted = 0
    for part in related.order_by("due_at", "pk")[:BATCH]:
        rule = rule_of(part.dossier, Silence.ASSENT)
        if rule is None or part.started_at is None or part.due_at is None:
            continue
        since = rule.since(part.started_at, part.due_at, places.working_calendar(part.dossier.competent_agency))
        if since >= now:
            continue
        try:
            parts.assent_by_silence(part_id=part.pk, words=_words(ASSENT, rule, since), actor=actor, now=now)
        except (Refused, Dossier.DoesNotExist) as refusal:
            log.warning("assent_not_noted", part=str(part.pk), why=str(refusal))
            continue
        noted += 1
    return noted


def _note_grants(actor: Actor, now: datetime) -> int:
    law = workflow.tacit(clock.local(now).date())
    codes = {code for rule in (law.rules if law else ()) if rule.means is Silence.GRANT for code in rule.procedures}
    if not codes:
        return 0
    found = Dossier.objects.filter(
        procedure__code__in=codes, state__in=RUNNING, run__ended_at__isnull=True, due_at__lt=now,
        paused_at__isnull=True, tacit__isnull=True, is_reconstructed=False,
    )  # fmt: skip
    keys = list(found.order_by("due_at", "pk").values_list("pk", flat=True)[:BATCH])
    return sum(_grant(key, actor, now) for key in keys)


@transaction.atomic
def _grant(key: UUID, actor: Actor, now: datetime) -> bool:
    dossier, _is_new = reading.taken(key, None, None)
    dossier.before = base.values_of(dossier)
    due, rule = dossier.due_at, rule_of(dossier, Silence.GRANT)
    is_silent = dossier.state in RUNNING and dossier.paused_at is None and due is not None and due < now
    if rule is None or due is None or not is_silent or TacitGrant.objects.filter(dossier=dossier).exists():
        return False
    grant = TacitGrant(
        dossier=dossier, rule_key=rule.key, basis=rule.legal_basis, is_verified=rule.is_verified, since=due,
        noted_at=now,
    )  # fmt: skip
    base.write(
        dossier, "grant_by_silence", Happening.TACIT, DossierTacit(dossier.pk, now), actor=actor, now=now,
        note=_words(GRANT, rule, due), rows=[grant], rule=rule.key,
    )  # fmt: skip
    return True


def _words(sentence: str, rule: TacitRule, since: datetime) -> str:
    said = sentence % (f"{clock.local(since):%H:%M, %d/%m/%Y}", rule.legal_basis)
    return said if rule.is_verified else said + UNREAD
