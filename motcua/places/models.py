"""Where things are and who is there: units with their time in force, agencies, centres, counters, days."""

from datetime import date
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.constraints import Deferrable
from django.utils.translation import get_language

from motcua.kernel.db import LockingQuerySet, Record, holds_on
from motcua.places.enums import COMMUNES, AgencyKind, AgencyLevel, DayKind, LineKind, Part, PlanState, UnitKind


class UnitQuerySet(models.QuerySet["Unit"]):
    """Administrative units."""

    def in_force(self, on: date) -> Self:
        """Units in force on a day."""
        return self.filter(holds_on(on))

    def communes(self) -> Self:
        """Wards, communes, townships and special zones."""
        return self.filter(kind__in=COMMUNES)


class AgencyQuerySet(models.QuerySet["Agency"]):
    """Agencies."""

    def in_force(self, on: date) -> Self:
        """Agencies that exist on a day."""
        return self.filter(holds_on(on))


class Unit(Record):
    """An administrative unit as it stood from one day to another. Names are reused: match by code and day only."""

    code = models.TextField(db_collation="C")
    name = models.TextField()
    sort_key = models.TextField(db_collation="C")
    folded = models.TextField(db_collation="C")
    kind = models.TextField(choices=UnitKind, db_collation="C")
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    legal_basis = models.TextField(blank=True)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    area_km2 = models.DecimalField(max_digits=9, decimal_places=3, null=True)
    population = models.PositiveIntegerField(null=True)
    note = models.TextField(blank=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="places_unit_dated"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="places_unit_period"
            ),
            ExclusionConstraint(
                name="places_unit_no_overlap",
                expressions=[
                    (F("code"), RangeOperators.EQUAL),
                    (
                        Func(
                            F("valid_from"),
                            F("valid_to"),
                            Value("[]"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                deferrable=Deferrable.DEFERRED,
            ),
        ]
        indexes = [models.Index(fields=["parent", "sort_key"], name="places_unit_children")]

    @property
    def is_commune(self) -> bool:
        """Whether it is of the commune level."""
        return self.kind in COMMUNES


class Succession(Record):
    """One edge from a unit to what followed it on a day. A split unit has several; `is_default` marks the main heir."""

    from_unit = models.ForeignKey(Unit, models.CASCADE, related_name="successors")
    to_unit = models.ForeignKey(Unit, models.CASCADE, related_name="predecessors")
    on = models.DateField()
    part = models.TextField(choices=Part, db_collation="C")
    is_default = models.BooleanField()
    legal_basis = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["from_unit", "to_unit"], name="places_succession_once"),
            models.UniqueConstraint(
                fields=["from_unit"], condition=Q(is_default=True), name="places_succession_one_default"
            ),
        ]


class Agency(Record):
    """A body that receives, decides or signs. Codes below the province's own are provisional unless verified."""

    code = models.TextField(unique=True, db_collation="C")
    name = models.TextField()
    short_name = models.TextField(blank=True)
    name_en = models.TextField(blank=True)
    name_pt = models.TextField(blank=True)
    sort_key = models.TextField(db_collation="C")
    folded = models.TextField(db_collation="C")
    kind = models.TextField(choices=AgencyKind, db_collation="C")
    level = models.TextField(choices=AgencyLevel, db_collation="C")
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="agencies")
    successor = models.ForeignKey("self", models.PROTECT, null=True, related_name="predecessors")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    is_verified = models.BooleanField(default=False)
    basis = models.TextField(blank=True)
    office_hours = models.TextField(db_collation="C", default="standard")

    objects = AgencyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="places_agency_period"
            )
        ]
        indexes = [
            models.Index(fields=["unit", "kind"], name="places_agency_unit"),
            models.Index(fields=["parent", "sort_key"], name="places_agency_children"),
        ]

    @property
    def display_name(self) -> str:
        """The name in the reader's language, Vietnamese where there is no other."""
        return {"en": self.name_en, "pt": self.name_pt}.get((get_language() or "vi")[:2], "") or self.name

    def exists_on(self, day: date) -> bool:
        """Whether the agency exists on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Centre(Record):
    """A service centre: where dossiers are received and results handed over."""

    agency = models.OneToOneField(Agency, models.PROTECT, related_name="centre")
    address = models.TextField()
    phone = models.TextField(blank=True)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    is_verified = models.BooleanField(default=False)


class Counter(Record):
    """A counter of a centre, for some fields of procedures (none named: for all)."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="counters")
    number = models.TextField(db_collation="C")
    name = models.TextField()
    fields = ArrayField(models.TextField(), default=list, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["centre", "number"], name="places_counter_number")]


