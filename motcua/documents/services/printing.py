"""Papers: a form of the law, or a result, from its data to a PDF, with a code by which anybody may check it."""

import dataclasses
import hashlib
import json
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
from motcua.documents.models import Document, Printed, Verification
from motcua.kernel import audit, clock, ids
from motcua.kernel.actor import Actor
from motcua.kernel.errors import DomainError


class FormUnknown(DomainError):
    """This paper has no form in force on that day. Tell the administrator which paper and day it is."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form of the law as in force on a day: its number (empty if the law gives none), title and basis."""

    key: str
    layout: str
    number: str
    title: str
    legal_basis: str
    valid_from: date
    valid_to: date | None = None
    is_verified: bool = False


def form_in_force(key: str, on: date) -> Form:
    """The form `key` ("slip", "supplement", "refusal", "apology", "stop", "control", "register", …) on a day.

    Raises `FormUnknown` when the pack has none for it.
    """
    for form in _forms(rendering.folder() / "forms.toml"):
        if form.key == key and form.valid_from <= on and (form.valid_to is None or on < form.valid_to):
            return form
    raise FormUnknown


@lru_cache(maxsize=4)
def _forms(path: Path) -> tuple[Form, ...]:
    return tuple(Form(**row) for row in tomllib.loads(path.read_text("utf-8"))["form"])


@dataclass(frozen=True, slots=True)
class Filled:
    """A form that is filled in: its layout as `name:digest`, the data as JSON, the moment that stands in the file."""

    layout: str
    data: Mapping[str, Any]
    at: datetime
    title: str


class LayoutChanged(DomainError):
    """The layout this paper was printed with is not there any more, so it cannot be printed again; its file is kept."""


def fill(data: prints.Print) -> Filled:
    """Choose the form in force on `data.issued_at` and fill it in. Raises `FormUnknown`."""
    form = form_in_force(data.form, clock.local(data.issued_at).date())
    values = {item.name: getattr(data, item.name) for item in dataclasses.fields(data)}
    plain = prints.plain({**values, "form": form})
    return Filled(layout=rendering.version(form.layout), data=plain, at=data.issued_at, title=form.title)


def set_form(filled: Filled) -> bytes:
    """The PDF (PDF/A-3a, PDF/UA-1) of a filled form; equal data and layout give equal bytes.

    Raises `LayoutChanged` when the layout's file is not the one it was filled for, `rendering.LayoutBroken`.
    """
    name = filled.layout.partition(":")[0]
    if rendering.version(name) != filled.layout:
        raise LayoutChanged
    codes: dict[str, Any] = {}
    if filled.data.get("check"):
        codes["qr"] = rendering.qr(filled.data["check"]["url"])
    if filled.data.get("dossier_code"):
        codes["barcode"] = rendering.barcode(filled.data["dossier_code"])
    return rendering.pdf(Path(f"{name}.typ"), {**filled.data, **codes}, at=filled.at)


def print_form(data: prints.Print) -> bytes:
    """The PDF of a form of the law with number, title and layout of the day `data.issued_at`.

    Raises `FormUnknown` or `rendering.LayoutBroken`.
    """
    return set_form(fill(data))


def keep_filled(*, document: Document, filled: Filled) -> Printed:
    """Keep with a stored print what it was made of, so that it can be made again byte for byte."""
    return Printed.objects.create(document=document, layout=filled.layout, data=filled.data, at=filled.at)


def is_made_of(document_id: UUID, filled: Filled) -> bool:
    """Whether a kept print was made of just this: the same data, layout and moment."""
    kept = Printed.objects.filter(document_id=document_id).first()
    same = kept is not None and (kept.layout, kept.at) == (filled.layout, filled.at)
    return same and kept is not None and kept.data == json.loads(json.dumps(filled.data))


def print_again(document_id: UUID) -> bytes:
    """A kept print made again from its data and its layout: the same bytes as those stored.

    Raises `Printed.DoesNotExist`, `LayoutChanged`.
    """
    kept = Printed.objects.select_related("document").get(document_id=document_id)
    return set_form(Filled(layout=kept.layout, data=kept.data, at=kept.at, title=kept.document.title))


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


def mark_replaced(*, document_id: UUID, version: int, by: str, at: datetime) -> None:
    """Say of a paper, to whoever checks it, that version `version` with the number `by` took its place."""
    rows = Verification.objects.filter(document=document_id)
    rows.update(replaced_at=at, replaced_version=version, replaced_by=by)


def mark_annulled(*, document_id: UUID, at: datetime) -> None:
    """Say of a paper, to whoever checks it, that it holds no more."""
    Verification.objects.filter(document=document_id).update(annulled_at=at)
