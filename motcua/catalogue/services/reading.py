"""One line of `procedures.jsonl` as unsaved rows. What cannot be used is refused with its column and reason."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from motcua.catalogue.enums import (
    Authorisation,
    Channel,
    FeeState,
    HandledBy,
    Level,
    OnlineLevel,
    PartialReason,
    Presence,
    ResultForm,
    Subject,
)
from motcua.catalogue.models import Case, ChannelRule, Component, FeeRule, Procedure, ResultType, ServiceLevel
from motcua.kernel.ids import uuid7
from motcua.kernel.text import fold, sort_key
from motcua.payments.enums import ChargeKind
from motcua.places.packfiles import BadValue, chosen
from motcua.workflow.enums import DurationUnit

MOST_COPIES = 20
MOST_FEE = 10_000_000_000  # đồng


@dataclass(frozen=True, slots=True)
class Known:
    """What other files of the pack say: keys by code, and what hangs on a procedure's code."""

    fields: Mapping[str, tuple[UUID, str]]
    agencies: Mapping[str, UUID]
    procedures: Mapping[str, UUID] = field(default_factory=dict)  # those in the database already
    commonest: Mapping[str, tuple[int, date | None, str]] = field(default_factory=dict)
    forms: Mapping[str, str] = field(default_factory=dict)
    processes: Mapping[str, str] = field(default_factory=dict)
    process_of_level: Mapping[str, str] = field(default_factory=dict)
    results: Mapping[str, str] = field(default_factory=dict)

    def process_of(self, code: str, level: Any) -> str:
        """The process of a procedure, or the usual one of its level."""
        return self.processes.get(code) or self.process_of_level.get(str(level), "")


@dataclass(slots=True)
class Parsed:
    """A procedure with its parts, not saved yet."""

    procedure: Procedure
    content: dict[str, Any]
    level: ServiceLevel | None = None
    channels: list[ChannelRule] = field(default_factory=list)
    fees: list[FeeRule] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    components: list[Component] = field(default_factory=list)
    results: list[ResultType] = field(default_factory=list)


def parse(value: dict[str, Any], known: Known) -> Parsed:
    """The rows of one procedure; raises `BadValue`."""
    procedure = _procedure(value, known)
    parsed = Parsed(procedure=procedure, content=value, level=_level(value.get("online_level"), procedure))
    for entry in _list(value, "channels"):
        _channel(entry, parsed)
    for position, entry in enumerate(_list(value, "cases"), 1):
        parsed.cases.append(
            Case(procedure=procedure, key=_text(entry, "key"), name=_text(entry, "name"), position=position)
        )
    cases = {case.key: case for case in parsed.cases}
    for position, entry in enumerate(_list(value, "components"), 1):
        parsed.components.append(_component(entry, procedure, cases, position))
    for position, entry in enumerate(_list(value, "results"), 1):
        name, code = _text(entry, "name"), entry.get("code") or ""
        parsed.results.append(ResultType(procedure=procedure, name=name, code=code, position=position))
    _unique("channels", [channel.channel for channel in parsed.channels])
    _unique("cases", [case.key for case in parsed.cases])
    _unique("components", [component.key for component in parsed.components])
    return parsed


