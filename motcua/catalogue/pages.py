"""What the pages of the catalogue show, in the reader's words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from motcua.catalogue import queries
from motcua.catalogue.enums import (
    Authorisation,
    Channel,
    FeeState,
    IssuingSystem,
    Level,
    NotOnline,
    OnlineLevel,
    PartialReason,
    Presence,
    ResultForm,
    Subject,
)
from motcua.catalogue.models import Bundle, ChannelRule, Component, FeeRule, LegalDocument, Procedure
from motcua.catalogue.rules import is_in_force
from motcua.payments.enums import ChargeKind
from motcua.places.models import Agency, Centre
from motcua.ui import formats

TONES = {OnlineLevel.FULL: "done", OnlineLevel.PARTIAL: "progress", OnlineLevel.INFORMATION: "neutral"}
ICONS = {OnlineLevel.FULL: "badge-check", OnlineLevel.PARTIAL: "circle-dot", OnlineLevel.INFORMATION: "info"}
CHANNEL_ICONS = {Channel.COUNTER: "building-2", Channel.ONLINE: "monitor-smartphone", Channel.POST: "mail"}


@dataclass(frozen=True, slots=True)
class FeeText:
    """One line of a fee: its name from the source, its amount in words."""

    label: str
    amount: str
    note: str


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """One way of filing: how long, how much, and where that comes from."""

    label: str
    icon: str
    time: str
    time_text: str
    time_source: str
    fee: str
    fees: tuple[FeeText, ...]
    fee_source: str

    @property
    def fee_in_short(self) -> str:
        """The fee in one phrase."""
        return self.fee or ", ".join(fee.amount for fee in self.fees)


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper and how many of it."""

    name: str
    sheets: str
    is_required: bool


@dataclass(frozen=True, slots=True)
class PaperGroup:
    """The papers of one case; `name` is empty for those that every case needs."""

    name: str
    papers: tuple[Paper, ...]
    notes: tuple[Component, ...]


@dataclass(frozen=True, slots=True)
class ProcedurePage:
    """Everything the page of a procedure shows."""

    procedure: Procedure
    level: dict[str, str]
    partial_reason: str
    level_source: str
    not_online: NotOnline | None
    subjects: str
    short_time: str
    short_fee: str
    authorisation: str
    presence: str
    papers: tuple[PaperGroup, ...]
    channels: tuple[ChannelLine, ...]
    decides: str
    decides_language: str
    is_decided_by_commune: bool
    centre: Centre | None
    centres: int
    result_form: str
    issued_in: str
    documents: tuple[LegalDocument, ...]
    verified: str
    bundles: tuple[Bundle, ...]


def procedure_page(code: str, on: date) -> ProcedurePage:
    """The page of a procedure, in a constant number of queries; raises `Procedure.DoesNotExist`."""
    procedure = queries.procedure(code)
    level = queries.service_level(procedure, on)
    agency = queries.competent_agency(procedure, None, on)
    centres = list(queries.receiving_centres(procedure, on))
    channels = tuple(_channel_line(rule, procedure, on) for rule in _in_order(procedure.channels.all()))
    return ProcedurePage(
        procedure=procedure,
        level=level_tag(level.level if level else None),
        partial_reason=str(PartialReason(level.partial_reason).label) if level and level.partial_reason else "",
        level_source=_level_source(level.is_verified) if level else "",
        not_online=queries.why_not_online(procedure, on),
        subjects=", ".join(str(Subject(word).label) for word in Subject.values if word in procedure.subjects),
        short_time=_same(line.time for line in channels), short_fee=_same(line.fee_in_short for line in channels),
        authorisation=str(Authorisation(procedure.authorisation).label),
        presence=str(Presence(procedure.presence).label),
        papers=paper_groups(procedure),
        channels=channels,
        decides=_decides(procedure, agency),
        decides_language="vi" if procedure.elsewhere or agency else "",
        is_decided_by_commune=procedure.level == Level.COMMUNE and agency is None,
        centre=centres[0] if centres else None, centres=len(centres),
        result_form=str(ResultForm(procedure.result_form).label),
        issued_in=str(_issuing_system(procedure.issuing_system).label),
        documents=tuple(queries.legal_documents(procedure.legal_basis)),
        verified=_verified(procedure), bundles=tuple(queries.bundles_with([code], on)),
    )  # fmt: skip


def _same(texts: Iterable[str]) -> str:
    """The one text all ways of filing share, or that it depends on the way."""
    found = set(texts)
    return found.pop() if len(found) == 1 else _("Depends on how you file; see below")