class CalendarDay(Record):
    """A day that is not what its weekday says: for everyone, or (a closure) for one agency and those under it."""

    date = models.DateField()
    agency = models.ForeignKey(Agency, models.CASCADE, null=True, related_name="closures")
    kind = models.TextField(choices=DayKind, db_collation="C")
    note = models.TextField(blank=True)
    legal_basis = models.TextField(blank=True)
    is_verified = models.BooleanField(default=False)
    paired_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["date", "agency"], nulls_distinct=False, name="places_day_once"),
            models.CheckConstraint(
                condition=Q(agency__isnull=True) | Q(kind=DayKind.LOCAL_CLOSURE), name="places_day_agency_closed"
            ),
        ]

    def __str__(self) -> str:
        """As logs and shells show it."""
        return f"{self.date} {self.kind}"


class OfficeHours(Record):
    """One stretch of opening time on a weekday (1 is Monday) under a key that agencies share."""

    key = models.TextField(db_collation="C")
    weekday = models.PositiveSmallIntegerField()
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "weekday", "opens"], name="places_hours_once"),
            models.CheckConstraint(
                condition=Q(weekday__gte=1, weekday__lte=7) & Q(closes__gt=F("opens")), name="places_hours_sound"
            ),
        ]


class Refusal(models.Model):
    """A row of a pack's file that could not be read, kept with its bytes until the file is loaded without it."""

    file = models.TextField(db_collation="C")
    row = models.PositiveIntegerField()
    column = models.TextField(blank=True)
    reason = models.TextField()
    content = models.TextField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["file", "row"], name="places_refusal_file")]

    def __str__(self) -> str:
        """As logs and shells show it."""
        return f"{self.file}:{self.row} {self.reason}"


class Plan(Record):
    """A reorganisation on a day: which agencies end, and who takes over what they have in hand. Comes from the pack."""

    key = models.TextField(unique=True, db_collation="C")
    name = models.TextField()
    on = models.DateField()
    legal_basis = models.TextField()
    is_verified = models.BooleanField(default=False)
    digest = models.TextField(db_collation="C")
    state = models.TextField(choices=PlanState, default=PlanState.DRAFT, db_collation="C")
    checked_at = models.DateTimeField(null=True)  # the last dry run
    counts = models.JSONField(default=dict)  # what it found
    ordered_by = models.TextField(blank=True)
    applied_at = models.DateTimeField(null=True)
    reversed_at = models.DateTimeField(null=True)

    objects = LockingQuerySet["Plan"].as_manager()

    @property
    def is_draft(self) -> bool:
        """Whether nothing of it is in effect."""
        return self.state == PlanState.DRAFT


class PlanLine(Record):
    """One agency that ends, and its heir. A divided one needs a decision: its territory alone does not say whose."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    from_agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    to_agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+")
    kind = models.TextField(choices=LineKind, db_collation="C")
    decision = models.TextField(blank=True)
    is_verified = models.BooleanField(default=False)
    applied_at = models.DateTimeField(null=True)

    objects = LockingQuerySet["PlanLine"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "from_agency"], name="places_planline_once"),
            models.CheckConstraint(
                condition=Q(to_agency__isnull=True) | ~Q(to_agency=F("from_agency")), name="places_planline_two"
            ),
        ]


class Competence(Record):
    """Which level takes over a field of an abolished one: the province's department, or the commune (dated data)."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="competences")
    field = models.TextField(blank=True, db_collation="C")  # code of a field of procedures; empty: all others
    goes_to = models.TextField(
        choices=[(AgencyLevel.PROVINCE.value, "province"), (AgencyLevel.COMMUNE.value, "commune")], db_collation="C"
    )
    legal_basis = models.TextField(blank=True)
    is_verified = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "field"], name="places_competence_once")]


class JournalRow(models.Model):
    """One row that a line of a plan changed: what it held before and after, so that the plan can be taken back.

    `before` null: the row was made; `after` null: it was removed. Only the columns that changed are kept.
    """

    id = models.BigAutoField(primary_key=True)
    line = models.ForeignKey(PlanLine, models.CASCADE, related_name="journal")
    table = models.TextField(db_collation="C")
    row = models.TextField(db_collation="C")
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["line", "table"], name="places_journal_line"),
            models.Index(fields=["table", "row"], name="places_journal_row"),
        ]

    def __str__(self) -> str:
        """As logs and shells show it."""
        return f"{self.table} {self.row}"
