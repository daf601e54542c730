"""The law of the one-stop mechanism as a dated value: every number of the clock that is not a procedure's own. Pure.

A run keeps the key and version of the regime it was received under; a new decree never rewrites a running limit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from types import MappingProxyType
from typing import Any

from motcua.kernel.actor import Role
from motcua.workflow.enums import ClockKind, CutOff, DurationUnit, Owner, PauseKind, ResumePolicy
from motcua.workflow.rules.limits import Duration, Policy
from motcua.workflow.rules.reading import BadDefinition, count, day, of, only, table, term, text, word

KEY = "one-stop"
HEAD = {"key", "version", "name", "legal_basis", "valid_from", "valid_to", "is_verified"}
FIELDS = HEAD | {
    "acceptance", "transfer", "supplement", "extension", "consultation", "slip", "pauses", "basis",
    "correction", "reopening",
}  # fmt: skip
DAYS = (DurationUnit.WORKING_DAY, DurationUnit.CALENDAR_DAY)


@dataclass(frozen=True, slots=True)
class SupplementLaw:
    """How often and until when the applicant may be asked, and what it does to the limit.

    `ask_within` runs from receipt, `answer_within` from the request. `policy` is what a request does where the process
    says nothing; `again` what each further request does beyond the `requests` allowed (COUNTS: against the agency).
    """

    requests: int
    policy: ResumePolicy
    again: ResumePolicy
    ask_within: Duration
    answer_within: Duration
    basis: str
    again_basis: str


@dataclass(frozen=True, slots=True)
class ExtensionLaw:
    """How often a due date may be put off, and how long before it the apology must be sent at the latest."""

    times: int
    notice: Duration
    basis: str


@dataclass(frozen=True, slots=True)
class PauseLaw:
    """Who has the dossier while a limit does not run, and by which rule."""

    owner: Owner
    basis: str


@dataclass(frozen=True, slots=True)
class CorrectionLaw:
    """How long mending an issued result may take, and who of the competent agency orders it."""

    within: Duration
    ordered_by: frozenset[Role]
    basis: str


@dataclass(frozen=True, slots=True)
class ReopeningLaw:
    """Who may open a closed dossier again.

    Stopped or withdrawn: `competent` roles of the agency that decides, `reception` roles of the one that received it.
    Never accepted: `not_accepted` roles of the latter.
    """

    competent: frozenset[Role]
    reception: frozenset[Role]
    not_accepted: frozenset[Role]
    basis: str


@dataclass(frozen=True, slots=True)
class Regime:
    """One version of the law; in force from `valid_from` to `valid_to`, both included."""

    key: str
    version: int
    name: str
    legal_basis: str
    valid_from: date
    valid_to: date | None
    is_verified: bool
    acceptance_minutes: int
    acceptance_basis: str
    transfer: Policy
    transfer_basis: str
    supplement: SupplementLaw
    extension: ExtensionLaw
    consultation_basis: str
    slip_basis: str
    correction: CorrectionLaw
    reopening: ReopeningLaw
    pauses: Mapping[PauseKind, PauseLaw]
    basis: Mapping[ClockKind, str]

    def supplement_policy(self, asked_before: int, process: ResumePolicy | None = None) -> ResumePolicy:
        """What a request for a supplement does to the limit, after so many earlier ones."""
        return self.supplement.again if asked_before >= self.supplement.requests else process or self.supplement.policy


def read(data: Mapping[str, Any]) -> Regime:
    """A version of the law from its data (a TOML table, or what `as_json` made). Raises BadDefinition."""
    only(data, FIELDS)
    acceptance = table(data, "acceptance", {"minutes", "basis"})
    consultation = table(data, "consultation", {"basis"})
    transfer, transfer_basis = _transfer(data)
    head = read_head(data)
    if head["key"] != KEY:
        raise BadDefinition("key", f"Write “{KEY}” here.")
    return Regime(
        **head,
        acceptance_minutes=count(acceptance, "minutes", "acceptance.", least=1),
        acceptance_basis=text(acceptance, "basis", "acceptance."),
        transfer=transfer,
        transfer_basis=transfer_basis,
        supplement=_supplement(data),
        extension=_extension(data),
        consultation_basis=text(consultation, "basis", "consultation."),
        slip_basis=text(table(data, "slip", {"basis"}), "basis", "slip."),
        correction=_correction(data),
        reopening=_reopening(data),
        pauses=_pauses(data),
        basis=_bases(data),
    )


def read_head(data: Mapping[str, Any]) -> dict[str, Any]:
    """What every dated definition of this kind begins with: key, version, name, basis, first and last day."""
    valid_from, valid_to = day(data, "valid_from"), day(data, "valid_to", is_needed=False)
    if valid_from and valid_to and valid_to < valid_from:
        raise BadDefinition("valid_to", "The last day in force lies before the first.")
    return {
        "key": text(data, "key"),
        "version": count(data, "version", least=1),
        "name": text(data, "name"),
        "legal_basis": of(data, "legal_basis", str, ""),
        "valid_from": valid_from,
        "valid_to": valid_to,
        "is_verified": of(data, "is_verified", bool, False),
    }


def _transfer(data: Mapping[str, Any]) -> tuple[Policy, str]:
    found = table(data, "transfer", {"at", "effect", "basis"})
    at = found.get("at")
    try:
        at = time.fromisoformat(at) if isinstance(at, str) else at
    except ValueError:
        at = None
    if not isinstance(at, time):
        raise BadDefinition("transfer.at", "Write a time of day, as in 15:00:00.")
    return Policy(at, word(found, "effect", CutOff, "transfer.")), text(found, "basis", "transfer.")


def _supplement(data: Mapping[str, Any]) -> SupplementLaw:
    place = "supplement."
    found = table(
        data, "supplement", {"requests", "policy", "again", "ask_within", "answer_within", "basis", "again_basis"}
    )
    return SupplementLaw(
        requests=count(found, "requests", place, least=1),
        policy=word(found, "policy", ResumePolicy, place),
        again=word(found, "again", ResumePolicy, place),
        ask_within=term(found, "ask_within", place),
        answer_within=term(found, "answer_within", place),
        basis=text(found, "basis", place),
        again_basis=text(found, "again_basis", place),
    )


def _extension(data: Mapping[str, Any]) -> ExtensionLaw:
    found = table(data, "extension", {"times", "notice", "basis"})
    notice = term(found, "notice", "extension.")
    if notice.unit not in DAYS:
        raise BadDefinition("extension.notice.unit", "The notice counts back in days: working_day or calendar_day.")
    if notice.amount % 1:
        raise BadDefinition("extension.notice.amount", "Write whole days.")
    return ExtensionLaw(count(found, "times", "extension."), notice, text(found, "basis", "extension."))


def _correction(data: Mapping[str, Any]) -> CorrectionLaw:
    place = "correction."
    found = table(data, "correction", {"within", "ordered_by", "basis"})
    return CorrectionLaw(
        term(found, "within", place), _roles(found, "ordered_by", place), text(found, "basis", place)
    )  # fmt: skip


def _reopening(data: Mapping[str, Any]) -> ReopeningLaw:
    place = "reopening."
    found = table(data, "reopening", {"competent", "reception", "not_accepted", "basis"})
    competent, reception, new = (_roles(found, name, place) for name in ("competent", "reception", "not_accepted"))
    return ReopeningLaw(competent, reception, new, text(found, "basis", place))


def _roles(data: Mapping[str, Any], field: str, place: str) -> frozenset[Role]:
    """A list of roles, at least one."""
    try:
        found = frozenset(Role(one) for one in of(data, field, list, [], place))
    except ValueError:
        found = frozenset()
    if not found:
        raise BadDefinition(f"{place}{field}", f"Write a list of roles: {', '.join(role.value for role in Role)}.")
    return found


def _pauses(data: Mapping[str, Any]) -> Mapping[PauseKind, PauseLaw]:
    found = table(data, "pauses", {str(kind) for kind in PauseKind})
    laws = {}
    for kind in PauseKind:
        one = found.get(kind.value)
        if not isinstance(one, Mapping):
            raise BadDefinition(f"pauses.{kind.value}", "Say who has the dossier meanwhile, and by which rule.")
        place = f"pauses.{kind.value}."
        only(one, {"owner", "basis"}, place)
        laws[kind] = PauseLaw(word(one, "owner", Owner, place), text(one, "basis", place))
    return MappingProxyType(laws)


def _bases(data: Mapping[str, Any]) -> Mapping[ClockKind, str]:
    kinds = [kind for kind in ClockKind if kind is not ClockKind.WAITING]  # a pause has its own rule
    found = table(data, "basis", {kind.value for kind in kinds})
    return MappingProxyType({kind: text(found, kind.value, "basis.") for kind in kinds})