def level_tag(level: str | None) -> dict[str, str]:
    """The service level as a tag: words, tone and icon."""
    if level is None:
        return {"label": _("Online service not known"), "tone": "neutral", "icon": "circle-question-mark"}
    found = OnlineLevel(level)
    return {"label": str(found.label), "tone": TONES[found], "icon": ICONS[found]}


def paper_groups(procedure: Procedure) -> tuple[PaperGroup, ...]:
    """The papers by case, those without a case first."""
    names: dict[UUID | None, str] = {None: ""}
    names |= {case.pk: case.name for case in procedure.cases.all()}
    groups: dict[UUID | None, tuple[list[Component], list[Component]]] = {key: ([], []) for key in names}
    for component in procedure.components.all():
        groups[component.case_id][component.is_note].append(component)
    return tuple(
        PaperGroup(names[key], tuple(_paper(paper) for paper in papers), tuple(notes))
        for key, (papers, notes) in groups.items()
        if papers or notes
    )


def _paper(component: Component) -> Paper:
    originals = ngettext("%(count)d original", "%(count)d originals", component.original)
    copies = ngettext("%(count)d copy", "%(count)d copies", component.copy)
    counts = ((originals, component.original), (copies, component.copy))
    sheets = [text % {"count": count} for text, count in counts if count]
    return Paper(component.name, ", ".join(sheets) or _("not stated"), component.is_required)


def _in_order(rules: Iterable[ChannelRule]) -> list[ChannelRule]:
    return sorted(rules, key=lambda rule: Channel.values.index(rule.channel))


def _channel_line(rule: ChannelRule, procedure: Procedure, on: date) -> ChannelLine:
    stated = [fee for fee in procedure.fees.all() if fee.channel == rule.channel]
    fees = [fee for fee in stated if is_in_force(fee.valid_from, fee.valid_to, on)]
    state = FeeState.UNKNOWN if stated and not fees else FeeState(rule.fee_state)
    return ChannelLine(
        label=str(Channel(rule.channel).label), icon=CHANNEL_ICONS[Channel(rule.channel)],
        time=queries.time_limit(rule) or _("Not known yet"), time_text="" if rule.is_verified else rule.text,
        time_source=_time_source(rule), fee="" if fees else _fee_state(state), fees=tuple(_fee(fee) for fee in fees),
        fee_source=_fee_source(rule, state),
    )  # fmt: skip


def _fee(fee: FeeRule) -> FeeText:
    label = fee.label or str(ChargeKind(fee.kind).label)
    if fee.amount is None:
        return FeeText(label, _("Depends on the case"), fee.text)
    return FeeText(label, formats.vnd(fee.amount) if fee.amount else _("Free of charge"), fee.text)


def _fee_state(state: FeeState) -> str:
    if state == FeeState.UNKNOWN:
        return _("Not known yet: ask before you pay")
    return str(state.label)


def _time_source(rule: ChannelRule) -> str:
    """Where the time limit comes from, said plainly."""
    if not rule.is_time_known:
        return _("The source does not state it. The officer writes the date on your receipt slip.")
    if rule.is_verified:
        return ""
    if rule.source.startswith("column"):
        return _("The time is taken from the national catalogue, not yet checked.")
    if "/" in rule.source:
        return _("The time is taken from the law (%(number)s), not yet checked.") % {"number": rule.source}
    if "rule" in rule.source:
        return _("The time is worked out by a rule for this field, not yet checked.")
    return _("The time is taken from the text of the procedure, not yet checked.")


def _fee_source(rule: ChannelRule, state: FeeState) -> str:
    """Where the fee comes from, said plainly."""
    if rule.is_fee_verified and state != FeeState.UNKNOWN:
        return ""
    if state == FeeState.UNKNOWN:
        return _("The source does not state it. No fee is due unless you get a receipt for it.")
    if rule.fee_source == "fee_text":
        return _("The fee is taken from the text of the procedure, not yet checked.")
    return _("The fee is taken from the national catalogue, not yet checked.")


def _level_source(is_verified: bool) -> str:
    return "" if is_verified else _("The service level follows a rule and is not yet checked.")


def _decides(procedure: Procedure, agency: Agency | None) -> str:
    """Who decides, where it is not one named agency."""
    if procedure.elsewhere:
        return str(procedure.elsewhere["who"])
    if agency is None and procedure.level == Level.COMMUNE:
        return _("The people's committee of your ward, commune or special zone")
    return agency.name if agency else _("Not known yet")


def _issuing_system(word: str) -> IssuingSystem:
    return IssuingSystem(word) if word in IssuingSystem.values else IssuingSystem.ELSEWHERE


def _verified(procedure: Procedure) -> str:
    if procedure.checked_on:
        return _("Checked line by line on %(day)s.") % {"day": formats.day(procedure.checked_on)}
    return _("Taken from the national catalogue; this page has not been checked line by line.")
