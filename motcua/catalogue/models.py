"""Procedures with their parts, their dated service levels and their versions."""

from datetime import date
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language

from motcua.catalogue.enums import (
    AUDIENCES,
    Authorisation,
    Channel,
    FeeState,
    HandledBy,
    Level,
    OnlineLevel,
    PartialReason,
    Presence,
    ResultForm,
)
from motcua.kernel.db import Record, holds_on
from motcua.payments.enums import ChargeKind
from motcua.places.models import Agency
from motcua.workflow.enums import DurationUnit


class ProcedureQuerySet(models.QuerySet["Procedure"]):
    """Procedures. They are public: everybody may read them."""

    def in_force(self, on: date) -> Self:
        """Procedures in force on a day."""
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=on), Q(valid_to__isnull=True) | Q(valid_to__gte=on)
        )

    def handled_here(self) -> Self:
        """Those the province carries itself."""
        return self.filter(handled_by=HandledBy.PROVINCE)

    def for_audience(self, audience: str) -> Self:
        """Those whose applicants belong to an audience (`citizen` or `business`)."""
        return self.filter(subjects__overlap=list(AUDIENCES[audience]))

    def online(self, on: date) -> Self:
        """Those with a full or partial online service on a day."""
        levels = ServiceLevel.objects.in_force(on).filter(
            procedure=models.OuterRef("pk"), level__in=(OnlineLevel.FULL, OnlineLevel.PARTIAL)
        )
        return self.filter(models.Exists(levels))


class DatedQuerySet(models.QuerySet["ServiceLevel"]):
    """Service levels by day."""

    def in_force(self, on: date) -> Self:
        """Levels in force on a day."""
        return self.filter(holds_on(on))


class Field(Record):
    """A field of state management (lĩnh vực), with the agency competent for it."""

    code = models.TextField(unique=True, db_collation="C")
    name = models.TextField()
    name_en = models.TextField(blank=True)
    name_pt = models.TextField(blank=True)
    sort_key = models.TextField(db_collation="C")
    issuer = models.TextField(blank=True)
    agency_2023 = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+")
    agency_2025 = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="fields")
    is_verified = models.BooleanField(default=False)

    @property
    def display_name(self) -> str:
        """The name in the reader's language, Vietnamese where there is no other."""
        return {"en": self.name_en, "pt": self.name_pt}.get((get_language() or "vi")[:2], "") or self.name

    @property
    def display_language(self) -> str:
        """The language `display_name` is in, for `lang`."""
        return "vi" if self.display_name == self.name else (get_language() or "vi")[:2]


class Procedure(Record):
    """An administrative procedure as it stands now; `ProcedureVersion` keeps what it was.

    An empty `valid_from` means that its first day in force is not known.
    """

    code = models.TextField(unique=True, db_collation="C")
    version = models.PositiveIntegerField(default=1)
    digest = models.TextField(db_collation="C")
    name = models.TextField()
    sort_key = models.TextField(db_collation="C")
    field = models.ForeignKey(Field, models.PROTECT, related_name="procedures")
    issuer = models.TextField(blank=True)
    decision = models.TextField(blank=True)
    handled_by = models.TextField(choices=HandledBy, db_collation="C")
    elsewhere = models.JSONField(null=True)
    level = models.TextField(choices=Level, db_collation="C")
    competent_agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="procedures")
    competent_source = models.TextField(blank=True)
    performer_source = models.TextField(blank=True)
    subjects = ArrayField(models.TextField(), default=list, blank=True)
    result_form = models.TextField(choices=ResultForm, db_collation="C")
    issuing_system = models.TextField(db_collation="C", default="motcua")
    authorisation = models.TextField(choices=Authorisation, db_collation="C")
    presence = models.TextField(choices=Presence, db_collation="C")
    rule_source = models.JSONField(default=dict)
    legal_basis = ArrayField(models.TextField(), default=list, blank=True)
    steps = ArrayField(models.TextField(), default=list, blank=True)
    checked_on = models.DateField(null=True)
    checked_by_rule = models.TextField(blank=True)
    repairs = ArrayField(models.TextField(), default=list, blank=True)
    form_key = models.TextField(db_collation="C", blank=True)
    process_key = models.TextField(db_collation="C", blank=True)
    result_key = models.TextField(db_collation="C", blank=True)
    common_position = models.PositiveIntegerField(null=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    folded_name = models.TextField(db_collation="C")
    folded_more = models.TextField(db_collation="C", blank=True)
    joined = models.TextField(db_collation="C")
    search = models.GeneratedField(
        expression=SearchVector("folded_name", weight="A", config="simple")
        + SearchVector("folded_more", weight="C", config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = ProcedureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="catalogue_procedure_period",
            ),
            models.CheckConstraint(
                condition=Q(handled_by=HandledBy.PROVINCE) | Q(elsewhere__isnull=False),
                name="catalogue_elsewhere_says_where",
            ),
        ]
        indexes = [
            GinIndex(fields=["search"], name="catalogue_search"),
            GinIndex(OpClass("joined", name="gin_trgm_ops"), name="catalogue_joined"),
            GinIndex(fields=["subjects"], name="catalogue_subjects"),
            models.Index(fields=["field", "sort_key", "code"], name="catalogue_by_field"),
            models.Index(fields=["sort_key", "code"], name="catalogue_by_name"),
        ]

    @property
    def is_handled_here(self) -> bool:
        """Whether the province carries it itself."""
        return self.handled_by == HandledBy.PROVINCE


class ProcedureVersion(Record):
    """What a procedure said from one day on. A dossier keeps the version in force when it was received."""

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    digest = models.TextField(db_collation="C")
    content = models.JSONField()
    valid_from = models.DateField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["procedure", "version"], name="catalogue_version_once")]


