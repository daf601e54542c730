"""Inline icons from the lucide wheel, without size or style attributes: CSS decides how they look."""

from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZipFile

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

SVG = "{http://www.w3.org/2000/svg}"


class IconDoesNotExist(LookupError):
    """There is no icon of this name in the installed icon set."""


@lru_cache(maxsize=1)
def _archive() -> ZipFile:
    return ZipFile(BytesIO((files("lucide") / "lucide.zip").read_bytes()))


@lru_cache(maxsize=512)
def _shapes(name: str) -> SafeString:
    try:
        source = _archive().read(f"{name}.svg")
    except KeyError as error:
        raise IconDoesNotExist(f"The icon {name!r} is not in the icon set.") from error
    parts = []
    # The bytes come from the pinned wheel, never from a user.
    for node in ElementTree.fromstring(source):  # noqa: S314
        attributes = "".join(f' {key}="{value}"' for key, value in node.attrib.items())
        parts.append(f"<{node.tag.removeprefix(SVG)}{attributes}/>")
    return mark_safe("".join(parts))  # noqa: S308


@lru_cache(maxsize=1024)
def icon(name: str, label: str = "") -> SafeString:
    """The icon as SVG: hidden from screen readers, or named by `label` when it stands alone."""
    if label:
        return format_html(
            '<svg class="mc-icon" viewBox="0 0 24 24" role="img" aria-label="{}">{}</svg>', label, _shapes(name)
        )
    return format_html('<svg class="mc-icon" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', _shapes(name))
