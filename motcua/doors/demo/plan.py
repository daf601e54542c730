"""Which dossiers the demo tells: one a line, relative to the day it is set up on."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID, uuid5

NAMESPACE = UUID("6f1d4a52-0c5e-5c0e-9d0b-6d6f74637561")  # so that a second start finds what the first one made


class Ending(StrEnum):
    """Where a dossier stands when the demo opens."""

    NEW = "new"  # filed online, nobody has looked at it yet
    OVERDUE = "overdue"  # the same, and the eight hours for acceptance are over
    REFUSED = "refused"  # acceptance refused
    EARLY = "early"  # a supplement is asked for before acceptance
    WAITING = "waiting"  # a supplement is asked for while it is handled
    LATE = "late"  # still open, past its due date
    TODAY = "today"  # open and due today (on a day off: on the next working day)
    RUNNING = "running"  # open and in time
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"
    REOPENED = "reopened"  # stopped, and opened again by the leader
    READY = "ready"  # the result waits to be fetched
    UNPAID = "unpaid"  # the same, and the fee still has to be paid
    DONE = "done"
    ANSWERED = "answered"  # done, after a supplement
    DELAYED = "delayed"  # done, but after the due date
    NEGATIVE = "negative"  # done: refused with the reason in writing
    EXTERNAL = "external"  # done: the result was issued in another system
    CORRECTED = "corrected"  # done, then found wrong: the corrected result waits to be fetched


CLOSED = frozenset({
    Ending.READY, Ending.UNPAID, Ending.DONE, Ending.ANSWERED, Ending.DELAYED, Ending.NEGATIVE, Ending.EXTERNAL,
    Ending.CORRECTED,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Story:
    """One dossier of the demo.

    `who` is a key of the cast, `key>kin` for a relative, `key@business`, or `+` for an invented person who walks in
    (`+>child` for that person's child). `score` is the rating left at the end, 0 for none.
    """

    number: int
    code: str
    who: str
    channel: str
    ending: Ending
    score: int = 0

    @property
    def key(self) -> UUID:
        """The form key under which it is filed: the same in every run."""
        return uuid5(NAMESPACE, f"story {self.number}")


# code, who, channel, ending, rating. Births, marriages and papers of a ward first, then businesses, then departments.
_TABLE = """
1.001193 nguyen.thu.ha>pham.ngoc.diep online today
1.001193 +>child counter done 5
1.001193 +>child counter done
1.001193 +>child counter ready
1.004884 cong.tang.ton.nu.bao.chau online late
1.004884 le.thi.mai>le.van.cuong online done 4
1.004884 + counter running
1.000656 + counter done
1.000656 + counter ready
1.000656 chiu.sang.mui online new
1.005461 le.thi.mai online waiting
1.005461 + counter late
1.000894 hoang.minh.tuan online new
1.000894 + counter done
1.000894 + counter today
1.004746 tran.van.hung online answered 5
1.004746 + counter late
1.004837 ly.a.sen>ly.hoai.nam online waiting
1.004837 + counter today
1.004837 + counter done
1.004845 + counter withdrawn
1.004845 + counter done
1.004873 dang.khanh.linh online ready
1.004873 hoang.minh.tuan online done 5
1.004873 + counter late
1.004873 + counter today
1.004873 vu.an online refused
1.004873 do.anna.maria online done 3
1.004859 do.anna.maria online waiting
1.004859 nguyen.thu.ha online delayed 2
1.004859 + counter running
1.004859 + counter stopped
1.001022 pham.minh.duc online early
1.001022 + counter running
1.001612 le.thi.mai online done 5
1.001612 + counter today
1.001612 + counter late
1.001612 vu.an online overdue
1.001266 + counter done
1.001266 + counter ready
1.001570 le.thi.mai@cha-muc-mai online today
1.001570 le.thi.mai@cha-muc-mai online done 4
1.013225 pham.minh.duc online running
1.013225 tran.van.hung online late
1.013225 + counter waiting
1.013225 cong.tang.ton.nu.bao.chau online negative 3
2.000815 + counter done
2.000815 + counter ready
2.000815 + counter today
2.000635 dang.khanh.linh online unpaid
2.000635 + counter done
2.000635 + counter external
2.000908 chiu.sang.mui online done 5
2.000908 + counter waiting
1.004088 tran.van.hung@buom-nau online late
1.004088 tran.van.hung@buom-nau counter done
1.000703 tran.van.hung@buom-nau online running
1.000703 hoang.minh.tuan@gom-dong-trieu online withdrawn
1.013274 hoang.minh.tuan@gom-dong-trieu online today
1.013274 hoang.minh.tuan online waiting
2.002288 tran.van.hung@buom-nau counter delayed
1.004884 nguyen.thu.ha online corrected
1.004873 le.thi.mai online reopened
"""


def stories() -> Iterator[Story]:
    """All of them, in order."""
    for number, line in enumerate(_TABLE.strip().splitlines()):
        code, who, channel, ending, *score = line.split()
        yield Story(number, code, who, channel, Ending(ending), int(score[0]) if score else 0)
