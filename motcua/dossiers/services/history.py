"""History in bulk: dossiers of the past (acceptance sets, benches, a legacy system) written by COPY.

The rows are those the acts would have left: gapless codes a day, a run with its limit, numbered results, the story,
access rows, tallies. What a bulk load does not write are audit rows and events: nobody acted now.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction

from motcua.catalogue.models import Procedure
from motcua.dossiers import numbering
from motcua.dossiers.enums import Channel, Happening, ResultKind, Source, State
from motcua.dossiers.models import Access, DayNumber, Dossier, Register, Result, StoryLine
from motcua.dossiers.services import access, tallies
from motcua.identity.models import Person
from motcua.kernel import clock, ids
from motcua.kernel.db import copy_rows
from motcua.places.models import Agency
from motcua.workflow import queries as workflow
from motcua.workflow.models import ProcessDefinition, Run
from motcua.workflow.rules import Duration

BATCH = 5000
SIGN = "KQ-MC"  # the register of results whose number was not handed down


@dataclass(frozen=True, slots=True)
class Past:
    """One dossier as history tells it. `finished_at` None: still in hand, with `step_role` at its desk."""

    procedure: Procedure
    receiving: Agency
    competent: Agency
    owner_name: str
    channel: Channel
    source: Source
    submitted_at: datetime
    accepted_at: datetime
    due_at: datetime
    limit: Duration
    finished_at: datetime | None = None
    handed_over_at: datetime | None = None
    submitter_person_id: UUID | None = None
    owner_person_id: UUID | None = None
    assignee_id: UUID | None = None
    step_role: str = "handler"


@transaction.atomic
def load(items: Iterable[Past], *, officer: str, now: datetime) -> int:
    """Write these dossiers, in the order of their acceptance; days and registers that have numbers already go on.

    `officer` is the name the story tells. Returns how many were written.
    """
    writer = _Writer(officer)
    count, batch = 0, list[Past]()
    for item in sorted(items, key=lambda one: one.accepted_at):
        batch.append(item)
        if len(batch) == BATCH:
            count += writer.write(batch)
            batch = []
    count += writer.write(batch)
    writer.finish()
    tallies.recount()
    return count


class _Writer:
    """Keeps the numbers given out while the rows go by."""

    def __init__(self, officer: str) -> None:
        self.officer = officer
        self.days: dict[tuple[UUID, date], int] = defaultdict(int)
        self.registers: dict[tuple[UUID, int], Register] = {}
        self.definitions: dict[tuple[str, date], ProcessDefinition] = {}
        for day in DayNumber.objects.select_for_update(of=("self",)):
            self.days[(day.agency_id, day.day)] = day.last
        for register in Register.objects.filter(kind=SIGN).for_update():
            self.registers[(register.agency_id, register.year)] = register
        self.known = set(self.registers)

    def write(self, items: Sequence[Past]) -> int:
        """One batch, table by table."""
        rows = [(item, self._dossier(item)) for item in items]
        copy_rows(Run, (dossier.run for _, dossier in rows if dossier.run))
        copy_rows(Dossier, (dossier for _, dossier in rows))
        finished = sorted((pair for pair in rows if pair[0].finished_at), key=lambda pair: pair[0].finished_at or 0)
        copy_rows(Result, (self._result(item, dossier) for item, dossier in finished))
        copy_rows(StoryLine, (line for item, dossier in rows for line in self._story(item, dossier)))
        _copy_access([dossier for _, dossier in rows])
        return len(rows)

    def finish(self) -> None:
        """Write down how far the numbers went."""
        DayNumber.objects.bulk_create(
            [DayNumber(agency_id=agency, day=day, last=last) for (agency, day), last in self.days.items()],
            update_conflicts=True, unique_fields=["agency", "day"], update_fields=["last"],
        )  # fmt: skip
        # The results' foreign keys are checked when the transaction ends, so registers may come after them.
        Register.objects.bulk_create([one for place, one in self.registers.items() if place not in self.known])
        for place in self.known:
            Register.objects.filter(pk=self.registers[place].pk, last__lt=self.registers[place].last).update(
                last=self.registers[place].last
            )

    def _dossier(self, item: Past) -> Dossier:
        key, day = ids.uuid7(), clock.local(item.accepted_at).date()
        self.days[(item.receiving.pk, day)] += 1
        code = numbering.code(
            numbering.in_force(day), agency_code=item.receiving.code, day=day,
            number=self.days[(item.receiving.pk, day)],
        )  # fmt: skip
        state = State.IN_PROGRESS if item.finished_at is None else State.RESOLVED
        dossier = Dossier(
            id=key, tracking_code=ids.code(12), code=code,
            state=State.HANDED_OVER if item.handed_over_at else state, channel=item.channel, source_system=item.source,
            procedure=item.procedure, procedure_version=item.procedure.version, receiving_agency=item.receiving,
            competent_agency=item.competent, owner_name=item.owner_name, submitter_name=item.owner_name,
            owner_person_id=item.owner_person_id, submitter_person_id=item.submitter_person_id,
            submitted_at=item.submitted_at, accepted_at=item.accepted_at, due_at=item.due_at,
            original_due_at=item.due_at, finished_at=item.finished_at, closed_at=item.handed_over_at,
            is_reconstructed=True, run=self._run(key, item),
        )  # fmt: skip
        if item.finished_at is None:
            dossier.step_kind, dossier.step_key, dossier.step_name = "appraise", "appraise", "Thẩm định"
            dossier.step_role, dossier.step_agency_id, dossier.step_position = item.step_role, item.competent.pk, 2
            dossier.assignee_id = item.assignee_id
        return dossier

    def _run(self, key: UUID, item: Past) -> Run:
        definition = self._definition(item.competent, clock.local(item.accepted_at).date())
        return Run(
            definition=definition, subject_id=key, agency_id=item.competent.pk, receiving_agency_id=item.receiving.pk,
            received_at=item.accepted_at, started_at=item.accepted_at, due_at=item.due_at,
            original_due_at=item.due_at, ended_at=item.handed_over_at, amount=item.limit.amount,
            unit=str(item.limit.unit), policy=workflow.process(definition.pk).policy.as_json(),
        )  # fmt: skip

    def _definition(self, agency: Agency, on: date) -> ProcessDefinition:
        if (agency.level, on) not in self.definitions:
            self.definitions[(agency.level, on)] = workflow.definition("", on, agency_id=agency.pk)
        return self.definitions[(agency.level, on)]

    def _result(self, item: Past, dossier: Dossier) -> Result:
        issued = item.finished_at or item.accepted_at
        day = clock.local(issued).date()
        register = self.registers.setdefault(
            (item.competent.pk, day.year), Register(agency_id=item.competent.pk, kind=SIGN, year=day.year, last=0)
        )
        register.last += 1
        return Result(
            dossier=dossier, kind=ResultKind.GRANTED, title=item.procedure.name[:300], drafted_at=issued,
            drafted_by=self.officer, signed_at=issued, signed_by=self.officer, register=register, number=register.last,
            symbol=SIGN, issued_on=day, issued_at=issued, issued_by=self.officer, sealed_at=issued,
        )  # fmt: skip

    def _story(self, item: Past, dossier: Dossier) -> Iterable[StoryLine]:
        happened = (
            (item.submitted_at, Happening.SUBMITTED, State.NEW, item.owner_name),
            (item.accepted_at, Happening.ACCEPTED, State.ACCEPTED, self.officer),
            (item.finished_at, Happening.ISSUED, State.RESOLVED, self.officer),
            (item.handed_over_at, Happening.HANDED_OVER, State.HANDED_OVER, self.officer),
        )
        for at, what, state, who in happened:
            if at is not None:
                yield StoryLine(dossier=dossier, at=at, what=what, state=state, who=who)


def _copy_access(dossiers: Sequence[Dossier]) -> None:
    """Access rows with their words; the vector is built by the database, so they pass through a temporary table."""
    owners = Person.objects.in_bulk({one.owner_person_id for one in dossiers if one.owner_person_id})
    for dossier in dossiers:  # read before the copy begins: nothing can be asked while it runs
        if dossier.owner_person_id:
            dossier.owner_person = owners[dossier.owner_person_id]
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE IF NOT EXISTS access_in (audience uuid, dossier_id uuid, reason text, state smallint,"
            " is_open boolean, is_turn boolean, sort_at timestamptz, words text[]) ON COMMIT DELETE ROWS"
        )
        with cursor.copy("COPY access_in FROM STDIN") as copy:
            for dossier in dossiers:
                words, sort_at = access.words_of(dossier), access.sort_moment(dossier)
                is_open = access.is_listed_open(dossier)
                for audience, reason, turn in access.audience_rows(dossier):
                    copy.write_row([audience, dossier.pk, reason, dossier.state, is_open, turn, sort_at, words])
        table = Access._meta.db_table
        cursor.execute(
            f"INSERT INTO {table} (audience, dossier_id, reason, state, is_open, is_turn, sort_at, words)"  # noqa: S608
            " SELECT audience, dossier_id, reason, state, is_open, is_turn, sort_at, array_to_tsvector(words)"
            " FROM access_in"
        )
        cursor.execute("TRUNCATE access_in")
