"""Pure decisions of the catalogue: what a filing costs, whether it can be done online, how typed words are read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from motcua.catalogue.enums import CommuneChoice, FeeState, Level, NotOnline, OnlineLevel

LONGEST_PHRASE = 6  # words of a phrase that people type for something the law calls otherwise
MOST_WORDS = 12
AT = {"o", "tai"}
UNITS = {"phuong", "xa", "dac", "huyen", "tinh", "thanh", "thi"}


ONCE = {"", "dossier", "time", "case", "transaction"}  # what a fee is paid once for; anything else is counted


def is_in_force(start: date | None, end: date | None, on: date) -> bool:
    """Whether a day lies in a period; both ends belong to it, an empty one is open."""
    return (start is None or start <= on) and (end is None or on <= end)


@dataclass(frozen=True, slots=True)
class FeeLine:
    """One fee or charge in whole đồng for each `per`; `amount` None depends on the case."""

    kind: str
    label: str
    amount: int | None
    per: str = "dossier"
    basis: str = ""
    is_verified: bool = False
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def is_counted(self) -> bool:
        """Whether it is paid for each copy, page or certificate."""
        return self.per not in ONCE


@dataclass(frozen=True, slots=True)
class Charge:
    """An amount to pay, with where it comes from."""

    kind: str
    label: str
    amount: int
    basis: str
    is_verified: bool


@dataclass(frozen=True, slots=True)
class FeeQuote:
    """What a filing costs. `total` is None when nobody can say it from the catalogue alone."""

    state: str
    charges: tuple[Charge, ...] = ()
    open_lines: tuple[FeeLine, ...] = ()

    @property
    def total(self) -> int | None:
        """The sum in đồng; 0 only where the source says that it is free."""
        if self.state == FeeState.FREE:
            return 0
        return sum(charge.amount for charge in self.charges) if self.charges and not self.open_lines else None


def fee_for(state: str, lines: Iterable[FeeLine], *, on: date, count: int = 1) -> FeeQuote:
    """The charges of a filing on a day (Law 97/2015/QH13, art. 3 and 8).

    `count` is the number of copies or certificates asked for. An unknown fee stays unknown, and so does one that is
    known for other days only: neither reads as free.
    """
    if state in (FeeState.FREE, FeeState.UNKNOWN):
        return FeeQuote(state)
    known = list(lines)
    due = [line for line in known if is_in_force(line.valid_from, line.valid_to, on)]
    if known and not due:
        return FeeQuote(FeeState.UNKNOWN)
    charges = tuple(
        Charge(line.kind, line.label, line.amount * (count if line.is_counted else 1), line.basis, line.is_verified)
        for line in due
        if line.amount
    )
    return FeeQuote(state, charges, tuple(line for line in due if line.amount is None))


def commune_choice(*, level: str, has_agency: bool) -> CommuneChoice:
    """Whether a filing names the commune that decides.

    It must where communes decide and the procedure names no agency of its own; it may where both levels decide, each
    its own cases.
    """
    if level == Level.BOTH:
        return CommuneChoice.MAY
    return CommuneChoice.MUST if level == Level.COMMUNE and not has_agency else CommuneChoice.NONE


def why_not_online(*, is_handled_here: bool, is_in_force: bool, level: str | None) -> NotOnline | None:
    """Why a procedure cannot be filed online; None when it can.

    Filing is open where a full or partial service is published (Decree 42/2022/NĐ-CP, art. 11). What is not known is
    not promised.
    """
    if not is_in_force:
        return NotOnline.ENDED
    if not is_handled_here:
        return NotOnline.ELSEWHERE
    if level in (OnlineLevel.FULL, OnlineLevel.PARTIAL):
        return None
    return NotOnline.INFORMATION if level == OnlineLevel.INFORMATION else NotOnline.UNKNOWN


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase as typed, with the phrases it may stand for; each is a tuple of words that must all be there."""

    typed: tuple[str, ...]
    meanings: tuple[tuple[str, ...], ...] = ()

    @property
    def readings(self) -> tuple[tuple[str, ...], ...]:
        """What to look for: the meanings or, without any, the words themselves."""
        return self.meanings or (self.typed,)


