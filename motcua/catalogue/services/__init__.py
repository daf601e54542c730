"""Acts on the catalogue. The pack's files are the source; loading them twice changes nothing."""

from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from django.db import transaction

from motcua.catalogue.enums import Audience, Level, OnlineLevel
from motcua.catalogue.models import (
    Field,
    LegalDocument,
    LifeEvent,
    LifeEventProcedure,
    Procedure,
    ServiceLevel,
    Synonym,
    Word,
)
from motcua.catalogue.services import bundles, loading, on_the_spot, reading
from motcua.catalogue.services.on_the_spot import Delegation, delegate, end_delegation
from motcua.eforms.models import FormDefinition, ResultTemplate
from motcua.kernel.actor import Actor
from motcua.kernel.text import fold, sort_key
from motcua.places import packfiles
from motcua.places.models import Agency
from motcua.places.packfiles import LOADER, BadValue, FileReport, Row
from motcua.places.services import LoadReport
from motcua.workflow import queries as workflow

__all__ = ["Delegation", "delegate", "end_delegation", "load_catalogue"]

READER = "3"  # raise it when these readers change, so that unchanged files are read again
FILES = ("catalogue/*", on_the_spot.FILE, "forms/*.toml", "processes/*.toml", "results/*.toml")
LEVELS_OF = {Level.PROVINCE: "province", Level.COMMUNE: "commune", Level.BOTH: "province"}  # whose usual process
LEVELS_FROM, LEVELS_TO = date(2023, 1, 1), date(2023, 12, 31)  # the year whose online services were counted


@transaction.atomic
def load_catalogue(root: Path, *, now: datetime, actor: Actor = LOADER, force: bool = False) -> LoadReport:
    """Load fields, procedures and all that hangs on them from the pack at `root`; skipped when nothing changed.

    Places, forms and processes have to be loaded before. A refused row is kept with its reason
    (`places.models.Refusal`); a procedure whose content changed gets a new version, one that left the file is closed.
    """
    packfiles.one_at_a_time("catalogue")
    mark = packfiles.digest(root, *FILES, salt=READER + packfiles.loaded_digest("places"))
    if not force and packfiles.loaded_digest("catalogue") == mark:
        return LoadReport((), is_skipped=True)
    reports = [_load_documents(root), _load_fields(root)]
    commonest, common_report = _commonest(root)
    known = reading.Known(
        fields={code: (key, name) for code, key, name in Field.objects.values_list("code", "pk", "name")},
        agencies=dict(Agency.objects.values_list("code", "pk")),
        commonest=commonest,
        forms=_serving(FormDefinition, now.date()),
        processes=_processes(root),
        process_of_level={level.value: workflow.default_key(LEVELS_OF[level]) for level in Level},
        results=_serving(ResultTemplate, now.date()),
    )
    reports += [loading.load_procedures(root, known, now=now), common_report]
    reports += [_load_levels(root), *_load_life_events(root), _load_synonyms(root), on_the_spot.load(root)]
    reports.append(bundles.load(root, now=now, actor=actor))
    packfiles.learn(Procedure, ServiceLevel, Synonym, Word, *loading.PARTS)
    packfiles.keep("catalogue", mark, reports, now=now, actor=actor)
    return LoadReport(tuple(reports))


def _load_documents(root: Path) -> FileReport:
    def make(row: Row) -> LegalDocument:
        return LegalDocument(number=row.text("number", required=True), title=row.text("title"))

    rows, report = packfiles.read(root, "catalogue/legal_documents.csv", make, key=("number",))
    packfiles.upsert(rows, packfiles.assign_keys(LegalDocument, rows, key=("number",)), key=("number",), report=report)
    return report


def _load_fields(root: Path) -> FileReport:
    agencies = dict(Agency.objects.values_list("code", "pk"))

    def competent(row: Row, column: str) -> UUID | None:
        code = row.text(column)
        if code and code not in agencies:
            raise BadValue(column, "There is no agency of this code.")
        return agencies.get(code)

    def make(row: Row) -> Field:
        name = row.text("name", required=True)
        return Field(
            code=row.text("code", required=True), name=name, name_en=row.text("name_en"), name_pt=row.text("name_pt"),
            sort_key=sort_key(name), issuer=row.text("issuer"), agency_2023_id=competent(row, "agency_2023"),
            agency_2025_id=competent(row, "agency_2025"), is_verified=row.flag("verified"),
        )  # fmt: skip

    rows, report = packfiles.read(root, "catalogue/fields.csv", make, key=("code",))
    packfiles.upsert(rows, packfiles.assign_keys(Field, rows, key=("code",)), key=("code",), report=report)
    return report