class ServiceLevel(Record):
    """How far a procedure can be done online, from one day to another, and who says so."""

    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="service_levels")
    level = models.TextField(choices=OnlineLevel, db_collation="C")
    partial_reason = models.TextField(choices=PartialReason, blank=True, db_collation="C")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    provenance = models.TextField(db_collation="C")
    is_verified = models.BooleanField(default=False)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["procedure", "valid_from"], name="catalogue_level_dated"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="catalogue_level_period"
            ),
            models.CheckConstraint(
                condition=Q(partial_reason="") | Q(level=OnlineLevel.PARTIAL), name="catalogue_level_reason"
            ),
        ]
        indexes = [models.Index(fields=["level", "valid_from"], name="catalogue_level_by_day")]


class ChannelRule(Record):
    """One way of filing a procedure: its time limit and what is known of its fee. No amount means unknown."""

    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="channels")
    channel = models.TextField(choices=Channel, db_collation="C")
    amount = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    unit = models.TextField(choices=DurationUnit, blank=True, db_collation="C")
    has_no_due_date = models.BooleanField(default=False)
    text = models.TextField(blank=True)
    source = models.TextField(blank=True)
    is_verified = models.BooleanField(default=False)
    fee_state = models.TextField(choices=FeeState, default=FeeState.UNKNOWN, db_collation="C")
    fee_source = models.TextField(blank=True)
    is_fee_verified = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["procedure", "channel"], name="catalogue_channel_once"),
            models.CheckConstraint(
                condition=Q(amount__isnull=True, unit="") | (Q(amount__isnull=False, amount__gt=0) & ~Q(unit="")),
                name="catalogue_time_has_unit",
            ),
            models.CheckConstraint(
                condition=Q(has_no_due_date=False) | Q(amount__isnull=True), name="catalogue_no_due_no_amount"
            ),
        ]

    @property
    def is_time_known(self) -> bool:
        """Whether the time limit, or its absence, is known."""
        return self.amount is not None or self.has_no_due_date


class FeeRule(Record):
    """One fee or charge of a procedure on a channel, in whole đồng (no amount: it depends on the case)."""

    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="fees")
    channel = models.TextField(choices=Channel, db_collation="C")
    position = models.PositiveSmallIntegerField()
    kind = models.TextField(choices=ChargeKind, db_collation="C")
    label = models.TextField(blank=True)
    amount = models.BigIntegerField(null=True)
    per = models.TextField(blank=True, db_collation="C")
    text = models.TextField(blank=True)
    source = models.TextField(blank=True)
    is_verified = models.BooleanField(default=False)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    basis = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["procedure", "channel", "position"], name="catalogue_fee_position"),
            models.CheckConstraint(condition=Q(amount__isnull=True) | Q(amount__gte=0), name="catalogue_fee_amount"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="catalogue_fee_period",
            ),
        ]


class Case(Record):
    """A case of a procedure, with components of its own."""

    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="cases")
    key = models.TextField(db_collation="C")
    name = models.TextField()
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["procedure", "key"], name="catalogue_case_key")]


class Component(Record):
    """A paper or file a dossier consists of; `is_note` marks a line of the list that is advice, not a paper."""

    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="components")
    case = models.ForeignKey(Case, models.CASCADE, null=True, related_name="components")
    key = models.TextField(db_collation="C")
    name = models.TextField()
    original = models.PositiveSmallIntegerField(default=0)
    copy = models.PositiveSmallIntegerField(default=0)
    is_required = models.BooleanField(default=False)
    is_note = models.BooleanField(default=False)
    is_form = models.BooleanField(default=False)
    attachment_name = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["procedure", "key"], name="catalogue_component_key")]


class ResultType(Record):
    """What a procedure gives, with the national code of the result where there is one."""

    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="results")
    name = models.TextField()
    code = models.TextField(blank=True, db_collation="C")
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["procedure", "position"], name="catalogue_result_position")]


