"""Life-event bundles, pure: which procedures belong to one, in which order, what each takes from the ones before."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from motcua.catalogue.enums import Needs
from motcua.places.packfiles import BadValue

LANGUAGES = ("vi", "en", "pt")
OPTIONS = frozenset({
    "key", "procedure", "required", "outside", "after", "needs", "label", "question", "why", "same", "fixed", "papers",
    "results", "case",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Member:
    """One procedure of a bundle.

    `is_outside`: decided by an agency that does not work here, so that nothing is opened. `after`, `needs`: the earlier
    member it waits for, and until when. `same` and `fixed` give answers, `papers` (own component → `member.component`)
    and `results` (own component → member) give papers that nobody is asked for twice.
    """

    key: str
    procedure: str
    label: Mapping[str, str]
    why: Mapping[str, str]
    question: Mapping[str, str] = field(default_factory=dict)
    is_required: bool = True
    is_outside: bool = False
    after: str = ""
    needs: str = ""
    case: str = ""
    same: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)
    papers: Mapping[str, str] = field(default_factory=dict)
    results: Mapping[str, str] = field(default_factory=dict)
    form_key: str = ""
    form_version: int = 0

    def say(self, name: str, language: str) -> str:
        """`label`, `question` or `why` in a language; in Vietnamese where it lacks."""
        words: Mapping[str, str] = getattr(self, name)
        return words.get(language) or words.get("vi", "")

    def plain(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self)


def members_of(rows: Sequence[Mapping[str, Any]]) -> tuple[Member, ...]:
    """The members as a bundle keeps them (`Member.plain`)."""
    return tuple(Member(**row) for row in rows)


def read(row: Mapping[str, Any]) -> tuple[Member, ...]:
    """The members of one bundle of the pack's file, in order; raises `BadValue` with what to change."""
    rows = row.get("member")
    if not isinstance(rows, list) or len(rows) < 2:
        raise BadValue("member", "A bundle has at least two members.")
    found: dict[str, Member] = {}
    for one in rows:
        member = _member(one)
        if member.key in found:
            raise BadValue(member.key, "Two members have this key.")
        _follow(member, found)
        found[member.key] = member
    return tuple(found.values())


def text(row: Mapping[str, Any], name: str, where: str) -> Mapping[str, str]:
    """Words in three languages; raises `BadValue`."""
    value = row.get(name)
    if not isinstance(value, Mapping) or any(not str(value.get(one, "")).strip() for one in LANGUAGES):
        raise BadValue(where, f"“{name}” needs words in {', '.join(LANGUAGES)}.")
    return {one: str(value[one]) for one in LANGUAGES}


def _member(row: Mapping[str, Any]) -> Member:
    key = str(row.get("key", ""))
    if not (key.isascii() and key.isalpha() and key.islower()):
        raise BadValue("member", f"“{key}” is no key: small letters only.")
    if unknown := sorted(set(row) - OPTIONS):
        raise BadValue(key, f"Unknown option: {', '.join(unknown)}.")
    is_required = row.get("required")
    if not isinstance(is_required, bool):
        raise BadValue(key, "Say whether it is required: true or false.")
    after, needs = str(row.get("after", "")), str(row.get("needs", ""))
    if bool(after) != bool(needs) or (needs and needs not in Needs.values):
        raise BadValue(key, f"“after” names a member and “needs” one of: {', '.join(Needs.values)}.")
    return Member(
        key=key, procedure=str(row.get("procedure", "")), label=text(row, "label", key), why=text(row, "why", key),
        question=text(row, "question", key) if not is_required else {}, is_required=is_required,
        is_outside=row.get("outside") is True, after=after, needs=needs, case=str(row.get("case", "")),
        same=dict(row.get("same", {})), fixed=dict(row.get("fixed", {})), papers=dict(row.get("papers", {})),
        results=dict(row.get("results", {})),
    )  # fmt: skip


def _follow(member: Member, before: Mapping[str, Member]) -> None:
    """What a member may ask of those before it."""
    if not before and (not member.is_required or member.after or member.is_outside):
        raise BadValue(member.key, "The first member is required, opens at once and is handled here.")
    if member.after:
        _wait(member, before.get(member.after))
    if member.is_outside and (member.same or member.fixed or member.papers or member.results):
        raise BadValue(member.key, "A member outside is not filed here: it takes no answers and no papers.")
    for component, source in member.papers.items():
        there = before.get(source.partition(".")[0])
        if there is None or there.is_outside or not there.is_required:
            raise BadValue(member.key, f"The paper {component} comes from {source}, which is not always filed before.")
    for component, source in member.results.items():
        if source != member.after or member.needs != Needs.ISSUED:
            raise BadValue(member.key, f"The paper {component} is the result of {source}, which it does not wait for.")


def _wait(member: Member, earlier: Member | None) -> None:
    if earlier is None:
        raise BadValue(member.key, f"It waits for {member.after}, which is no earlier member.")
    if earlier.is_outside:
        raise BadValue(member.key, f"It waits for {member.after}, whose end nobody here would learn of.")
    if member.is_required and not earlier.is_required:
        raise BadValue(member.key, f"It is required but waits for {member.after}, which is not.")


def components(members: Sequence[Member]) -> Iterator[tuple[Member, str, str, str]]:
    """(member, own component, member it comes from, component there or empty) of every paper taken from elsewhere."""
    for member in members:
        for own, source in member.papers.items():
            there, _dot, component = source.partition(".")
            yield member, own, there, component
        for own, there in member.results.items():
            yield member, own, there, ""
