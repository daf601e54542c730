"""Export packages too large to wait for: asked for by a person, made by a job, offered for some days."""

from datetime import datetime, timedelta
from tempfile import TemporaryFile
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.db.models import QuerySet

from motcua.documents import services as documents
from motcua.documents.enums import Kind, Retention
from motcua.dossiers.enums import PackageState
from motcua.dossiers.models import Dossier, Package
from motcua.dossiers.services import packaging
from motcua.identity import queries as identity
from motcua.kernel import audit, clock, jobs
from motcua.kernel.actor import Actor, system
from motcua.kernel.errors import Refused

HELD = "dossiers.package"  # under which the file of a package lies
KEPT = timedelta(days=7)
CLEARER = system("dossiers.packages")
ZIP = "application/zip"


def own(dossier: Dossier, actor: Actor) -> QuerySet[Package]:
    """The packages of a dossier somebody asked for, the newest first: a purpose is one person's."""
    found = Package.objects.filter(dossier=dossier, asked_by__in=[actor.account_id] if actor.account_id else [])
    return found.order_by("-asked_at")


@transaction.atomic
def ask(*, dossier: Dossier, purpose: str, actor: Actor, now: datetime) -> Package:
    """Have the package of a dossier the caller may see made by a job; one that is being made already is enough.

    Raises `Refused`: person, no_purpose, disposed.
    """
    packaging.require(dossier, purpose, actor)
    account_id = actor.account_id or dossier.pk
    waiting = Package.objects.filter(dossier=dossier, asked_by=account_id, state=PackageState.WAITING, purpose=purpose)
    if found := waiting.first():
        return found
    made = Package.objects.create(dossier=dossier, purpose=purpose, asked_at=now, asked_by=account_id)
    audit.record(actor, "dossiers.ask_package", dossier, now=now, purpose=purpose)
    jobs.defer("dossiers.make_package", lock=f"package-{made.pk}", package_id=made.pk)
    return made


def make(*, package_id: UUID, now: datetime) -> None:
    """Make a package that waits, with the powers its asker has now; runs any number of times."""
    found = Package.objects.select_related("dossier").filter(pk=package_id, state=PackageState.WAITING).first()
    if found is None:
        return
    actor = identity.actor_of(found.asked_by, clock.local(now).date())
    try:
        with TemporaryFile() as file:
            files = packaging.package(dossier=found.dossier, to=file, purpose=found.purpose, actor=actor, now=now)
            name = f"{found.dossier.shown_code}.zip"
            held = documents.hold_made(upload=File(file), name=name, media_type=ZIP)
    except Refused as refusal:
        Package.objects.filter(pk=package_id).update(state=PackageState.FAILED, failure=refusal.message)
        return
    with transaction.atomic():
        document = documents.store(
            upload=held, owner_kind=HELD, owner_id=found.pk, kind=Kind.EVIDENCE, retention=Retention.DRAFT,
            actor=actor, now=now,
        )  # fmt: skip
        Package.objects.filter(pk=package_id).update(
            state=PackageState.READY, ready_at=now, files=files, size=held.size, digest=held.sha256,
            document_id=document.pk,
        )  # fmt: skip


def clear(*, now: datetime, actor: Actor = CLEARER) -> int:
    """Remove packages asked for more than a week ago, with their files; answers how many."""
    old = list(Package.objects.filter(asked_at__lt=now - KEPT).order_by("asked_at")[:500])
    for one in old:
        remove(one, actor=actor, now=now)
    return len(old)


@transaction.atomic
def remove(found: Package, *, actor: Actor, now: datetime) -> None:
    """Remove a package with its file."""
    documents.dispose(owner_kind=HELD, owner_id=found.pk, everything=True, actor=actor, now=now)
    found.delete()