class LegalDocument(models.Model):
    """A legal document that procedures name by its number."""

    number = models.TextField(primary_key=True, db_collation="C")
    title = models.TextField()

    def __str__(self) -> str:
        """As logs and shells show it."""
        return self.number


class LifeEvent(Record):
    """A moment of life or of business under which people look for procedures."""

    key = models.TextField(db_collation="C")
    audience = models.TextField(db_collation="C")
    name_vi = models.TextField()
    name_en = models.TextField(blank=True)
    name_pt = models.TextField(blank=True)
    icon = models.TextField(blank=True, db_collation="C")
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key"], name="catalogue_life_event_key")]

    @property
    def display_name(self) -> str:
        """The name in the reader's language, Vietnamese where there is no other."""
        return {"en": self.name_en, "pt": self.name_pt}.get((get_language() or "vi")[:2], "") or self.name_vi


class LifeEventProcedure(Record):
    """A procedure under a life event; `is_official` follows the national portal's own grouping."""

    life_event = models.ForeignKey(LifeEvent, models.CASCADE, related_name="memberships")
    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="memberships")
    is_official = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["life_event", "procedure"], name="catalogue_membership_once")]


class BundleQuerySet(models.QuerySet["Bundle"]):
    """Versions of bundles."""

    def in_force(self, on: date) -> Self:
        """Those in force on a day. Versions of one key may overlap: the highest counts."""
        return self.filter(holds_on(on))


class Bundle(Record):
    """Several procedures that one moment of life asks for, in one version: filed with one form (`form_key`).

    `members` are `bundling.Member` as plain data, `places` say where the whole form asks each member's questions.
    """

    key = models.TextField(db_collation="C")
    version = models.PositiveIntegerField()
    title = models.JSONField()
    intro = models.JSONField()
    life_event_key = models.TextField(blank=True, db_collation="C")
    position = models.PositiveSmallIntegerField()
    legal_basis = models.TextField()
    is_verified = models.BooleanField(default=False)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    form_key = models.TextField(db_collation="C")
    form_version = models.PositiveIntegerField()
    members = models.JSONField()
    places = models.JSONField()
    digest = models.TextField(db_collation="C")

    objects = BundleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="catalogue_bundle_version"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="catalogue_bundle_period"
            ),
        ]

    def say(self, name: str) -> str:
        """`title` or `intro` in the reader's language, Vietnamese where there is no other."""
        words: dict[str, str] = getattr(self, name)
        return words.get((get_language() or "vi")[:2]) or words.get("vi", "")

    @property
    def display_name(self) -> str:
        """The title in the reader's language."""
        return self.say("title")


class Synonym(models.Model):
    """What people type and what it means in the words of the law; an empty meaning marks a word that says nothing."""

    typed = models.TextField(primary_key=True, db_collation="C")
    means = models.TextField(blank=True, db_collation="C")

    def __str__(self) -> str:
        """As logs and shells show it."""
        return f"{self.typed} → {self.means}"


class Word(models.Model):
    """A word of the procedures' names, without accents: what a mistyped word is corrected to."""

    word = models.TextField(primary_key=True, db_collation="C")
    count = models.PositiveIntegerField()

    def __str__(self) -> str:
        """As logs and shells show it."""
        return self.word


class OnTheSpotQuerySet(models.QuerySet["OnTheSpot"]):
    """Delegations by day."""

    def in_force(self, on: date) -> Self:
        """Those that hold on a day: within their dates, and not ended before."""
        return self.filter(holds_on(on), Q(ended_on__isnull=True) | Q(ended_on__gte=on))


class OnTheSpot(Record):
    """A dated decision that lets a centre settle procedures of a competent agency inside its own walls.

    The delegate is whoever holds `delegate_role` in the centre or, where one is named, that account alone. `capacity`
    are the lines above the signature, `ended_on` its last day when it was ended early.
    """

    key = models.TextField(unique=True, db_collation="C")
    centre = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    competent = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    procedures = ArrayField(models.TextField(db_collation="C"))
    delegate_role = models.TextField(db_collation="C")
    delegate_title = models.TextField()
    delegate_id = models.UUIDField(null=True)
    decision = models.TextField()
    decided_on = models.DateField()
    capacity = ArrayField(models.TextField())
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    end_reason = models.TextField(blank=True)
    is_verified = models.BooleanField(default=False)

    objects = OnTheSpotQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="catalogue_spot_period"
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | ~Q(end_reason=""), name="catalogue_spot_end_has_reason"
            ),
            models.CheckConstraint(
                condition=~Q(procedures=[]) & ~Q(capacity=[]), name="catalogue_spot_says_what_and_as_whom"
            ),
        ]

    @property
    def last_day(self) -> date | None:
        """The last day on which it holds; None while no end is known."""
        return min((day for day in (self.valid_to, self.ended_on) if day), default=None)
