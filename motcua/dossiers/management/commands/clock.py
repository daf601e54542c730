"""`motcua clock due`: compute a due date and explain it. `motcua clock explain CODE`: the clock of a dossier."""

import json
import re
from argparse import ArgumentParser
from dataclasses import replace
from datetime import datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from motcua.catalogue import queries as catalogue
from motcua.catalogue.enums import Channel
from motcua.catalogue.models import Procedure
from motcua.dossiers.management import clocktext
from motcua.dossiers.models import Dossier
from motcua.kernel import clock
from motcua.places import queries as places
from motcua.places.calendar import ZONE, DateOutsideCalendar, WorkingCalendar
from motcua.places.daysoff import DAYS_OFF
from motcua.places.models import Agency, OfficeHours
from motcua.workflow import queries as workflow
from motcua.workflow import rules
from motcua.workflow.enums import CutOff, DurationUnit, PauseKind, ResumePolicy

COUNTING = "91/2015/QH13, Điều 145–148"  # how periods are counted
SUPPLEMENT = "61/2018/NĐ-CP, Điều 19 khoản 4"
LONGEST = 10_000  # of any unit; more is a slip of the pen
STAMP = r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}"
PAUSE = re.compile(rf"(?P<kind>\w+):(?P<start>{STAMP}):(?P<end>{STAMP})?:(?P<policy>\w+)")
EXTENSION = re.compile(rf"(?P<at>{STAMP}):(?P<to>{STAMP})")


