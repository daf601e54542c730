"""Who signs a result, in which capacity, and what stands above the name. Pure.

Decree 30/2020/NĐ-CP art. 13: the head signs, for the agency or (TM.) for its collective; deputies sign in the head's
place what they were given (KT.); heads of units sign by order (TL.), and may give that to their own deputies; with a
written authority limited in time and matter (TUQ.), which goes no further. Appendix I of it: the lines.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from motcua.eforms.enums import SignerCapacity
from motcua.eforms.results import CAPACITY_MARKS
from motcua.kernel import clock
from motcua.kernel.errors import Refused

OWN = frozenset({SignerCapacity.HEAD, SignerCapacity.TM})  # the capacities of the head
GIVEN = frozenset({SignerCapacity.KT, SignerCapacity.TL, SignerCapacity.TUQ})
NAMES = {SignerCapacity.HEAD: "", **CAPACITY_MARKS}


@dataclass(frozen=True, slots=True)
class Power:
    """A mandate to sign, as the rules see it. Without procedures or kinds it covers all of them.

    `giver_id` None: whoever is head. `upon` is the mandate by order (TL.) that a unit's head passes on to a deputy.
    """

    id: UUID
    capacity: SignerCapacity
    delegate_id: UUID
    head_title: str
    delegate_title: str
    first_day: date
    last_day: date | None = None
    ended_at: datetime | None = None
    procedures: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    giver_id: UUID | None = None
    upon: UUID | None = None
    decision: str = ""

    def holds(self, at: datetime) -> bool:
        """Whether it is in force at a moment."""
        day = clock.local(at).date()
        is_within = self.first_day <= day and (self.last_day is None or day <= self.last_day)
        return is_within and (self.ended_at is None or at < self.ended_at)


@dataclass(frozen=True, slots=True)
class ToSign:
    """What is to be signed, and when. `body` is the collective it is issued for, empty where the head alone answers."""

    procedure: str
    kind: str
    at: datetime
    head_title: str
    body: str = ""
    capacities: frozenset[SignerCapacity] = frozenset(SignerCapacity)


@dataclass(frozen=True, slots=True)
class Signing:
    """One way in which somebody may sign: the capacity, the lines above the name, the mandate it rests on (or none)."""

    capacity: SignerCapacity
    lines: tuple[str, ...]
    power_id: UUID | None = None
    decision: str = field(default="", compare=False)


def ways(account_id: UUID | None, paper: ToSign, powers: Collection[Power], *, is_leader: bool) -> list[Signing]:
    """How somebody may sign a paper now, the head's own way first, then the mandates that name its procedure.

    `is_leader`: they hold the role of who signs themselves, not for an absent colleague. A leader to whom the agency
    never gave a mandate is its head.
    """
    known = {power.id: power for power in powers}
    mine = [power for power in powers if power.delegate_id == account_id]
    fit = [power for power in mine if refusal_of_power(power, paper, known) is None]
    fit.sort(key=lambda one: (one.capacity not in OWN, not one.procedures, -one.first_day.toordinal(), str(one.id)))
    found = [Signing(one.capacity, lines_of(one, paper, known), one.id, one.decision) for one in fit]
    is_written_down = any(power.capacity in GIVEN for power in mine) or any(power.capacity in OWN for power in fit)
    if is_leader and not is_written_down:
        found.insert(0, own_way(paper))
    return found


def own_way(paper: ToSign) -> Signing:
    """As the head signs: for the collective of a people's committee, else in their own title."""
    capacity = SignerCapacity.TM if paper.body else SignerCapacity.HEAD
    return Signing(capacity, (*_collective(paper), paper.head_title.upper()))


def refusal_of_signer(
    account_id: UUID | None, paper: ToSign, powers: Collection[Power], *, is_leader: bool
) -> Refused | None:
    """Why somebody may not sign this now; None when at least one way is open."""
    if ways(account_id, paper, powers, is_leader=is_leader):
        return None
    known, mine = {power.id: power for power in powers}, [one for one in powers if one.delegate_id == account_id]
    mine.sort(key=lambda one: (not one.holds(paper.at), -one.first_day.toordinal()))
    for power in mine:
        refusal = refusal_of_power(power, paper, known)
        if refusal:
            return refusal
    sentence = _(
        "Nobody gave you a mandate to sign here; standing in for somebody is none (Decree 30/2020/NĐ-CP, article 13)."
    )
    return Refused("no_mandate", sentence)


