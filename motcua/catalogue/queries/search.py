"""Finding a procedure by what people type: without accents, in any order, with slips, in everyday words."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import (
    Case,
    Expression,
    ExpressionWrapper,
    F,
    FloatField,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Greatest, Length

from motcua.catalogue import rules
from motcua.catalogue.enums import HandledBy
from motcua.catalogue.models import Procedure, ServiceLevel, Synonym, Word
from motcua.kernel.text import fold

CODE = re.compile(r"^\d[\d.]{2,}$")
NAMES = 2700  # roughly how many procedures there are: the weight of a rare word
RARE = 20  # a word of fewer names than this weighs no more: it may be the name of a place
ENOUGH = 0.25  # of the weight of all typed words
NEAR = 0.45  # trigram likeness below which a name is not offered


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, best first.

    `meant` is what was looked for when that differs from what was typed; `is_close` is false when some typed words
    are missing in the results.
    """

    procedures: tuple[Procedure, ...]
    typed: str
    meant: str = ""
    is_close: bool = True


def with_level(procedures: QuerySet[Procedure], on: date) -> QuerySet[Procedure]:
    """Add `online_level`, the service level in force on a day (None: not known)."""
    levels = ServiceLevel.objects.in_force(on).filter(procedure=OuterRef("pk")).order_by("-valid_from")
    return procedures.annotate(online_level=Subquery(levels.values("level")[:1]))


def search(
    text: str,
    *,
    on: date,
    audience: str | None = None,
    online_only: bool = False,
    here_only: bool = False,
    limit: int = 20,
) -> Found:
    """Procedures in force on a day for what somebody typed: words in any order, or the beginning of a code.

    `audience` is `citizen` or `business`; `online_only` keeps full and partial online services, `here_only` those
    the province carries itself. Three queries where every typed word is known, a few more for slips.
    """
    wanted = _wanted(on, audience=audience, online_only=online_only, here_only=here_only)
    code = text.strip()
    if CODE.match(code):
        by_code = wanted.filter(_code(code)).order_by("code")[:limit]
        if procedures := tuple(by_code):
            return Found(procedures, text)
    words = rules.without_place(fold(text[:200]).split())[: rules.MOST_WORDS]
    if not words:
        return Found((), text)
    lexicon = dict(Word.objects.filter(word__in=words).values_list("word", "count"))
    terms = _terms(words)
    if procedures := _all_words(wanted, terms, limit):
        return Found(procedures, text)
    corrected = _corrected(terms, lexicon)
    if corrected != words and (procedures := _all_words(wanted, _terms(corrected), limit)):
        return Found(procedures, text, meant=" ".join(corrected))
    if procedures := _most_words(wanted, corrected, limit):
        return Found(procedures, text, is_close=False)
    return Found(_alike(wanted, "".join(words), limit), text, is_close=False)


def _wanted(on: date, *, audience: str | None, online_only: bool, here_only: bool) -> QuerySet[Procedure]:
    wanted = Procedure.objects.in_force(on)
    if audience:
        wanted = wanted.for_audience(audience)
    if online_only:
        wanted = wanted.online(on)
    if here_only:
        wanted = wanted.handled_here()
    return with_level(wanted, on).select_related("field").defer("search")


def _code(code: str) -> Q:
    digits = code.replace(".", "")
    return Q(code__startswith=code) | Q(code__startswith=f"{digits[0]}.{digits[1:]}")


def _terms(words: Sequence[str]) -> list[rules.Term]:
    synonyms = dict(Synonym.objects.filter(typed__in=rules.phrases(words)).values_list("typed", "means"))
    return rules.terms(words, synonyms)


def _all_words(wanted: QuerySet[Procedure], terms: Sequence[rules.Term], limit: int) -> tuple[Procedure, ...]:
    """Procedures that have every term in one of its readings; the last typed word may be unfinished."""
    *finished, last = terms
    start = [_one_of(term) for term in finished]
    unfinished = bool(finished) or len(last.typed[-1]) > 1
    matching = wanted.filter(search=_raw(" & ".join([*start, _one_of(last, unfinished=unfinished)])))
    query = " & ".join([*start, _one_of(last)])
    readings = {" ".join(word for term in terms for word in term.readings[0]), " ".join(_typed(terms))}
    readings |= {" ".join(reading) for reading in last.readings if not finished}
    ranked = matching.annotate(score=_score(query, readings)).order_by("-score", "folded_name", "code")[:limit]
    return _together(list(ranked), readings)


