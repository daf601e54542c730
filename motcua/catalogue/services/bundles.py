"""Life-event bundles of the pack: read, checked against procedures and forms, kept in versions with their one form."""

import hashlib
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from motcua.catalogue import bundling
from motcua.catalogue.bundling import Member
from motcua.catalogue.models import Bundle, Case, Component, LifeEvent, Procedure
from motcua.eforms import queries as eforms
from motcua.eforms import rules as eform_rules
from motcua.eforms import services as eform_services
from motcua.eforms.models import FormDefinition
from motcua.eforms.rules import Composed, FormError, Piece
from motcua.kernel.actor import Actor
from motcua.places import packfiles
from motcua.places.packfiles import BadValue, FileReport

FILE = "catalogue/bundles.toml"


def load(root: Path, *, now: datetime, actor: Actor) -> FileReport:
    """The bundles of the pack; a province without any leaves the file out. A refused bundle leaves the others alone."""
    report = FileReport(FILE)
    if not (root / FILE).exists():
        return report
    try:
        document = tomllib.loads(packfiles.content_of(root, FILE, report) or "")
        choosing = bundling.text(document.get("words", {}), "choosing", "words")
    except (tomllib.TOMLDecodeError, BadValue) as error:
        bad = error if isinstance(error, BadValue) else BadValue("", f"The file is not sound TOML: {error}.")
        report.refused.append(packfiles.refused(FILE, 0, bad, ""))
        return report
    newest = {row.key: row for row in Bundle.objects.order_by("version")}
    named: set[str] = set()
    for number, row in enumerate(document.get("bundle", ()), 1):
        try:
            key = str(row.get("key", ""))
            if key in named:
                raise BadValue("key", "Another bundle of the file has this key.")
            named.add(key)
            _take(row, number, newest.get(key), choosing, report, now=now, actor=actor)
        except BadValue as bad:
            report.refused.append(packfiles.refused(FILE, number, bad, json.dumps(row, default=str)))
    gone = [row for row in newest.values() if row.key not in named and row.valid_to is None] if named else []
    for row in gone:
        _end(row, now.date())
    report.closed = len(gone)
    return report


def _take(
    row: Mapping[str, Any],
    position: int,
    before: Bundle | None,
    choosing: Mapping[str, str],
    report: FileReport,
    *,
    now: datetime,
    actor: Actor,
) -> None:
    """Check one bundle and keep it, as a new version where it says something new."""
    new = _head(row, position)
    members = _known(bundling.read(row), now.date())
    composed = _composed(new, members, choosing)
    new.form_key, new.form_version = eform_services.keep_form(
        content=composed.content, legal_basis=new.legal_basis, is_verified=new.is_verified, valid_from=new.valid_from,
        now=now, actor=actor,
    )  # fmt: skip
    new.members, new.places = [member.plain() for member in members], composed.places
    new.digest = _digest(new)
    if before is not None and before.digest == new.digest:
        report.same += 1
        return
    if before is not None:
        new.version = before.version + 1
        _end(before, new.valid_from if new.valid_from > before.valid_from else now.date())
        report.changed += 1
    else:
        report.new += 1
    new.save()


def _end(row: Bundle, on: date) -> None:
    """It holds no longer than the day before, but at least its first day."""
    row.valid_to = max(on - timedelta(days=1), row.valid_from)
    row.save(update_fields=["valid_to"])


def _head(row: Mapping[str, Any], position: int) -> Bundle:
    key = str(row.get("key", ""))
    if not (key.isascii() and key.isalpha() and key.islower()):
        raise BadValue("key", "A bundle needs a key of small letters.")
    start, end, basis = row.get("valid_from"), row.get("valid_to"), str(row.get("legal_basis", "")).strip()
    if type(start) is not date or (end is not None and (type(end) is not date or end < start)):
        raise BadValue("valid_from", "Give the first day in force as a date, and no last day before it.")
    if not basis:
        raise BadValue("legal_basis", "Name the document of law.")
    event = str(row.get("life_event", ""))
    if event and not LifeEvent.objects.filter(key=event).exists():
        raise BadValue("life_event", f"There is no life event {event}.")
    return Bundle(
        key=key, version=1, title=dict(bundling.text(row, "title", key)), intro=dict(bundling.text(row, "intro", key)),
        life_event_key=event, position=position, legal_basis=basis, is_verified=row.get("is_verified") is True,
        valid_from=start, valid_to=end,
    )  # fmt: skip


def _known(members: Sequence[Member], on: date) -> list[Member]:
    """The members with their forms, after every code, case and paper they name was found."""
    procedures = {
        one.code: one for one in Procedure.objects.in_force(on).filter(code__in=[one.procedure for one in members])
    }
    cases = set(Case.objects.filter(procedure__in=procedures.values()).values_list("procedure__code", "key"))
    papers = set(Component.objects.filter(procedure__in=procedures.values()).values_list("procedure__code", "key"))
    for member in members:
        procedure = procedures.get(member.procedure)
        if procedure is None:
            raise BadValue(member.key, f"There is no procedure {member.procedure} in force.")
        if procedure.is_handled_here == member.is_outside:
            who = "the province itself" if member.is_outside else "an agency outside"
            raise BadValue(member.key, f"{member.procedure} is handled by {who}: correct “outside”.")
        if member.case and (member.procedure, member.case) not in cases:
            raise BadValue(member.key, f"{member.procedure} has no case {member.case}.")
    codes = {member.key: member.procedure for member in members}
    for member, own, there, component in bundling.components(members):
        named = [(member.procedure, own), *([(codes[there], component)] if component else [])]
        for code, key in named:
            if (code, key) not in papers:
                raise BadValue(member.key, f"{code} asks for no paper {key}.")
    return [member if member.is_outside else _with_form(member, on) for member in members]


def _with_form(member: Member, on: date) -> Member:
    form = eforms.form_for(member.procedure, on)
    if form.key == eforms.GENERIC:
        raise BadValue(member.key, f"{member.procedure} has no e-form of its own: write one first.")
    return replace(member, form_key=form.key, form_version=form.version)


def _composed(new: Bundle, members: Sequence[Member], choosing: Mapping[str, str]) -> Composed:
    pieces = [
        Piece(
            member.key, FormDefinition.objects.get(key=member.form_key, version=member.form_version).content,
            member.label, not member.is_required, member.question, member.same, member.fixed,
        )
        for member in members if not member.is_outside
    ]  # fmt: skip
    try:
        return eform_rules.compose(f"bundle-{new.key}", new.title, pieces, choosing=choosing)
    except FormError as error:
        raise BadValue(error.where, error.reason) from error


def _digest(new: Bundle) -> str:
    kept = [
        new.title, new.intro, new.life_event_key, new.position, new.legal_basis, new.is_verified, str(new.valid_to),
        new.form_key, new.form_version, new.members, new.places,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(kept, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
