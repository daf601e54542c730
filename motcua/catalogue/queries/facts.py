"""What an act on a dossier needs to know of its procedure, in as few queries as possible."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from motcua.catalogue import rules
from motcua.catalogue.enums import Channel, CommuneChoice, FeeState, Level, NotOnline
from motcua.catalogue.models import (
    ChannelRule,
    Component,
    FeeRule,
    LegalDocument,
    Procedure,
    ProcedureVersion,
    ServiceLevel,
)
from motcua.kernel.errors import NotReady, Refused
from motcua.places import kept
from motcua.places import queries as places
from motcua.places.models import Agency, Centre, Unit
from motcua.workflow.enums import DurationUnit
from motcua.workflow.rules import Duration

DEPARTMENTS_MERGED = date(2025, 3, 1)  # the provincial departments of 2023 became those of today


class TimeUnknown(NotReady):
    """The catalogue does not know this procedure's time limit. Enter the limit the law gives before accepting."""


@dataclass(frozen=True, slots=True)
class FilingFacts:
    """A procedure as one filing sees it, on its channel and day."""

    procedure_id: UUID
    code: str
    version: int
    channel: str
    known_duration: Duration | None
    has_no_due_date: bool
    is_time_verified: bool
    time_text: str
    time_source: str
    fee: rules.FeeQuote
    is_fee_verified: bool
    authorisation: str
    presence: str
    result_form: str
    issuing_system: str
    form_key: str
    process_key: str
    result_key: str

    @property
    def is_time_known(self) -> bool:
        """Whether the time limit, or its absence, is known."""
        return self.known_duration is not None or self.has_no_due_date

    @property
    def duration(self) -> Duration | None:
        """The time limit; None only where the law gives no due date. Raises `TimeUnknown` rather than guess."""
        if not self.is_time_known:
            raise TimeUnknown
        return self.known_duration

    @property
    def charges(self) -> tuple[rules.Charge, ...]:
        """What to raise at acceptance; empty when free, unknown or depending on the case."""
        return self.fee.charges


def filing_facts(procedure: Procedure, channel: str, on: date, *, count: int = 1) -> FilingFacts:
    """What holds for a filing on a channel and day: two queries, none for parts already prefetched.

    A channel the catalogue does not list takes the rules of the counter, then of any other channel.
    """
    rule = _rule(procedure.channels.all(), channel)
    lines: list[rules.FeeLine] = []
    if rule is not None and rule.fee_state in (FeeState.AMOUNT, FeeState.FORMULA):
        lines = [_line(fee) for fee in procedure.fees.all() if fee.channel == rule.channel]
    return FilingFacts(
        procedure_id=procedure.pk, code=procedure.code, version=procedure.version, channel=channel,
        known_duration=_duration(rule), has_no_due_date=bool(rule and rule.has_no_due_date),
        is_time_verified=bool(rule and rule.is_verified), time_text=rule.text if rule else "",
        time_source=rule.source if rule else "",
        fee=rules.fee_for(rule.fee_state if rule else FeeState.UNKNOWN, lines, on=on, count=count),
        is_fee_verified=bool(rule and rule.is_fee_verified), authorisation=procedure.authorisation,
        presence=procedure.presence, result_form=procedure.result_form, issuing_system=procedure.issuing_system,
        form_key=procedure.form_key, process_key=procedure.process_key, result_key=procedure.result_key,
    )  # fmt: skip


def _rule(found: "Sequence[ChannelRule] | QuerySet[ChannelRule]", channel: str) -> ChannelRule | None:
    order = {channel: 0, Channel.COUNTER.value: 1}
    return min(found, key=lambda rule: (order.get(rule.channel, 2), rule.channel), default=None)


def _duration(rule: ChannelRule | None) -> Duration | None:
    if rule is None or rule.amount is None:
        return None
    return Duration(rule.amount, DurationUnit(rule.unit))


def _line(fee: FeeRule) -> rules.FeeLine:
    return rules.FeeLine(
        kind=fee.kind, label=fee.label, amount=fee.amount, per=fee.per, basis=fee.basis or fee.source,
        is_verified=fee.is_verified, valid_from=fee.valid_from, valid_to=fee.valid_to,
    )  # fmt: skip


def procedure(code: str) -> Procedure:
    """A procedure with all its parts, in a constant number of queries; raises `Procedure.DoesNotExist`."""
    return _with_parts().get(code=code)


def _with_parts() -> QuerySet[Procedure]:
    return (
        Procedure.objects.select_related("field__agency_2025", "competent_agency")
        .prefetch_related(
            Prefetch("channels", ChannelRule.objects.order_by("channel")),
            Prefetch("fees", FeeRule.objects.order_by("channel", "position")),
            "cases",
            Prefetch("components", Component.objects.select_related("case").order_by("position")),
            "results",
            Prefetch("service_levels", ServiceLevel.objects.order_by("-valid_from")),
        )
        .defer("search")
    )


def kept_procedure(procedure_id: UUID) -> Procedure:
    """A procedure from memory, with what acts on dossiers ask of it: channels, fees, cases, components, levels.

    The row is shared by all requests: nobody changes it. Raises `Procedure.DoesNotExist`.
    """
    return kept.value(("procedure", procedure_id), lambda: _with_parts().get(pk=procedure_id))


