"""Filing a life-event bundle: what is possible now in one act, the rest when what it waits for is there."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.catalogue import queries as catalogue
from motcua.documents import services as documents
from motcua.documents.enums import Kind, Retention
from motcua.dossiers import bundled
from motcua.dossiers.bundled import Matter
from motcua.dossiers.enums import MemberState, Relation, ResultKind
from motcua.dossiers.events import (
    BundleMoved,
    DossierAccepted,
    DossierRefused,
    DossierStopped,
    DossierWithdrawn,
    ResultCorrected,
    ResultIssued,
)
from motcua.dossiers.following import Before, next_state
from motcua.dossiers.models import Bundle, BundleMember, Dossier, Draft, Result
from motcua.dossiers.services import bundle_filing, drafts
from motcua.dossiers.services.base import OWNER, PaperIn
from motcua.dossiers.services.bundle_filing import MEMBER, as_id
from motcua.dossiers.services.filing import Filing, submit
from motcua.dossiers.services.prints import paper
from motcua.kernel import acts, audit, clock, ids, outbox
from motcua.kernel.actor import Actor, system
from motcua.kernel.errors import Refused

FOLLOWED = (DossierAccepted, ResultIssued, DossierRefused, DossierWithdrawn, DossierStopped, ResultCorrected)
FOLLOWER = system("dossiers.bundles")


@transaction.atomic
def file_bundle(*, draft: Draft, filing: Filing, actor: Actor, now: datetime, key: UUID | None = None) -> Bundle:
    """File a bundle: one dossier for each matter that waits for nothing, each with its own code, clock and process.

    `filing` is the draft as one filing: answers of the whole form, papers under their keys in the bundle. The same form
    sent twice gives the first bundle again. All or nothing: raises `Refused` when one matter cannot be filed,
    `Conflict` when the draft has changed.
    """
    if draft.bundle is None:
        raise TypeError("This draft is none of a bundle.")
    bundle_id = ids.uuid7()
    done = acts.claim(key, name="dossiers.file_bundle", result_id=bundle_id, actor=actor)
    if done is not None:
        return Bundle.objects.get(pk=done)
    bundle = Bundle.objects.create(
        pk=bundle_id, plan=draft.bundle, person_id=actor.person_id, draft_id=draft.pk, filed_at=now
    )
    found = bundled.matters(draft)
    rows = {matter.member.key: _row(bundle, matter, number, now) for number, matter in enumerate(found)}
    shares = bundle_filing.shares(found, draft, filing, now)
    lead, *others = shares
    for share in others:
        _keep(rows[share.key], share, draft, actor, now)
    dossier = submit(filing=lead.filing, actor=actor, now=now)
    _opened(rows[lead.key], dossier, now)
    BundleMember.objects.bulk_create(rows.values())
    audit.record(actor, "dossiers.file_bundle", bundle, now=now, plan=draft.bundle.key, dossier=str(dossier.pk))
    _go_on(bundle, actor=actor, now=now)
    return bundle


def follow(facts: Sequence[outbox.Fact]) -> None:
    """Consumer: a dossier of a bundle was accepted, issued or closed; what waited for it goes on."""
    waiting = (MemberState.WAITING, MemberState.BLOCKED)
    found = Bundle.objects.filter(members__dossier__in={fact.payload["dossier_id"] for fact in facts})
    for bundle_id in found.filter(pk__in=BundleMember.objects.filter(state__in=waiting).values("bundle")).values_list(
        "pk", flat=True
    ):
        go_on(bundle_id=bundle_id, now=clock.now())


@transaction.atomic
def go_on(*, bundle_id: UUID, now: datetime, actor: Actor = FOLLOWER) -> None:
    """Open what can be opened now, and say what can be gone on with or does not open. Any number of times the same."""
    _go_on(Bundle.objects.for_update().get(pk=bundle_id), actor=actor, now=now)


@transaction.atomic
def take_out(*, bundle_id: UUID, member_key: str, actor: Actor, now: datetime) -> Draft:
    """File a matter alone that does not open with its bundle: a draft with what was typed for it, its files too.

    Raises `Bundle.DoesNotExist`, `Refused` when it is not blocked (any more).
    """
    bundle = Bundle.objects.visible_to(actor).for_update().get(pk=bundle_id)
    member = bundle.members.select_for_update().filter(key=member_key, state=MemberState.BLOCKED).first()
    if member is None or not member.filing:
        raise Refused("not_blocked", _("This matter is not waiting any more. Open the page of the bundle again."))
    kept = member.filing
    draft = drafts.open_draft(
        procedure_id=member.procedure_id, actor=actor, now=now, form_key=kept["form_key"],
        form_version=kept["form_version"], answers=kept["answers"], owner_person_id=as_id(kept["owner_person_id"]),
        owner_business_id=as_id(kept["owner_business_id"]), relation=Relation(kept["relation"]),
        case_key=kept["case_key"], unit_id=as_id(kept["unit_id"]), receiving_agency_id=as_id(kept["centre_id"]),
    )  # fmt: skip
    papers = kept["papers"]
    if papers:
        documents.attach(
            document_ids=[UUID(one["document_id"]) for one in papers], from_kind=MEMBER, from_id=member.pk,
            owner_kind=drafts.DRAFT, owner_id=draft.pk, kind=Kind.COMPONENT, retention=Retention.DRAFT, actor=actor,
            now=now,
        )  # fmt: skip
    for one in papers:
        drafts.add_paper(
            draft_id=draft.pk, component_key=one["component_key"], document_id=UUID(one["document_id"]),
            name=one["document_name"], actor=actor, now=now,
        )  # fmt: skip
    member.state, member.filing, member.moved_at = MemberState.ALONE, {}, now
    member.save()
    audit.record(actor, "dossiers.take_out", bundle, now=now, member=member.key, draft=str(draft.pk))
    return draft


@transaction.atomic
def forget(*, member_id: UUID, actor: Actor, now: datetime) -> None:
    """Throw away what was typed for a matter that stayed blocked, with its files (personal data, Law 91/2025/QH15)."""
    member = BundleMember.objects.for_update().get(pk=member_id)
    if member.state != MemberState.BLOCKED:
        return
    for one in member.filing.get("papers", ()):
        documents.discard(
            document_id=UUID(one["document_id"]), owner_kind=MEMBER, owner_id=member.pk, actor=actor, now=now
        )
    member.state, member.filing, member.moved_at = MemberState.ALONE, {}, now
    member.save()
    audit.record(actor, "dossiers.forget_matter", member, now=now)


def _go_on(bundle: Bundle, *, actor: Actor, now: datetime) -> None:
    rows = list(bundle.members.select_related("procedure", "dossier__result").order_by("position"))
    by_key = {row.key: row for row in rows}
    outside = {one.key for one, _procedure in catalogue.bundle_members(bundle.plan) if one.is_outside}
    for row in rows:
        if row.state not in (MemberState.WAITING, MemberState.BLOCKED):
            continue
        before = by_key.get(row.after)
        state = next_state(row.needs, _before(before), is_outside=row.key in outside)
        if before is not None and before.state in (MemberState.BLOCKED, MemberState.ALONE):
            state = MemberState.BLOCKED
        if state != row.state:
            _move(row, state, by_key, actor=actor, now=now)


def _before(row: BundleMember | None) -> Before | None:
    dossier = row.dossier if row else None
    if dossier is None:
        return None
    result: Result | None = getattr(dossier, "result", None)
    kind = result.kind if result and result.issued_at else ""
    if result and result.annulled_at:
        kind = ResultKind.REFUSED
    return Before(dossier.state, dossier.accepted_at is not None, kind)


def _move(
    row: BundleMember, state: MemberState, by_key: Mapping[str, BundleMember], *, actor: Actor, now: datetime
) -> None:
    """Put a matter where it belongs now; one that cannot be filed stays blocked, with the reason."""
    was, row.moved_at, row.note = row.state, now, ""
    if state is MemberState.OPEN:
        try:
            with transaction.atomic():
                _opened(row, _file(row, by_key.get(row.after), actor, now), now)
        except Refused as refusal:
            if not actor.is_system:  # filed just now by somebody: nothing is filed half
                raise
            state, row.note = MemberState.BLOCKED, refusal.message
            row.dossier = None
    row.state = state
    row.save()
    if row.state in (MemberState.READY, MemberState.BLOCKED) and row.state != was:
        outbox.publish(BundleMoved(row.bundle_id, row.pk, row.state, now))


def _row(bundle: Bundle, matter: Matter, position: int, now: datetime) -> BundleMember:
    member = matter.member
    return BundleMember(
        bundle=bundle, key=member.key, position=position, procedure=matter.procedure, state=MemberState.WAITING,
        after=member.after, needs=member.needs, moved_at=now,
    )  # fmt: skip


def _opened(row: BundleMember, dossier: Dossier, now: datetime) -> None:
    row.dossier, row.state, row.filing, row.moved_at = dossier, MemberState.OPEN, {}, now


def _file(row: BundleMember, before: BundleMember | None, actor: Actor, now: datetime) -> Dossier:
    """Submit what was kept for a matter; a result it waited for goes in as a paper."""
    filing = bundle_filing.restored(row, now)
    papers = [*filing.papers, *_results(row, before, actor, now)]
    return submit(filing=replace(filing, papers=papers), actor=actor, now=now)


def _results(row: BundleMember, before: BundleMember | None, actor: Actor, now: datetime) -> list[PaperIn]:
    """The result of the dossier it waited for, as the papers it stands for; printed if nobody has looked at it yet."""
    wanted: list[dict[str, str]] = row.filing.get("results", [])
    dossier = before.dossier if before else None
    if not wanted or dossier is None:
        return []
    document_id = dossier.result.document_id or paper(dossier=dossier, form="result", actor=actor, now=now).pk
    papers = []
    for one in wanted:
        twin = documents.share(
            document_ids=[document_id], from_kind=OWNER, from_id=dossier.pk, owner_kind=MEMBER, owner_id=row.pk,
            kind=Kind.COMPONENT, actor=actor, now=now,
        )[document_id]  # fmt: skip
        papers.append(PaperIn(one["name"], one["component_key"], document_id=twin, document_name=dossier.result.title))
    return papers


def _keep(row: BundleMember, share: bundle_filing.Share, draft: Draft, actor: Actor, now: datetime) -> None:
    """Keep what is filed for a matter until it opens: its own files pass to it, shared ones get a twin."""
    own = [paper.document_id for paper in share.filing.papers if paper.document_id]
    if own:
        documents.attach(
            document_ids=own, from_kind=drafts.DRAFT, from_id=draft.pk, owner_kind=MEMBER, owner_id=row.pk,
            kind=Kind.COMPONENT, retention=Retention.DRAFT, actor=actor, now=now,
        )  # fmt: skip
    lent = [paper.document_id for paper in share.shared if paper.document_id]
    twins = documents.share(
        document_ids=lent, from_kind=drafts.DRAFT, from_id=draft.pk, owner_kind=MEMBER, owner_id=row.pk,
        kind=Kind.COMPONENT, retention=Retention.DRAFT, actor=actor, now=now,
    ) if lent else {}  # fmt: skip
    shared = [replace(one, document_id=twins[one.document_id]) for one in share.shared if one.document_id]
    row.filing = bundle_filing.kept(share, [*share.filing.papers, *shared], draft)