def _commonest(root: Path) -> tuple[dict[str, tuple[int, date | None, str]], FileReport]:
    report = FileReport("catalogue/common.csv")
    found: dict[str, tuple[int, date | None, str]] = {}
    for row in packfiles.csv_rows(root, report.file, report):
        try:
            position = row.whole("position")
            if position is None or position < 1:
                raise BadValue("position", "Write the place in the order, from 1.")
            found[row.text("code", required=True)] = (position, row.day("checked_on"), row.text("what_was_checked"))
        except BadValue as bad:
            report.refused.append(packfiles.refused(report.file, row.number, bad, row.values))
    report.same = len(found)
    return found, report


def _serving(model: type[FormDefinition] | type[ResultTemplate], on: date) -> dict[str, str]:
    """Which definition serves which procedure on a day, the newest version deciding."""
    newest = dict(model.objects.in_force(on).order_by("version").values_list("key", "procedures"))
    return {code: key for key, procedures in newest.items() for code in procedures}


def _processes(root: Path) -> dict[str, str]:
    """Which process a procedure follows where it is not the usual one of its level."""
    report = FileReport("catalogue/processes.csv")
    rows = packfiles.csv_rows(root, report.file, report)
    return {row.text("procedure_code"): row.text("process_key") for row in rows}


def _load_levels(root: Path) -> FileReport:
    procedures = dict(Procedure.objects.values_list("code", "pk"))

    def make(row: Row) -> ServiceLevel:
        code = row.text("code", required=True)
        if code not in procedures:
            raise BadValue("code", "There is no procedure of this code.")
        return ServiceLevel(
            procedure_id=procedures[code], level=row.choice("level", (OnlineLevel.FULL, OnlineLevel.PARTIAL)),
            valid_from=LEVELS_FROM, valid_to=LEVELS_TO, provenance=row.text("provenance", required=True),
            is_verified=False,
        )  # fmt: skip

    key = ("procedure_id", "valid_from")
    rows, report = packfiles.read(root, "catalogue/services_2023.csv", make, key=key)
    existing = packfiles.assign_keys(ServiceLevel, rows, key=key)
    packfiles.upsert(rows, existing, key=key, report=report)
    return report


def _load_life_events(root: Path) -> tuple[FileReport, FileReport]:
    """Life events and their procedures, from one file with a row for each pair."""
    procedures = dict(Procedure.objects.values_list("code", "pk"))
    events: dict[str, LifeEvent] = {}
    event_report = FileReport("catalogue/life_events.csv (events)")

    def make(row: Row) -> LifeEventProcedure:
        key, code = row.text("key", required=True), row.text("procedure_code", required=True)
        if code not in procedures:
            raise BadValue("procedure_code", "There is no procedure of this code.")
        if key not in events:
            events[key] = LifeEvent(
                key=key, audience=row.choice("audience", Audience.values), name_vi=row.text("name_vi", required=True),
                name_en=row.text("name_en"), name_pt=row.text("name_pt"), icon=row.text("icon"),
                position=len(events) + 1,
            )  # fmt: skip
        return LifeEventProcedure(
            life_event=events[key], procedure_id=procedures[code], is_official=row.flag("official"),
            position=row.whole("position") or 0,
        )  # fmt: skip

    key = ("life_event_id", "procedure_id")
    rows, report = packfiles.read(root, "catalogue/life_events.csv", make, key=key)
    known = packfiles.assign_keys(LifeEvent, list(events.values()), key=("key",))
    packfiles.upsert(list(events.values()), known, key=("key",), report=event_report)
    for row in rows:
        row.life_event_id = row.life_event.pk
    existing = packfiles.assign_keys(LifeEventProcedure, rows, key=key)
    LifeEventProcedure.objects.exclude(pk__in=[row.pk for row in rows]).delete()
    LifeEvent.objects.exclude(key__in=events).delete()
    packfiles.upsert(rows, existing, key=key, report=report)
    return event_report, report


def _load_synonyms(root: Path) -> FileReport:
    """What people type. `typed` is kept without accents and spaces, `means` (phrases between `|`) without accents."""

    def make(row: Row) -> Synonym:
        typed = fold(row.text("typed", required=True)).replace(" ", "")
        if not typed:
            raise BadValue("typed", "Write at least one letter or digit.")
        return Synonym(typed=typed, means="|".join(fold(phrase) for phrase in row.text("means").split("|")))

    rows, report = packfiles.read(root, "catalogue/synonyms.csv", make, key=("typed",))
    existing = packfiles.assign_keys(Synonym, rows, key=("typed",))
    Synonym.objects.exclude(typed__in=[row.typed for row in rows]).delete()
    packfiles.upsert(rows, existing, key=("typed",), report=report)
    return report