def version(procedure_id: UUID, number: int) -> ProcedureVersion:
    """What a procedure said in one of its versions; raises `ProcedureVersion.DoesNotExist`."""
    return ProcedureVersion.objects.get(procedure_id=procedure_id, version=number)


def procedure_for_filing(procedure_id: UUID, *, channel: str, on: date) -> Procedure:
    """The procedure of a new filing. Raises `Refused` when it cannot be filed here, on this channel or day."""
    try:
        found = kept_procedure(procedure_id)
    except Procedure.DoesNotExist:
        found = None
    if found is None or not rules.is_in_force(found.valid_from, found.valid_to, on):
        raise Refused("procedure_ended", str(NotOnline.ENDED.label), field="procedure")
    if not found.is_handled_here:
        raise Refused("handled_elsewhere", str(NotOnline.ELSEWHERE.label), field="procedure")
    if channel == Channel.ONLINE and (reason := why_not_online(found, on)):
        raise Refused(f"not_online_{reason.value}", str(reason.label), field="procedure")
    return found


def service_level(of: Procedure, on: date) -> ServiceLevel | None:
    """How far the procedure can be done online on a day; None when no source says so for that day."""
    dated = [one for one in of.service_levels.all() if rules.is_in_force(one.valid_from, one.valid_to, on)]
    return max(dated, key=lambda level: level.valid_from, default=None)


def why_not_online(of: Procedure, on: date) -> NotOnline | None:
    """Why the procedure cannot be filed online on a day; None when it can."""
    level = service_level(of, on)
    return rules.why_not_online(
        is_handled_here=of.is_handled_here, is_in_force=rules.is_in_force(None, of.valid_to, on),
        level=level.level if level else None,
    )  # fmt: skip


def components(of: Procedure, case_key: str = "") -> list[Component]:
    """The papers of a procedure, of one case where it has cases, without the notes between them.

    No query when the parts are at hand (`procedure`, `kept_procedure`).
    """
    is_at_hand = "components" in getattr(of, "_prefetched_objects_cache", {})
    found = of.components.all() if is_at_hand else of.components.select_related("case").order_by("position")
    return [
        component
        for component in found
        if not component.is_note and (component.case is None or not case_key or component.case.key == case_key)
    ]


def legal_documents(numbers: Sequence[str]) -> list[LegalDocument]:
    """The legal documents of these numbers, in their order; one the pack does not describe has no title."""
    known = LegalDocument.objects.in_bulk(numbers)
    return [known.get(number) or LegalDocument(number=number, title="") for number in numbers]


def commune_choice(of: Procedure) -> CommuneChoice:
    """Whether a filing of this procedure names the commune that decides."""
    return rules.commune_choice(level=of.level, has_agency=of.competent_agency_id is not None)


def competent_agency(of: Procedure, unit: Unit | None, on: date) -> Agency | None:
    """Who decides: the procedure's own agency, or the people's committee of the unit for what communes decide.

    Where both levels decide, naming a unit says that it is a case of the commune's.

    A provincial agency that did not exist yet on the day gives way to the one that was competent for the field then
    (the departments were merged on 1 March 2025). None when the unit is needed and not given.
    """
    if unit is not None and commune_choice(of) is CommuneChoice.MAY:
        return places.peoples_committee(unit, on)
    if of.competent_agency is not None:
        if of.competent_agency.exists_on(on):
            return of.competent_agency
        field = of.field
        return field.agency_2023 if on < DEPARTMENTS_MERGED else of.competent_agency.successor
    if of.level == Level.COMMUNE:
        return places.peoples_committee(unit, on) if unit is not None else None
    return of.field.agency_2023 if on < DEPARTMENTS_MERGED else of.field.agency_2025


def receiving_centres(of: Procedure, on: date) -> QuerySet[Centre]:
    """Where it may be filed: any service centre of the province, wherever the person lives (Decree 118/2025/NĐ-CP).

    The province's own centre comes first; nothing for what is handled elsewhere.
    """
    return places.centres_open(on) if of.is_handled_here else Centre.objects.none()


def nearest_centre(of: Procedure, unit: Unit | None, on: date) -> Centre | None:
    """The centre to propose: the unit's own for what communes decide or may decide, else the province's."""
    if of.level in (Level.COMMUNE, Level.BOTH) and unit is not None:
        return places.centre_of(unit.code, on)
    return places.province_centre(on)


def time_limit(rule: ChannelRule) -> str:
    """The time limit in the reader's words; empty when it is not known."""
    if rule.has_no_due_date:
        return _("No due date is set by law")
    if rule.amount is None:
        return ""
    amount = f"{rule.amount.normalize():f}"
    number = int(rule.amount) if rule.amount % 1 == 0 else 2  # a fraction takes the plural
    return {
        DurationUnit.WORKING_DAY: ngettext("%(amount)s working day", "%(amount)s working days", number),
        DurationUnit.CALENDAR_DAY: ngettext("%(amount)s day", "%(amount)s days", number),
        DurationUnit.WORKING_HOUR: ngettext("%(amount)s working hour", "%(amount)s working hours", number),
        DurationUnit.MONTH: ngettext("%(amount)s month", "%(amount)s months", number),
    }[DurationUnit(rule.unit)] % {"amount": amount}
