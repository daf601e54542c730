"""Reading bundles."""

from collections.abc import Iterable
from datetime import date

from motcua.catalogue.bundling import Member, members_of
from motcua.catalogue.models import Bundle, Procedure
from motcua.places import kept


def bundles(on: date) -> list[Bundle]:
    """The bundles in force on a day, in the pack's order."""
    return kept.value(("bundles", on), lambda: _bundles(on))


def _bundles(on: date) -> list[Bundle]:
    newest = {row.key: row for row in Bundle.objects.in_force(on).order_by("version")}
    return sorted(newest.values(), key=lambda row: (row.position, row.key))


def bundle(key: str, on: date) -> Bundle:
    """One bundle as it is on a day; raises `Bundle.DoesNotExist`."""
    found = Bundle.objects.in_force(on).filter(key=key).order_by("-version").first()
    if found is None:
        raise Bundle.DoesNotExist(key)
    return found


def bundles_with(codes: Iterable[str], on: date) -> list[Bundle]:
    """The bundles that hold one of these procedures."""
    wanted = set(codes)
    return [one for one in bundles(on) if wanted & {member["procedure"] for member in one.members}]


def bundle_members(found: Bundle) -> list[tuple[Member, Procedure]]:
    """The members of a bundle, each with its procedure, in order (one statement)."""
    members = members_of(found.members)
    procedures = {row.code: row for row in _procedures(member.procedure for member in members)}
    return [(member, procedures[member.procedure]) for member in members]


def _procedures(codes: Iterable[str]) -> Iterable[Procedure]:
    return Procedure.objects.filter(code__in=list(codes)).defer("search")
