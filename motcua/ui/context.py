"""What every page knows: the site, the languages, the menus, the reader's text size."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, get_language_info

from motcua.kernel.http import actor_of
from motcua.ui import formats, nav

TEXT_COOKIE = "mc_text"
LARGE = "large"


def site_facts() -> dict[str, str]:
    """Name of the site, province in the reader's language and hot line, from the pack that is installed."""
    pack = settings.SITE
    language = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
    local = f"name_{language}" if f"name_{language}" in pack else "name"
    return {
        "name": pack.get("title", "Một cửa"),
        "province": pack.get(local, ""),
        "province_language": language if local != "name" else "vi",
        "hotline_link": "".join(char for char in pack.get("hotline", "") if char in "+0123456789"),
        "hotline": formats.phone(pack.get("hotline", "")),
    }


def site(request: HttpRequest) -> dict[str, Any]:
    """Context processor of all layouts. Menus are lists of `nav.Link`; `demo` switches the banner on."""
    actor = actor_of(request)
    return {
        "site": site_facts(),
        "demo": settings.DEMO,
        "actor": actor,
        "languages": [get_language_info(code) for code, _name in settings.LANGUAGES],
        "language": get_language() or settings.LANGUAGE_CODE,
        "large_text": request.COOKIES.get(TEXT_COOKIE) == LARGE,
        "page_path": request.get_full_path(),
        "nav": nav.links(nav.OFFICE, actor, request.path) if actor.is_staff else [],
        "nav_quick": nav.links(nav.OFFICE_QUICK, actor, request.path) if actor.is_staff else [],
        "nav_portal": nav.links(nav.PORTAL, actor, request.path),
        "nav_space": nav.links(nav.SPACE, actor, request.path) if actor.is_authenticated else [],
    }