class Command(BaseCommand):
    """The legal clock from the command line."""

    help = "Compute when a time limit is due by the working calendar of an office, or explain a dossier's clock."

    def add_arguments(self, parser: CommandParser) -> None:
        """Two ways: `due` and `explain`."""
        ways = parser.add_subparsers(dest="way", required=True)
        _limit_arguments(ways.add_parser("due", help="The due date of a limit from its start."))
        explain = ways.add_parser("explain", help="The clock of a dossier, stretch by stretch.")
        explain.add_argument("code", help="its legal code or its tracking code")
        explain.add_argument("--json", action="store_true", help="for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compute, then print as a table or as JSON."""
        facts = explained(options["code"], clock.now()) if options["way"] == "explain" else computed(options)
        self.stdout.write(json.dumps(facts, ensure_ascii=False) if options["json"] else clocktext.table(facts))


def _limit_arguments(due: ArgumentParser) -> None:
    due.add_argument("--start", required=True, help="when it was received: 2026-02-13T09:00, Vietnam's time")
    due.add_argument("--amount", help="how long: 5, 0.5; left out: as the catalogue says for --procedure")
    due.add_argument("--unit", default=DurationUnit.WORKING_DAY.value, choices=DurationUnit.values)
    due.add_argument("--office", default="standard", help="an agency's code or a key of office hours")
    due.add_argument("--procedure", help="a procedure's code, for its time limit and process")
    due.add_argument("--channel", default=Channel.COUNTER.value, choices=Channel.values, help="how it was filed")
    due.add_argument("--same-day", action="store_true", help="due by closing; from 15:00 on, the next working day")
    due.add_argument("--cut-off", help="a time of the day (15:00), or so many minutes before closing (60)")
    due.add_argument("--moves", default=None, choices=CutOff.values, help="what receipt after the cut-off moves")
    due.add_argument("--pause", action="append", default=[], help="KIND:FROM:TO:POLICY, once for each pause")
    due.add_argument("--extend", help="GRANTED:TO, the due date put off")
    due.add_argument("--json", action="store_true", help="for machines")


def computed(options: dict[str, Any]) -> dict[str, Any]:
    """The clock of a limit that belongs to no dossier."""
    try:
        start = _moment(options["start"], "--start")
        calendar = _calendar(options["office"])
        duration, policy = _limit(options, start)
        pauses = [_pause(text) for text in options["pause"]]
        law = _law(start)
        found = rules.due(start, duration, calendar, policy, pauses, law=law)
        if options["extend"]:
            found = _extended(found, options["extend"], law)
        return clocktext.facts(found, found.segments, rules.start(start, calendar, policy))
    except rules.PausesOutOfOrder as error:
        raise CommandError(f"--pause: {error} ({SUPPLEMENT})") from error
    except DateOutsideCalendar as error:
        raise CommandError(f"{error} ({DAYS_OFF})") from error
    except (ValueError, OverflowError) as error:
        text = "The limit ends beyond the years a calendar has." if "out of range" in str(error) else str(error)
        raise CommandError(f"{text} ({COUNTING})") from error


def explained(code: str, now: datetime) -> dict[str, Any]:
    """The clock of a dossier; before acceptance, the one of its acceptance."""
    dossier = (
        Dossier.objects.filter(Q(code=code) | Q(tracking_code=code))
        .select_related("run", "correction_run", "receiving_agency", "competent_agency")
        .first()
    )
    if dossier is None:
        raise CommandError(f"There is no dossier {code}. Write its legal code or its tracking code.")
    head = {"code": dossier.code, "tracking_code": dossier.tracking_code, "state": int(dossier.state)}
    if dossier.run is None:
        return head | _acceptance(dossier, now)
    found = workflow.clock(dossier.run, law=workflow.regime_of(dossier.run))
    if found is None:
        return head | {"due_at": None, "segments": [], "note": "The law gives this dossier no due date."}
    ended = dossier.finished_at or dossier.run.ended_at
    segments = rules.explain(found, now=ended or now)
    facts = rules.Facts(
        found.started_at, found.at, found.unextended_at, resolved_at=dossier.finished_at,
        stopped_at=None if dossier.finished_at else dossier.closed_at, pauses=found.pauses,
    )  # fmt: skip
    measured = rules.measure(facts, period_end=now, calendar=found.calendar)
    stands = {"standing": str(measured.standing), "index_standing": str(measured.index)} | _correction(dossier, now)
    return (
        head | clocktext.facts(found, segments, rules.start(found.received_at, found.calendar, found.policy)) | stands
    )


def _correction(dossier: Dossier, now: datetime) -> dict[str, Any]:
    """The clock of a correction under way, beside the first one."""
    run = dossier.correction_run
    found = workflow.clock(run, law=workflow.regime_of(run)) if run else None
    if found is None or run is None:
        return {}
    start = rules.start(found.received_at, found.calendar, found.policy)
    return {"correction": clocktext.facts(found, rules.explain(found, now=run.ended_at or now), start)}


def _acceptance(dossier: Dossier, now: datetime) -> dict[str, Any]:
    """The eight working hours in which it has to be accepted, refused or sent back."""
    if dossier.acceptance_due_at is None:
        return {"due_at": None, "segments": [], "note": "No time limit runs for this dossier."}
    law = _law(dossier.submitted_at)
    minutes = law.acceptance_minutes if law else 480
    calendar = places.working_calendar(dossier.receiving_agency)
    limit = rules.Duration(Decimal(minutes) / 60, DurationUnit.WORKING_HOUR)
    answered = dossier.supplements.exclude(answered_at=None).values_list("answered_at", flat=True)
    since = max([dossier.submitted_at, *(moment for moment in answered if moment)])  # a supplement starts it anew
    found = rules.due(since, limit, calendar, rules.AT_ONCE, law=law)
    note = f"Until it is accepted, refused or sent back ({law.acceptance_basis if law else ''})."
    start = rules.start(since, calendar, rules.AT_ONCE)
    return clocktext.facts(found, rules.explain(found, now=dossier.closed_at or now), start) | {"note": note}


def _limit(options: dict[str, Any], start: datetime) -> tuple[rules.Duration, rules.Policy]:
    """The time limit and how it starts and ends, from the command line or from the catalogue."""
    law = _law(start)
    duration, policy = None, law.transfer if law else rules.ORDINARY
    if options["procedure"]:
        duration, policy = _of_procedure(options["procedure"], options["channel"], start)
    if options["amount"]:
        try:
            duration = rules.Duration(Decimal(options["amount"]), DurationUnit(options["unit"]))
            if duration.amount > LONGEST:
                raise CommandError(f"--amount: no law gives so long; write at most {LONGEST} ({COUNTING}).")
        except InvalidOperation as error:
            raise CommandError(f"--amount: write a number such as 5 or 0.5 ({COUNTING}).") from error
        except ValueError as error:
            raise CommandError(f"--amount: {error} ({COUNTING})") from error
    if duration is None:
        raise CommandError(f"--amount: the time limit is not known; write how long the law gives ({COUNTING}).")
    policy = rules.SAME_DAY if options["same_day"] else policy
    return duration, _cut_off(policy, options["cut_off"], options["moves"])


def _of_procedure(code: str, channel: str, start: datetime) -> tuple[rules.Duration | None, rules.Policy]:
    day = start.date()
    try:
        procedure = catalogue.procedure(code)
        facts = catalogue.filing_facts(procedure, channel, day)
    except Procedure.DoesNotExist as error:
        raise CommandError(f"--procedure: the catalogue has no procedure {code}.") from error
    key = facts.process_key
    policy = workflow.content_of(workflow.definition(key, day)).policy if key else rules.ORDINARY
    return facts.known_duration, policy


def _cut_off(policy: rules.Policy, text: str | None, moves: str | None) -> rules.Policy:
    if text and text.isdecimal():
        policy = replace(policy, before_closing=int(text))
    elif text:
        try:
            at = time.fromisoformat(text)
            if at.tzinfo is not None:
                raise ValueError(text)
            policy = replace(policy, cut_off=at, before_closing=None)
        except ValueError as error:
            raise CommandError(
                "--cut-off: write a time such as 15:00, or minutes before closing such as 60."
            ) from error
    return replace(policy, effect=CutOff(moves)) if moves else policy


def _pause(text: str) -> rules.Pause:
    found = PAUSE.fullmatch(text)
    kinds, policies = PauseKind.values, ResumePolicy.values
    if found is None or found["kind"] not in kinds or found["policy"] not in policies:
        raise CommandError(
            f"--pause: write KIND:FROM:TO:POLICY, as in supplement:2026-02-13T09:00:2026-02-20T10:00:restart. Kinds: "
            f"{', '.join(kinds)}. Policies: {', '.join(policies)} ({SUPPLEMENT})."
        )
    end = _moment(found["end"], "--pause") if found["end"] else None
    return rules.Pause(PauseKind(found["kind"]), _moment(found["start"], "--pause"), end, ResumePolicy(found["policy"]))


def _extended(due: rules.Due, text: str, law: rules.Regime | None) -> rules.Due:
    """The same clock put off, where the law allows it."""
    found = EXTENSION.fullmatch(text)
    if found is None or law is None:
        raise CommandError("--extend: write GRANTED:TO, as in 2026-02-13T09:00:2026-02-20T16:00.")
    extension = rules.Extension(_moment(found["at"], "--extend"), _moment(found["to"], "--extend"))
    refusal = rules.may_extend(due, now=extension.at, to=extension.to, law=law.extension)
    if refusal is not None:
        raise CommandError(f"--extend: {refusal}")
    return rules.due(due.received_at, due.duration, due.calendar, due.policy, due.pauses, extension=extension, law=law)


def _law(start: datetime) -> rules.Regime | None:
    try:
        return workflow.regime(start.astimezone(ZONE).date())
    except workflow.NoRegime:
        return None


def _calendar(office: str) -> WorkingCalendar:
    agency = Agency.objects.filter(code=office).first()
    if agency is None and not OfficeHours.objects.filter(key=office).exists():
        raise CommandError(f"--office: there is no agency and there are no office hours “{office}”.")
    return places.working_calendar(agency or office)


def _moment(text: str, option: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"{option}: write a moment in isoformat that exists, such as 2026-02-13T09:00.") from error
    return found.replace(tzinfo=ZONE) if found.tzinfo is None else found.astimezone(ZONE)
