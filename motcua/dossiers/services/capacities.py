"""In which capacity somebody may sign the result of a dossier, read with the dossier's own row."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from motcua.dossiers import signing
from motcua.dossiers.models import Dossier, Mandate
from motcua.dossiers.signing import Power, Signing, ToSign
from motcua.eforms import queries as eforms
from motcua.eforms.enums import SignerCapacity
from motcua.eforms.models import ResultTemplate
from motcua.kernel import clock
from motcua.kernel.actor import Actor, Role
from motcua.kernel.errors import Refused
from motcua.places.enums import AgencyKind
from motcua.places.models import Agency

BODY = "Ủy ban nhân dân"
PLAIN = "Thủ trưởng"  # the title of a template that is made for any agency
TITLES = {
    AgencyKind.PEOPLE_COMMITTEE: "Chủ tịch", AgencyKind.DEPARTMENT: "Giám đốc", AgencyKind.CENTRE: "Giám đốc",
    AgencyKind.BRANCH: "Giám đốc", AgencyKind.OFFICE: "Chánh Văn phòng",
}  # fmt: skip


def ways(dossier: Dossier, actor: Actor, now: datetime) -> list[Signing]:
    """How the actor may sign this dossier's result now, what is taken without a word first."""
    if dossier.spot_id:
        return []  # the delegation of the centre says who signs, and as whom
    paper, powers = _to_sign(dossier, now), powers_of(dossier)
    return signing.ways(actor.account_id, paper, powers, is_leader=is_leader(actor, dossier))


def why_not(dossier: Dossier, actor: Actor, now: datetime) -> Refused | None:
    """Why the actor may not sign this dossier's result; None when one way is open."""
    paper, powers = _to_sign(dossier, now), powers_of(dossier)
    return signing.refusal_of_signer(actor.account_id, paper, powers, is_leader=is_leader(actor, dossier))


def is_leader(actor: Actor, dossier: Dossier) -> bool:
    """Whether the actor is who signs in the competent agency: not for an absent colleague."""
    return actor.is_system or actor.has_own(Role.LEADER, dossier.competent_agency_id)


def as_head(dossier: Dossier, now: datetime) -> tuple[str, ...]:
    """The lines of a signature by the head, for a draft that nobody has signed."""
    return signing.own_way(_to_sign(dossier, now)).lines


def read_mandates(dossiers: Collection[Dossier]) -> None:
    """Read the mandates of several dossiers' agencies in one statement, for pages that ask about many at once."""
    found: dict[UUID, list[Power]] = {dossier.competent_agency_id: [] for dossier in dossiers}
    rows = Mandate.objects.filter(agency_id__in=found).order_by("pk")
    for row, power in zip(rows, powers(rows), strict=True):
        found[row.agency_id].append(power)
    for dossier in dossiers:
        dossier.mandates = found[dossier.competent_agency_id]


def powers_of(dossier: Dossier) -> list[Power]:
    """The mandates of the dossier's competent agency, those that are over too."""
    if dossier.mandates is not None:
        return [row if isinstance(row, Power) else _power(row) for row in dossier.mandates]
    return powers_in(dossier.competent_agency_id)


def powers_in(agency_id: UUID) -> list[Power]:
    """All mandates of an agency, as the rules see them."""
    return powers(Mandate.objects.filter(agency_id=agency_id).order_by("pk"))


def powers(rows: Iterable[Mandate]) -> list[Power]:
    """Mandates as the rules see them."""
    return [
        Power(
            row.pk, SignerCapacity(row.capacity), row.delegate_id, row.head_title, row.delegate_title, row.valid_from,
            row.valid_to, row.ended_at, frozenset(row.procedures), frozenset(row.kinds), row.giver_id, row.upon_id,
            row.decision,
        )
        for row in rows
    ]  # fmt: skip


def body_of(agency: Agency) -> str:
    """The collective an agency acts for, empty where its head alone answers."""
    return BODY if agency.kind == AgencyKind.PEOPLE_COMMITTEE else ""


def title_of(agency: Agency) -> str:
    """What the head of such an agency is called."""
    return TITLES.get(AgencyKind(agency.kind), PLAIN)


def _to_sign(dossier: Dossier, now: datetime) -> ToSign:
    agency, result = dossier.competent_agency, getattr(dossier, "result", None)
    kind = str(result.kind) if result else ""
    try:
        template = eforms.template_for(dossier.procedure.code, clock.local(dossier.submitted_at).date())
    except ResultTemplate.DoesNotExist:  # a province without result templates: any capacity, the agency's own title
        return ToSign(dossier.procedure.code, kind, now, title_of(agency), body_of(agency))
    is_plain = template.position in ("", PLAIN)
    is_collective = SignerCapacity.TM in template.signers or is_plain
    return ToSign(
        dossier.procedure.code, kind, now, title_of(agency) if is_plain else template.position,
        body_of(agency) if is_collective else "", frozenset(template.signers),
    )  # fmt: skip


def _power(row: dict[str, Any]) -> Power:
    """A mandate from the JSON it was read as."""
    return Power(
        UUID(row["id"]), SignerCapacity(row["capacity"]), UUID(row["delegate_id"]), row["head_title"],
        row["delegate_title"], date.fromisoformat(row["valid_from"]),
        date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        datetime.fromisoformat(row["ended_at"]) if row["ended_at"] else None, frozenset(row["procedures"]),
        frozenset(row["kinds"]), UUID(row["giver_id"]) if row["giver_id"] else None,
        UUID(row["upon_id"]) if row["upon_id"] else None, row["decision"],
    )  # fmt: skip
