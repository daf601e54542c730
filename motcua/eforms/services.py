"""Loading forms and result templates from a pack: what has changed becomes a new version, nothing is lost."""

import hashlib
import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from django.db import transaction

from motcua.eforms import rules
from motcua.eforms.models import FormDefinition, ResultTemplate, Versioned
from motcua.eforms.rules import FormError
from motcua.kernel import audit
from motcua.kernel.actor import Actor, system
from motcua.places import kept, packfiles

V = TypeVar("V", FormDefinition, ResultTemplate)
SHARED = "shared.toml"
READER = "1"  # raise it when these readers or what they accept change, so that unchanged files are read again
LOADER = system("load_pack")


@dataclass(frozen=True, slots=True)
class Refusal:
    """What could not be loaded: the file, the place in it, and what to change."""

    file: str
    where: str
    reason: str


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load did: definitions read, those that became a new version, those refused; or nothing, skipped."""

    loaded: int
    changed: int
    refused: tuple[Refusal, ...] = ()
    is_skipped: bool = False


@dataclass(frozen=True, slots=True)
class _Read:
    """One file, read and checked."""

    key: str
    title: Mapping[str, str]
    procedures: tuple[str, ...]
    legal_basis: str
    is_verified: bool
    valid_from: date
    valid_to: date | None
    content: Mapping[str, Any]

    @property
    def digest(self) -> str:
        """Equal for equal definitions, whatever the order of the file."""
        kept = [self.content, sorted(self.procedures), self.legal_basis, self.is_verified, str(self.valid_to)]
        return hashlib.sha256(json.dumps(kept, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def load_forms(path: Path, *, now: datetime, actor: Actor = LOADER, force: bool = False) -> LoadReport:
    """Load every form of a folder (`forms/` of a pack, or the pack itself).

    A form whose content differs from its newest version becomes a new version, in force from its own `valid_from`, or
    from today if that is not later than the one before. A file that is wrong is refused and the others are loaded.
    Skipped when no file changed since a load that refused nothing, unless `force`.
    """
    return _load(FormDefinition, path, "forms", _form_content, now=now, actor=actor, force=force)


def load_results(path: Path, *, now: datetime, actor: Actor = LOADER, force: bool = False) -> LoadReport:
    """Load every result template of a folder (`results/` of a pack, or the pack itself), as `load_forms` does."""
    return _load(ResultTemplate, path, "results", _result_content, now=now, actor=actor, force=force)


@transaction.atomic
def keep_form(
    *, content: Mapping[str, Any], legal_basis: str, is_verified: bool, valid_from: date, now: datetime, actor: Actor
) -> tuple[str, int]:
    """Keep a form that was put together from others, for no procedure by itself; answers its key and version.

    What is kept already stays as it is; other content becomes the next version. Raises `FormError`.
    """
    rules.parse(content)
    one = _Read(
        str(content["key"]), content["title"], (), legal_basis, is_verified, valid_from, None, dict(content)
    )  # fmt: skip
    newest = FormDefinition.objects.filter(key=one.key).order_by("-version").select_for_update().first()
    if newest is None or newest.digest != one.digest:
        _publish(FormDefinition, one, newest, now=now, actor=actor)
        return one.key, newest.version + 1 if newest else 1
    return newest.key, newest.version


Content = Callable[[Mapping[str, Any], Mapping[str, Any]], dict[str, Any]]


@transaction.atomic
def _load(
    model: type[V], path: Path, name: str, make: Content, *, now: datetime, actor: Actor, force: bool
) -> LoadReport:
    folder = path / name if (path / name).is_dir() else path
    mark = packfiles.digest(folder, "*.toml", salt=READER)
    if not force and packfiles.loaded_digest(f"eforms.{name}") == mark:
        return LoadReport(0, 0, is_skipped=True)
    refused: list[Refusal] = []
    shared = _toml(folder / SHARED, refused) if (folder / SHARED).exists() else {}
    found: dict[str, _Read] = {}
    owners: dict[str, str] = {}
    for file in sorted(folder.glob("*.toml")):
        if file.name == SHARED or not (document := _toml(file, refused)):
            continue
        try:
            one = _read(document, make(document, shared))
            _unclaimed(one, found, owners)
        except FormError as error:
            refused.append(Refusal(file.name, error.where, error.reason))
            continue
        found[one.key] = one
        owners |= dict.fromkeys(one.procedures, one.key)
    newest = {row.key: row for row in model.objects.filter(key__in=found).order_by("version").for_update()}
    changed = [one for one in found.values() if one.key not in newest or newest[one.key].digest != one.digest]
    for new in changed:
        _publish(model, new, newest.get(new.key), now=now, actor=actor)
    kept.renew(f"eforms.{name}", f"{mark} {now.isoformat()}" if refused else mark)  # what was refused is read again
    return LoadReport(len(found), len(changed), tuple(refused))


def _toml(file: Path, refused: list[Refusal]) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        refused.append(Refusal(file.name, "", str(error)))
        return {}


def _read(document: Mapping[str, Any], content: dict[str, Any]) -> _Read:
    procedures, basis = document.get("procedures", []), str(document.get("legal_basis", ""))
    valid_from, valid_to = document.get("valid_from"), document.get("valid_to")
    if not isinstance(procedures, list) or not all(isinstance(code, str) for code in procedures):
        raise FormError("procedures", "It is a list of codes.")
    if not basis:
        raise FormError("legal_basis", "Name the document of law, or say that there is none.")
    if type(valid_from) is not date or (valid_to is not None and type(valid_to) is not date):
        raise FormError("valid_from", "Give the first day in force as a date, such as 2024-06-06.")
    if valid_to is not None and valid_to < valid_from:
        raise FormError("valid_to", "It lies before valid_from.")
    is_verified = document.get("is_verified") is True
    return _Read(
        str(content["key"]), content["title"], tuple(procedures), basis, is_verified, valid_from, valid_to, content
    )


def _unclaimed(one: _Read, found: Mapping[str, _Read], owners: Mapping[str, str]) -> None:
    if one.key in found:
        raise FormError("key", f"Another file already has the key {one.key}.")
    for code in one.procedures:
        if code in owners:
            raise FormError("procedures", f"{code} already belongs to {owners[code]}.")


def _publish(model: type[V], one: _Read, before: Versioned | None, *, now: datetime, actor: Actor) -> None:
    """Write one new version and end the one before it."""
    starts, ends = one.valid_from, one.valid_to
    if before is not None:
        starts = one.valid_from if one.valid_from > before.valid_from else max(now.date(), before.valid_from)
        before_ends = max(starts - timedelta(days=1), before.valid_from)
        model.objects.filter(pk=before.pk).update(valid_to=before_ends)
    row = model.objects.create(
        key=one.key, version=before.version + 1 if before else 1, title=dict(one.title), legal_basis=one.legal_basis,
        procedures=sorted(one.procedures), content=one.content, digest=one.digest, valid_from=starts,
        valid_to=None if ends is None else max(ends, starts), is_verified=one.is_verified, loaded_at=now,
    )  # fmt: skip
    audit.record(actor, f"eforms.publish_{model._meta.model_name}", row, now=now, key=row.key, version=row.version)


def _form_content(document: Mapping[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    content = rules.expand(document, shared)
    rules.parse(content)
    return content


def _result_content(document: Mapping[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    form = {
        **document,
        "sections": [{"key": rules.OFFICER, "title": document.get("title"), "fields": document.get("fields", [])}],
    }
    return rules.check_result(document, rules.expand(form, shared))
