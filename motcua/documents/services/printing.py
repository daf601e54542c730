"""Papers: a form of the law, or a result, from its data to a PDF, with a code by which anybody may check it."""

import dataclasses
import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from motcua.documents import prints, rendering
from motcua.documents.models import Document, Verification
from motcua.kernel import audit, clock, ids
from motcua.kernel.actor import Actor
from motcua.kernel.errors import DomainError


class FormUnknown(DomainError):
    """This paper has no form in force on that day. Tell the administrator which paper and day it is."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form of the law as in force on a day: its number (empty if the law gives none), title and basis."""

    key: str
    number: str
    title: str
    legal_basis: str
    valid_from: date
    valid_to: date | None = None
    is_verified: bool = False


def form_in_force(key: str, on: date) -> Form:
    """The form `key` ("slip", "supplement", "refusal", "stop", "control", "handover", "result") on a day."""
    for form in _forms(rendering.folder() / "forms.toml"):
        if form.key == key and form.valid_from <= on and (form.valid_to is None or on < form.valid_to):
            return form
    raise FormUnknown


@lru_cache(maxsize=4)
def _forms(path: Path) -> tuple[Form, ...]:
    return tuple(Form(**row) for row in tomllib.loads(path.read_text("utf-8"))["form"])


def print_form(data: prints.Print) -> bytes:
    """The PDF (PDF/A-3a, PDF/UA-1) of a form of the law; equal data give equal bytes.

    The number and title are those in force on `data.issued_at`. Raises `FormUnknown` or `rendering.LayoutBroken`.
    """
    form = form_in_force(data.form, clock.local(data.issued_at).date())
    filled: dict[str, Any] = {item.name: getattr(data, item.name) for item in dataclasses.fields(data)}
    filled["form"] = form
    if data.check is not None:
        filled["qr"] = rendering.qr(data.check.url)
    code = filled.get("dossier_code")
    if code:
        filled["barcode"] = rendering.barcode(code)
    return rendering.pdf(Path(f"{data.form}.typ"), filled, at=data.issued_at)


def render(layout: str, data: Mapping[str, Any], *, at: datetime) -> bytes:
    """The PDF of a layout given as Typst text, which may `#import "/lib.typ": *` and reads its facts from `data`."""
    return rendering.pdf(layout, data, at=at)


def new_check() -> prints.Check:
    """A fresh code and its address, to be printed on a paper and then registered with `register`."""
    code = ids.code()
    return prints.Check(code=code, url=f"{settings.BASE_URL.rstrip('/')}{reverse('documents:verify', args=[code])}")


@transaction.atomic
def register(
    *,
    check: prints.Check,
    content: bytes,
    title: str,
    issued_by: str,
    issued_at: datetime,
    actor: Actor,
    now: datetime,
    document: Document | None = None,
    subject_id: UUID | None = None,
    reference: str = "",
    facts: Mapping[str, str] | None = None,
) -> Verification:
    """Make an issued paper checkable by its code and by its file.

    `reference` is the dossier code, `facts` are shown to anybody who has the code: never names or identifiers.
    """
    row = Verification.objects.create(
        code=check.code,
        title=title,
        digest=hashlib.sha256(content).hexdigest(),
        document=document,
        subject_id=subject_id,
        reference=reference,
        issued_by=issued_by,
        issued_at=issued_at,
        facts=dict(facts or {}),
    )
    audit.record(actor, "documents.register", row, now=now, code=check.code, reference=reference)
    return row
