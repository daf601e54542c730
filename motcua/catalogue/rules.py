"""Pure decisions of the catalogue: how typed words are read, what a filing costs, whether it can be done online."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

LONGEST_PHRASE = 6  # words of a phrase that people type for something the law calls otherwise
MOST_WORDS = 12
AT = {"o", "tai"}
UNITS = {"phuong", "xa", "dac", "huyen", "tinh", "thanh", "thi"}


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
