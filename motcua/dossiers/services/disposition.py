"""Disposal of dossiers whose time of keeping is over: proposed by one person, decided by another, carried out by a job.

Law 33/2024/QH15 on archives; Law 91/2025/QH15 on personal data. A hold in force stops it at any moment. What stays is
the dossier's code, procedure, agencies, days and figures, and on the list the digests of its files.
"""

from datetime import date, datetime, time
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from motcua.documents import queries as document_queries
from motcua.documents import services as documents
from motcua.dossiers import keeping
from motcua.dossiers.models import (
    Disposed,
    Disposition,
    Dossier,
    DossierQuerySet,
    Extension,
    HandOver,
    Hold,
    Rating,
    Result,
    StoryLine,
)
from motcua.dossiers.services import access, packages
from motcua.dossiers.services.base import OWNER
from motcua.kernel import audit, clock
from motcua.kernel.actor import Actor, Role, system
from motcua.kernel.errors import Refused
from motcua.notifications import services as notifications
from motcua.workflow import services as workflow

MOST = 1000  # dossiers of one list
PROPOSERS = (Role.CLERK, Role.ADMIN)
DECIDERS = (Role.LEADER, Role.DIRECTOR)
ON_HOLD, OPEN_AGAIN = "hold", "open"  # why a dossier was left out after all; the page says it in words
KEEPER = system("dossiers.disposal")


def due(agency_id: UUID, class_key: str, on: date) -> DossierQuerySet:
    """The dossiers of a receiving agency whose time of keeping in a class is over, the oldest first.

    Left out: those on hold, those on a list already, and whatever is kept for good.
    """
    found = keeping.class_named(class_key)
    year = found.first_year_kept(on) if found else None
    if found is None or year is None:
        return Dossier.objects.none()
    before = datetime.combine(date(year, 1, 1), time.min, tzinfo=clock.ZONE)
    on_list = Disposed.objects.filter(dossier=OuterRef("pk"), spared="", disposition__cancelled_at__isnull=True)
    held = Hold.objects.in_force(on).filter(dossier=OuterRef("pk"))
    rows = Dossier.objects.filter(
        _of_class(found), ~Exists(on_list), ~Exists(held), receiving_agency_id=agency_id, disposed_at__isnull=True,
        closed_at__lt=before,
    )  # fmt: skip
    return rows.select_related("procedure__field").order_by("closed_at", "pk")


def _of_class(wanted: keeping.KeepingClass) -> Q:
    named = {code for one in keeping.classes() for code in one.procedures}
    fields = {code for one in keeping.classes() for code in one.fields}
    own = Q(procedure__field__code__in=wanted.fields)
    if wanted.default:
        own = ~Q(procedure__field__code__in=fields)
    return Q(procedure__code__in=wanted.procedures) | (own & ~Q(procedure__code__in=named))


@transaction.atomic
def place_hold(*, dossier_id: UUID, reason: str, actor: Actor, now: datetime, until: date | None = None) -> Hold:
    """Keep a dossier from disposal whatever its class says: a complaint, a lawsuit, an inspection.

    `until` is its last day; without one somebody has to lift it. Raises `Refused`: person, no_reason, past, disposed,
    held.
    """
    today = clock.local(now).date()
    dossier = Dossier.objects.for_update().get(pk=dossier_id)
    _require(actor, (*PROPOSERS, *DECIDERS), dossier.receiving_agency_id)
    if not reason.strip():
        raise Refused("no_reason", _("Write the reason in a sentence."), field="reason")
    if until is not None and until < today:
        raise Refused(
            "past", _("The last day of the hold lies in the past; choose today or a later day."), field="until"
        )
    if dossier.disposed_at is not None:
        raise Refused("disposed", _("The dossier has been disposed of."))
    if dossier.holds.in_force(today).exists():
        raise Refused("held", _("The dossier is on hold already."))
    dossier.holds.filter(lifted_at__isnull=True).update(lifted_at=now)  # its last day is over: nobody lifted it
    hold = Hold.objects.create(dossier=dossier, reason=reason, placed_at=now, placed_by=actor.name, until=until)
    audit.record(actor, "dossiers.place_hold", dossier, now=now, reason=reason, until=until and until.isoformat())
    return hold