def refusal_of_power(power: Power, paper: ToSign, known: Mapping[UUID, Power]) -> Refused | None:
    """Why a mandate does not cover a signature: its days, its matter, its form, what it stands on (art. 13)."""
    words = {"decision": power.decision, "day": f"{clock.local(paper.at):%d/%m/%Y}", "code": paper.procedure}
    if not power.holds(paper.at):
        return Refused("mandate_over", _(
            "Your mandate to sign (%(decision)s) does not hold on %(day)s (Decree 30/2020/NĐ-CP, article 13)."
        ) % words)  # fmt: skip
    if power.capacity is SignerCapacity.TUQ and power.last_day is None:
        return Refused("mandate_unlimited", _(
            "The authority (%(decision)s) has no last day, so it is none (Decree 30/2020/NĐ-CP, article 13 clause 3)."
        ) % words)  # fmt: skip
    if power.procedures and paper.procedure not in power.procedures:
        return Refused("mandate_procedure", _(
            "Your mandate to sign (%(decision)s) does not name procedure %(code)s"
            " (Decree 30/2020/NĐ-CP, article 13)."
        ) % words)  # fmt: skip
    if power.kinds and paper.kind not in power.kinds:
        return Refused("mandate_kind", _(
            "Your mandate to sign (%(decision)s) does not cover results of this kind"
            " (Decree 30/2020/NĐ-CP, article 13)."
        ) % words)  # fmt: skip
    if power.capacity in GIVEN and power.capacity not in paper.capacities:
        return Refused("mandate_capacity", _("This paper is not signed “%(mark)s”.") % {"mark": NAMES[power.capacity]})
    if _is_onward(power, known):
        return Refused("mandate_onward", _(
            "The mandate (%(decision)s) was passed on by somebody who may not pass it on"
            " (Decree 30/2020/NĐ-CP, article 13 clauses 3 and 4)."
        ) % words)  # fmt: skip
    upon = known.get(power.upon) if power.upon else None
    return refusal_of_power(upon, paper, known) if upon else None  # an order passed on falls with the order


def refusal_of_giving(new: Power, powers: Collection[Power], paper_body: str, decided_on: date) -> Refused | None:
    """Why a mandate cannot be given as it is written down."""
    if new.last_day and new.last_day < new.first_day:
        return Refused("period", _("The last day lies before the first."), field="valid_to")
    if decided_on > new.first_day:
        sentence = _("A decision cannot give a mandate from a day before it was made.")
        return Refused("before_decision", sentence, field="valid_from")
    if new.capacity is SignerCapacity.TUQ and (new.last_day is None or not new.procedures):
        sentence = _(
            "An authority (TUQ.) is limited in time and matter: write its last day and its procedures"
            " (Decree 30/2020/NĐ-CP, article 13 clause 3)."
        )
        return Refused("unlimited", sentence, field="procedures" if new.last_day else "valid_to")
    if new.capacity is SignerCapacity.TM and not paper_body:
        return Refused("no_collective", _("Only people's committees sign for a collective (TM.)."), field="capacity")
    if new.giver_id == new.delegate_id:
        return Refused("self", _("Nobody gives themselves a mandate: choose somebody else."), field="delegate")
    if is_passed_on(new, powers):
        sentence = _(
            "Whoever signs by mandate does not pass it on; only who signs by order (TL.) gives that to a deputy (KT.)"
            " (Decree 30/2020/NĐ-CP, article 13 clauses 3 and 4)."
        )
        return Refused("onward", sentence, field="capacity")
    return None


def is_passed_on(power: Power, powers: Collection[Power]) -> bool:
    """Whether a mandate is given by somebody who has only a mandate, other than by order to a deputy."""
    if power.capacity in OWN or power.giver_id is None:
        return False
    theirs = [one for one in powers if one.delegate_id == power.giver_id and one.id != power.id]
    if any(one.capacity in OWN for one in theirs) or not any(one.capacity in GIVEN for one in theirs):
        return False
    upon = next((one for one in theirs if one.id == power.upon), None)
    return not (upon and upon.capacity is SignerCapacity.TL and power.capacity is SignerCapacity.KT)


def lines_of(power: Power, paper: ToSign, known: Mapping[UUID, Power]) -> tuple[str, ...]:
    """The lines above the name (Decree 30/2020/NĐ-CP, appendix I): TM. and the collective, the head's title after the
    mark of the capacity, the signer's own title."""
    title, mark = power.delegate_title.upper(), NAMES[power.capacity]
    if power.capacity is SignerCapacity.HEAD:
        return (title,)
    if power.capacity is SignerCapacity.TM:
        return (*_collective(paper), title)
    upon = known.get(power.upon) if power.upon else None
    if upon:
        return (f"TL. {upon.head_title.upper()}", f"KT. {upon.delegate_title.upper()}", title)
    before = _collective(paper) if power.capacity is SignerCapacity.KT else ()
    return (*before, f"{mark} {power.head_title.upper()}", title)


def _collective(paper: ToSign) -> tuple[str, ...]:
    return (f"TM. {paper.body.upper()}",) if paper.body else ()


def _is_onward(power: Power, known: Mapping[UUID, Power]) -> bool:
    """Whether a mandate was passed on, and not as an order to a deputy."""
    if is_passed_on(power, known.values()):
        return True
    if power.upon is None:
        return False
    upon = known.get(power.upon)
    if upon is None or upon.capacity is not SignerCapacity.TL or upon.upon or power.capacity is not SignerCapacity.KT:
        return True
    return power.giver_id != upon.delegate_id


def chosen(found: Sequence[Signing], power_id: UUID | None, *, is_own: bool = False) -> Signing:
    """The way that was asked for; the first where nothing was. Raises `Refused` when it is not open (any more)."""
    if power_id is None and not is_own:
        return found[0]
    for one in found:
        if one.power_id == power_id:
            return one
    sentence = _("This capacity is not yours any more. Choose another one.")
    raise Refused("no_such_capacity", sentence)
