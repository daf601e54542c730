"""Reads: the documents of an owner. Whoever calls has checked that the owner is visible."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from motcua.documents.enums import Retention
from motcua.documents.models import Document, Verification
from motcua.kernel import ids


def documents_of(owner_kind: str, owner_id: UUID) -> QuerySet[Document]:
    """The documents of one owner with their blobs, oldest first (one statement)."""
    rows = Document.objects.filter(owner_kind=owner_kind, owner_id=owner_id)
    return rows.select_related("blob").order_by("created_at", "pk")


def left_behind(owner_kind: str, before: datetime) -> QuerySet[Document]:
    """What was stored for owners of a kind before a moment and was never passed on to something that keeps it."""
    rows = Document.objects.filter(owner_kind=owner_kind, retention=Retention.DRAFT, created_at__lt=before)
    return rows.order_by("created_at", "pk")


def document_of(owner_kind: str, owner_id: UUID, document_id: UUID) -> Document | None:
    """This document, if it is the owner's; None otherwise, which a view answers with 404."""
    return documents_of(owner_kind, owner_id).filter(pk=document_id).first()


def verification_of(typed: str) -> Verification | None:
    """The issued paper with this code, typed with or without hyphens, in any case, or scanned as its whole address."""
    code = ids.normalise(typed.strip().rstrip("/").rsplit("/", 1)[-1])
    return Verification.objects.filter(code=code).first() if code else None


def verification_by_digest(sha256: str) -> Verification | None:
    """The latest issued paper whose file has exactly this content."""
    return Verification.objects.filter(digest=sha256).order_by("-issued_at", "-pk").first()