def _together(found: list[Procedure], readings: Iterable[str]) -> tuple[Procedure, ...]:
    """Leave out names in which the words only happen to occur, where others have them side by side."""

    def share(procedure: Procedure) -> float:
        return max(rules.side_by_side(reading, procedure.folded_name) for reading in readings)

    shares = [share(procedure) for procedure in found]
    least = max(shares, default=0) / 2
    return tuple(procedure for procedure, part in zip(found, shares, strict=True) if part >= least)


def _one_of(term: rules.Term, *, unfinished: bool = False) -> str:
    end = ":*" if unfinished else ""
    return "(" + " | ".join(f"({' & '.join(reading)}{end})" for reading in term.readings) + ")"


def _raw(query: str) -> SearchQuery:
    return SearchQuery(query, config="simple", search_type="raw")


def _typed(terms: Iterable[rules.Term]) -> list[str]:
    return [word for term in terms for word in term.typed]


def _score(query: str, readings: Iterable[str]) -> Expression:
    """The whole phrase in the name counts most, then how common the procedure is, then how short its name is."""
    phrases = [
        Case(
            When(folded_name=reading, then=_number(6)),
            When(folded_name__startswith=reading, then=_number(3)),
            When(folded_name__contains=reading, then=_number(2)),
            default=_number(0),
        )
        for reading in readings
    ]
    position = Cast("common_position", FloatField())
    return _sum(
        Greatest(*phrases, _number(0)),
        Case(When(common_position__isnull=False, then=_number(3) - position / _number(40)), default=_number(0)),
        Case(When(handled_by=HandledBy.PROVINCE, then=_number(0.2)), default=_number(0)),
        Cast(SearchRank("search", _raw(query), weights=[0.05, 0.1, 0.2, 1.0]), FloatField()),
        Cast(Length("folded_name"), FloatField()) / _number(-120),
    )


def _sum(*parts: Any) -> Expression:
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return ExpressionWrapper(total, output_field=FloatField())


def _number(value: float) -> Cast:
    return Cast(Value(float(value)), FloatField())


def _corrected(terms: Sequence[rules.Term], known: dict[str, int]) -> list[str]:
    """The typed words with slips corrected and words written together taken apart."""
    unknown = [word for term in terms if not term.meanings for word in term.typed if word not in known]
    if not unknown:
        return _typed(terms)
    lexicon = dict(Word.objects.values_list("word", "count"))
    return [
        part
        for term in terms
        for word in term.typed
        for part in ((word,) if term.meanings else rules.correct(word, lexicon))
    ]


def _most_words(wanted: QuerySet[Procedure], words: Sequence[str], limit: int) -> tuple[Procedure, ...]:
    """Procedures that have a good part of what was typed: rare words and neighbouring words weigh more."""
    counts = dict(Word.objects.filter(word__in=words).values_list("word", "count"))
    weights = {word: math.log(NAMES / max(counts[word], RARE)) + 0.1 for word in words if word in counts}
    if not weights:
        return ()
    parts = [
        Case(When(search=_raw(word), then=_number(weight)), default=_number(0)) for word, weight in weights.items()
    ]
    pairs = [
        Case(When(folded_name__contains=f"{first} {second}", then=_number(3)), default=_number(0))
        for first, second in pairwise(words)
        if first in counts and second in counts
    ]
    enough = ENOUGH * sum(weights.values())
    ranked = wanted.filter(search=_raw(" | ".join(weights))).annotate(weight=_sum(*parts)).filter(weight__gte=enough)
    length = Cast(Length("folded_name"), FloatField()) / _number(-40)
    common = Case(When(common_position__isnull=False, then=_number(2)), default=_number(0))
    ranked = ranked.annotate(score=_sum(F("weight"), *pairs, common, length))
    return tuple(ranked.order_by("-score", "folded_name", "code")[:limit])


def _alike(wanted: QuerySet[Procedure], joined: str, limit: int) -> tuple[Procedure, ...]:
    """Procedures whose name, written together, looks like what was typed."""
    likeness = Func(Value(joined), F("joined"), function="word_similarity", output_field=FloatField())
    near = wanted.filter(joined__trigram_word_similar=joined).annotate(likeness=likeness)
    return tuple(near.filter(likeness__gte=NEAR).order_by("-likeness", "folded_name", "code")[:limit])