@transaction.atomic
def lift_hold(*, dossier_id: UUID, reason: str, actor: Actor, now: datetime) -> None:
    """End the hold of a dossier; nothing is disposed of by that, its class decides again.

    Raises `Refused`: person, no_reason, not_held.
    """
    dossier = Dossier.objects.for_update().get(pk=dossier_id)
    _require(actor, DECIDERS, dossier.receiving_agency_id)
    if not reason.strip():
        raise Refused("no_reason", _("Write the reason in a sentence."), field="reason")
    held = dossier.holds.in_force(clock.local(now).date())
    if not held.update(lifted_at=now, lifted_by=actor.name, lift_reason=reason):
        raise Refused("not_held", _("The dossier is not on hold."))
    audit.record(actor, "dossiers.lift_hold", dossier, now=now, reason=reason)


@transaction.atomic
def propose(*, agency_id: UUID, class_key: str, reason: str, actor: Actor, now: datetime) -> Disposition:
    """Put the dossiers that are due in a class on a list, at most a thousand."""
    _require(actor, PROPOSERS, agency_id)
    if actor.account_id is None:
        raise Refused("person", _("A list is proposed by a person."))
    if not reason.strip():
        raise Refused("no_reason", _("Write the reason in a sentence."), field="reason")
    rows = list(due(agency_id, class_key, clock.local(now).date()).for_update()[:MOST])
    if not rows:
        raise Refused("nothing_due", _("No dossier of this class may be disposed of now."))
    made = Disposition.objects.create(
        agency_id=agency_id, class_key=class_key, reason=reason, proposed_at=now, proposed_by=actor.account_id,
        proposer=actor.name,
    )  # fmt: skip
    Disposed.objects.bulk_create([_line(made, row) for row in rows])
    audit.record(actor, "dossiers.propose_disposal", made, now=now, count=len(rows), keeping=class_key)
    return made


@transaction.atomic
def approve(*, disposition_id: UUID, decision: str, decided_on: date, actor: Actor, now: datetime) -> Disposition:
    """Decide a list under a numbered decision; never by whoever proposed it."""
    found = Disposition.objects.for_update().get(pk=disposition_id)
    _require(actor, DECIDERS, found.agency_id)
    if found.approved_at or found.cancelled_at:
        raise Refused("decided", _("This list is decided already."))
    if actor.account_id is None or actor.account_id == found.proposed_by:
        raise Refused("two_persons", _("Whoever proposes a list does not decide it: ask a colleague."))
    if not decision.strip():
        raise Refused("no_decision", _("Write the number of the decision."), field="decision")
    if decided_on > clock.local(now).date():
        raise Refused("future", _("The decision lies in the future; look at the paper again."), field="decided_on")
    found.decision, found.decided_on = decision, decided_on
    found.approved_at, found.approved_by, found.approver = now, actor.account_id, actor.name
    found.save(update_fields=["decision", "decided_on", "approved_at", "approved_by", "approver"])
    audit.record(actor, "dossiers.approve_disposal", found, now=now, decision=decision)
    return found


@transaction.atomic
def cancel(*, disposition_id: UUID, actor: Actor, now: datetime) -> None:
    """Drop a list that is not decided; its dossiers may be proposed again."""
    found = Disposition.objects.for_update().get(pk=disposition_id)
    _require(actor, (*PROPOSERS, *DECIDERS), found.agency_id)
    if found.approved_at or found.cancelled_at:
        raise Refused("decided", _("This list is decided already."))
    found.cancelled_at = now
    found.save(update_fields=["cancelled_at"])
    audit.record(actor, "dossiers.cancel_disposal", found, now=now)


def carry_out(*, now: datetime, actor: Actor = KEEPER) -> int:
    """Dispose of what is decided, a dossier a transaction, so that a broken run goes on where it ended."""
    gone = 0
    lines = Disposed.objects.filter(disposition__approved_at__isnull=False, disposition__done_at__isnull=True)
    for key in list(lines.filter(disposed_at__isnull=True, spared="").order_by("pk").values_list("pk", flat=True)):
        gone += _dispose(key, actor, now)
    left = Disposed.objects.filter(disposition=OuterRef("pk"), disposed_at__isnull=True, spared="")
    Disposition.objects.filter(~Exists(left), approved_at__isnull=False, done_at__isnull=True).update(done_at=now)
    return gone


