"""Entries of the menus. Upper modules register theirs when the apps are ready; `ui` knows only names of URLs."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

from motcua.kernel.actor import Actor, Role

OFFICE, OFFICE_QUICK, PORTAL, SPACE = "office", "office_quick", "portal", "space"
AREAS = (OFFICE, OFFICE_QUICK, PORTAL, SPACE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One link of a menu: where, for whom (no roles: everybody who sees the menu), in which order."""

    area: str
    url_name: str
    label: str | Promise
    icon: str
    roles: tuple[Role, ...] = ()
    order: int = 100
    count: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """An entry resolved for one page."""

    href: str
    label: str | Promise
    icon: str
    is_current: bool
    count: str = ""


_entries: dict[tuple[str, str], Entry] = {}


def register(
    area: str,
    url_name: str,
    label: str | Promise,
    icon: str,
    roles: tuple[Role, ...] = (),
    order: int = 100,
    count: str = "",
) -> None:
    """Add a link to a menu; the same URL name again in the same area replaces it.

    `count` names the URL of the number that stands behind it: the browser fetches it after the page, which waits for
    nothing.
    """
    if area not in AREAS:
        raise ValueError(f"There is no menu {area!r}: use one of {', '.join(AREAS)}.")
    _entries[(area, url_name)] = Entry(area, url_name, label, icon, roles, order, count)


def links(area: str, actor: Actor, path: str = "") -> list[Link]:
    """The links of a menu that this actor may use, in order; entries whose URL is not installed are left out."""
    found = []
    for entry in sorted(_entries.values(), key=lambda entry: (entry.order, entry.url_name)):
        if entry.area != area or (entry.roles and not actor.has(entry.roles)):
            continue
        try:
            found.append((reverse(entry.url_name), entry))
        except NoReverseMatch:
            continue
    # The longest address that the page's path starts with is the current one: /office/ is a prefix of them all.
    current = max((href for href, _entry in found if path.startswith(href)), key=len, default="")
    return [Link(href, e.label, e.icon, href == current, reverse(e.count) if e.count else "") for href, e in found]