def without_place(words: Sequence[str]) -> list[str]:
    """The words before `ở phường …`, `tại xã …`: where somebody lives says nothing about the procedure."""
    for place in range(1, len(words) - 1):
        if words[place] in AT and words[place + 1] in UNITS:
            return list(words[:place])
    return list(words)


def phrases(words: Sequence[str]) -> set[str]:
    """All runs of neighbouring words, written together: what may be looked up among the synonyms."""
    return {
        "".join(words[start:end])
        for start in range(len(words))
        for end in range(start + 1, min(start + LONGEST_PHRASE, len(words)) + 1)
    }


def terms(words: Sequence[str], synonyms: Mapping[str, str]) -> list[Term]:
    """Typed words as terms, the longest known phrase first. Words that say nothing are dropped unless all do.

    `synonyms` maps a phrase written together to its meanings separated by `|`; an empty meaning says nothing.
    """
    found: list[Term] = []
    start = 0
    while start < len(words):
        for end in range(min(start + LONGEST_PHRASE, len(words)), start, -1):
            means = synonyms.get("".join(words[start:end]))
            if means is not None:
                break
        else:
            means, end = None, start + 1
        typed = tuple(words[start:end])
        if means is None:
            found.append(Term(typed))
        elif means:
            found.append(Term(typed, tuple(tuple(phrase.split()) for phrase in means.split("|"))))
        start = end
    return found or [Term((word,)) for word in words]


def side_by_side(phrase: str, name: str) -> float:
    """Which part of the neighbouring pairs of words of a phrase stand side by side in a name too (1 for a word)."""
    words = phrase.split()
    pairs = [f" {first} {second}" for first, second in pairwise(words)]
    return sum(pair in f" {name}" for pair in pairs) / len(pairs) if pairs else 1.0


def correct(word: str, lexicon: Mapping[str, int]) -> tuple[str, ...]:
    """The known words an unknown one stands for: several written together, or one mistyped; itself if none is near.

    `lexicon` maps each known word to how often it occurs.
    """
    if word in lexicon or word.isdigit():
        return (word,)
    if parts := _split(word, lexicon):
        return parts
    reach = 1 if len(word) <= 5 else 2
    near = [(distance(word, known), -count, known) for known, count in _candidates(word, lexicon, reach)]
    best = min(near, default=None)
    return (best[2],) if best and best[0] <= reach else (word,)


def _candidates(word: str, lexicon: Mapping[str, int], reach: int) -> Iterable[tuple[str, int]]:
    letters = set(word)
    for known, count in lexicon.items():
        if abs(len(known) - len(word)) <= reach and len(letters ^ set(known)) <= 2 * reach and len(word) > 2:
            yield known, count


def _split(word: str, lexicon: Mapping[str, int]) -> tuple[str, ...]:
    """The fewest known words (of two letters at least) that, written together, give the word."""
    best: list[tuple[str, ...] | None] = [()] + [None] * len(word)
    for end in range(2, len(word) + 1):
        for start in range(max(0, end - 7), end - 1):
            before, piece = best[start], word[start:end]
            if before is None or piece not in lexicon:
                continue
            so_far = best[end]
            if so_far is None or len(before) + 1 < len(so_far):
                best[end] = (*before, piece)
    return best[len(word)] or ()


def distance(first: str, second: str) -> int:
    """How many letters to change, add, drop or swap with a neighbour to get from one word to the other."""
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        earlier, before, row = before, row, [i]
        for j, b in enumerate(second, 1):
            steps = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == second[j - 2] and first[i - 2] == b:
                steps = min(steps, earlier[j - 2] + 1)
            row.append(steps)
    return row[-1]