@transaction.atomic
def _dispose(key: int, actor: Actor, now: datetime) -> bool:
    line = Disposed.objects.select_for_update(of=("self",)).get(pk=key)
    dossier = Dossier.objects.for_update().get(pk=line.dossier_id)
    if not line.is_due:
        return False
    if dossier.holds.in_force(clock.local(now).date()).exists():
        line.spared = ON_HOLD
        line.save(update_fields=["spared"])
        audit.record(actor, "dossiers.spare", dossier, now=now)
        return False
    if dossier.closed_at is None:
        line.spared = OPEN_AGAIN
        line.save(update_fields=["spared"])
        audit.record(actor, "dossiers.spare", dossier, now=now)
        return False
    found = document_queries.documents_of(OWNER, dossier.pk)
    line.digests = sorted(set(found.values_list("blob_id", flat=True)))
    line.files = documents.dispose(owner_kind=OWNER, owner_id=dossier.pk, everything=True, actor=actor, now=now)
    for one in dossier.packages.all():
        packages.remove(one, actor=actor, now=now)
    line.disposed_at = now
    line.save(update_fields=["digests", "files", "disposed_at"])
    _forget_people(dossier, now)
    audit.record(actor, "dossiers.dispose", dossier, now=now, list=str(line.disposition_id), files=line.files)
    return True


def _forget_people(dossier: Dossier, now: datetime) -> None:
    """Remove every name, number and word of a person from the dossier's rows; what figures rest on stays."""
    key = dossier.pk
    Dossier.objects.filter(pk=key).update(
        owner_person=None, owner_business=None, submitter_person=None, owner_name="", submitter_name="", phone="",
        email="", address="", consent="", filed_by=None, answers={}, assignee_id=None, assignee_name="",
        spot_declined="", disposed_at=now, version=dossier.version + 1,
    )  # fmt: skip
    dossier.papers.all().delete()
    dossier.warnings.all().delete()
    dossier.supplements.update(items=[], reason="", answer="", asked_by="", not_visible_before="", sector_law="")
    StoryLine.objects.filter(dossier=key).update(who="", instead_of="", note="")
    versions = Q(dossier=key) | Q(former_of=key)
    Result.objects.filter(versions).update(title="", body={}, reason="", document_id=None)
    Result.objects.filter(versions, annulled_at__isnull=False).update(annulled_why="–", annulled_by="")
    HandOver.objects.filter(versions).update(receiver_name="", receiver_paper="", signed_for="", wrong_missing="")
    HandOver.objects.filter(versions).exclude(authority="").update(authority="–")
    dossier.corrections.update(wrong="–", reason="–", started_by="", dropped_by="", dropped_why="")
    dossier.reopenings.update(reason="–", by="")
    Rating.objects.filter(dossier=key).update(comment="")
    Extension.objects.filter(dossier=key).update(reason="–", at_fault="", granted_by="–")
    dossier.pauses.update(reason="–", paper="", started_by="–", ended_by="", note="")
    dossier.parts.update(
        question="", answer="", asked_by="", assignee_id=None, assignee_name="", done_by="", document_id=None,
        document_name="",
    )  # fmt: skip
    workflow.forget_words(subject_id=key)
    notifications.forget(about_id=key)
    dossier.access.exclude(audience__in=[dossier.receiving_agency_id, dossier.competent_agency_id]).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE dossiers_access SET words = array_to_tsvector(%s::text[]) WHERE dossier_id = %s",
            [access.code_words(dossier), key],
        )


def _line(made: Disposition, row: Dossier) -> Disposed:
    ended = clock.local(row.closed_at or row.submitted_at).date()
    found = keeping.class_of(row.procedure.code, row.procedure.field.code)
    return Disposed(
        disposition=made, dossier=row, code=row.shown_code, procedure_code=row.procedure.code,
        accepted_on=clock.local(row.accepted_at).date() if row.accepted_at else None, ended_on=ended,
        kept_until=found.kept_until(ended) or date.max,
    )  # fmt: skip


def _require(actor: Actor, roles: tuple[Role, ...], agency_id: UUID) -> None:
    if not actor.has(roles, agency_id):
        raise Refused("person", _("This act is for somebody else."))
