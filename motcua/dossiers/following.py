"""What a matter of a bundle does when the one before it moves. Pure."""

from dataclasses import dataclass

from motcua.catalogue.enums import Needs
from motcua.dossiers.enums import FINISHED, MemberState, ResultKind, State

LOST = frozenset({State.NOT_ACCEPTED, State.WITHDRAWN, State.STOPPED})


@dataclass(frozen=True, slots=True)
class Before:
    """The dossier that is waited for. `result`: the kind of its result (`ResultKind`), empty while there is none."""

    state: int
    is_accepted: bool
    result: str = ""


def next_state(needs: str, before: Before | None, *, is_outside: bool) -> MemberState:
    """Where the matter stands now; `before` None: the matter it waits for has no dossier yet.

    What is met is met for good: a dossier withdrawn after its acceptance holds nobody up who only waited for that.
    """
    met = MemberState.READY if is_outside else MemberState.OPEN
    if not needs:
        return met
    if before is None:
        return MemberState.WAITING
    is_refused = before.result == ResultKind.REFUSED and before.state in FINISHED
    if needs == Needs.ACCEPTED and before.is_accepted:
        return met
    if needs == Needs.ISSUED and before.state in FINISHED and not is_refused:
        return met
    return MemberState.BLOCKED if before.state in LOST or is_refused else MemberState.WAITING