def digest(value: Any) -> str:
    """SHA-256 of the content, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(value, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _procedure(value: dict[str, Any], known: Known) -> Procedure:
    code, name = _text(value, "code"), _text(value, "name")
    field_id, field_name = _field(value, known)
    agency_code = value.get("competent_agency")
    if agency_code and agency_code not in known.agencies:
        raise BadValue("competent_agency", f"There is no agency {agency_code}.")
    position, checked_on, _what = known.commonest.get(code, (None, None, ""))
    checked = value.get("checked") or {}
    return Procedure(
        pk=known.procedures.get(code) or uuid7(), code=code, name=name, sort_key=sort_key(_short(name)),
        digest=digest(value), field_id=field_id,
        issuer=value.get("issuer") or "", decision=value.get("decision") or "",
        handled_by=chosen("handled_by", value.get("handled_by"), HandledBy.values), elsewhere=_elsewhere(value),
        level=chosen("level", value.get("level"), Level.values),
        competent_agency_id=known.agencies[agency_code] if agency_code else None,
        competent_source=value.get("competent_source") or "", performer_source=value.get("performer_source") or "",
        subjects=[chosen("subjects", word, Subject.values) for word in _list(value, "subjects")],
        result_form=chosen("result_form", value.get("result_form"), ResultForm.values),
        issuing_system=_text(value, "issuing_system"),
        authorisation=chosen("authorisation", value.get("authorisation"), Authorisation.values),
        presence=chosen("presence", value.get("presence"), Presence.values),
        rule_source=value.get("rule_source") or {}, legal_basis=_list(value, "legal_basis"),
        steps=_list(value, "steps"), checked_on=_day("checked", checked.get("on")) or checked_on,
        checked_by_rule=checked.get("by_rule") or "", repairs=_list(value, "repairs"), common_position=position,
        form_key=known.forms.get(code, ""), process_key=known.process_of(code, value.get("level")),
        result_key=known.results.get(code, ""), folded_name=fold(_short(name)),
        folded_more=fold(f"{code} {field_name}"), joined=fold(_short(name)).replace(" ", ""),
    )  # fmt: skip


def _short(name: str) -> str:
    """The name without the words that open half of all names and say nothing."""
    return name[len("Thủ tục ") :] if name.lower().startswith("thủ tục ") else name


def _field(value: dict[str, Any], known: Known) -> tuple[UUID, str]:
    found = known.fields.get(_text(value, "field"))
    if found is None:
        raise BadValue("field", f"There is no field {value['field']} in fields.csv.")
    return found


def _elsewhere(value: dict[str, Any]) -> dict[str, Any] | None:
    where = value.get("elsewhere")
    if value.get("handled_by") == HandledBy.ELSEWHERE and not (where and where.get("who") and where.get("link")):
        raise BadValue("elsewhere", "A procedure handled elsewhere has to say by whom and give a link.")
    if where and not str(where.get("link", "")).startswith("https://"):
        raise BadValue("elsewhere", "The link has to begin with https://.")
    return dict(where) if where else None


def _level(value: dict[str, Any] | None, procedure: Procedure) -> ServiceLevel | None:
    if not value or not value.get("level"):
        return None
    start = _day("online_level.from", value.get("from"))
    if start is None:
        raise BadValue("online_level.from", "A service level needs its first day.")
    reason = value.get("partial_reason") or ""
    return ServiceLevel(
        procedure=procedure, level=chosen("online_level.level", value["level"], OnlineLevel.values), valid_from=start,
        partial_reason=chosen("online_level.partial_reason", reason, PartialReason.values) if reason else "",
        provenance=_provenance(value), is_verified=_flag("online_level.verified", value.get("verified")),
    )  # fmt: skip


def _provenance(value: dict[str, Any]) -> str:
    source = value.get("source")
    if not source:
        raise BadValue("online_level.source", "A service level has to say where it comes from.")
    return str(source)


def _channel(value: dict[str, Any], parsed: Parsed) -> None:
    word = chosen("channels.channel", value.get("channel"), Channel.values)
    limit = value.get("time") or {}
    amount, unit = limit.get("amount"), limit.get("unit") or ""
    if amount is not None and (not isinstance(amount, int | float) or not 0 < amount < 10_000):
        raise BadValue("channels.time.amount", "The time limit has to be a number above 0, or null when unknown.")
    if amount is not None:
        chosen("channels.time.unit", unit, DurationUnit.values)
    none = _flag("channels.time.none", limit.get("none"))
    if none and amount is not None:
        raise BadValue("channels.time.none", "A time limit and no time limit exclude each other.")
    state = chosen("channels.fee_state", value.get("fee_state"), FeeState.values)
    fees = [_fee(fee, parsed.procedure, word, position) for position, fee in enumerate(_list(value, "fees"), 1)]
    if state == FeeState.AMOUNT and not any(fee.amount is not None for fee in fees):
        raise BadValue("channels.fees", "The fee is said to have an amount, and none is given.")
    if state == FeeState.FREE and any(fee.amount for fee in fees):
        raise BadValue("channels.fees", "The procedure is said to be free, and a fee above 0 is given.")
    parsed.fees += fees
    parsed.channels.append(
        ChannelRule(
            procedure=parsed.procedure, channel=word, amount=Decimal(str(amount)) if amount is not None else None,
            unit=unit if amount is not None else "", has_no_due_date=none, text=limit.get("text") or "",
            source=limit.get("source") or "", is_verified=_flag("channels.time.verified", limit.get("verified")),
            fee_state=state, fee_source=value.get("fee_source") or "",
            is_fee_verified=_flag("channels.fee_verified", value.get("fee_verified")),
        )
    )  # fmt: skip


def _fee(value: dict[str, Any], procedure: Procedure, channel: str, position: int) -> FeeRule:
    amount = value.get("amount")
    if amount is not None and (not isinstance(amount, int) or not 0 <= amount <= MOST_FEE):
        raise BadValue("channels.fees.amount", "A fee is a whole number of đồng, or null when it depends on the case.")
    start, end = _day("channels.fees.from", value.get("from")), _day("channels.fees.to", value.get("to"))
    if start and end and end < start:
        raise BadValue("channels.fees.to", "The last day of a fee must not come before its first.")
    return FeeRule(
        procedure=procedure, channel=channel, position=position, amount=amount,
        kind=chosen("channels.fees.kind", value.get("kind"), ChargeKind.values), label=value.get("label") or "",
        per=value.get("per") or "", text=value.get("text") or "", source=value.get("source") or "",
        is_verified=_flag("channels.fees.verified", value.get("verified")), valid_from=start, valid_to=end,
        basis=value.get("basis") or "",
    )  # fmt: skip


def _component(value: dict[str, Any], procedure: Procedure, cases: dict[str, Case], position: int) -> Component:
    case = value.get("case")
    if case and case not in cases:
        raise BadValue("components.case", f"The procedure has no case {case}.")
    return Component(
        procedure=procedure, case=cases[case] if case else None, key=_text(value, "key"), name=_text(value, "name"),
        original=_copies(value, "original"), copy=_copies(value, "copy"),
        is_required=_flag("components.is_required", value.get("is_required")),
        is_note=_flag("components.is_note", value.get("is_note")),
        is_form=_flag("components.is_form", value.get("is_form")),
        attachment_name=value.get("attachment_name") or "", position=position,
    )  # fmt: skip


def _copies(value: dict[str, Any], column: str) -> int:
    count = value.get(column) or 0
    if not isinstance(count, int) or not 0 <= count <= MOST_COPIES:
        raise BadValue(f"components.{column}", f"The number of sheets has to be between 0 and {MOST_COPIES}.")
    return count


def _text(value: dict[str, Any], column: str) -> str:
    text = value.get(column)
    if not isinstance(text, str) or not text.strip():
        raise BadValue(column, "This must not be empty.")
    return text.strip()


def _list(value: dict[str, Any], column: str) -> list[Any]:
    entries = value.get(column) or []
    if not isinstance(entries, list):
        raise BadValue(column, "This has to be a list.")
    return entries


def _flag(column: str, value: Any) -> bool:
    if value not in (None, 0, 1):
        raise BadValue(column, "Write 1 or 0.")
    return bool(value)


def _day(column: str, value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except (TypeError, ValueError) as error:
        raise BadValue(column, "Write the date as YYYY-MM-DD.") from error


def _unique(column: str, words: list[str]) -> None:
    if len(set(words)) != len(words):
        raise BadValue(column, "An entry of this list comes twice.")
