"""Fonts and scripts that come from wheels: subset and copied once, never committed."""

import hashlib
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

WEIGHTS = {"400": "Regular", "500": "Medium", "600": "SemiBold", "700": "Bold"}
# Latin with everything Vietnamese and Portuguese need, punctuation, arrows, the đồng sign.
UNICODES = (
    "U+0020-007E,U+00A0-024F,U+0300-0303,U+0306,U+0309,U+031B,U+0323,U+1EA0-1EF9,"
    "U+2010-2027,U+2030,U+2039-203A,U+20AB,U+20AC,U+2190-2193,U+2212"
)
SOURCES = ("fontpkg-be-vietnam-pro", "django-htmx", "fonttools")


def stamp() -> str:
    """Changes when a wheel or this recipe changes."""
    facts = [f"{name} {version(name)}" for name in SOURCES]
    return hashlib.sha256("\n".join([*facts, UNICODES, *WEIGHTS]).encode()).hexdigest()


def prepare(folder: Path) -> list[Path]:
    """Fill `folder` with what the pages need; returns the files written, none when all is up to date."""
    mark = folder / "ui" / ".stamp"
    fonts = {folder / "ui" / "fonts" / f"be-vietnam-pro-{weight}.woff2": style for weight, style in WEIGHTS.items()}
    script = folder / "ui" / "htmx.min.js"
    complete = all(path.exists() for path in (mark, script, *fonts))
    if complete and mark.read_text("utf-8") == stamp():
        return []
    (folder / "ui" / "fonts").mkdir(parents=True, exist_ok=True)
    written = [_subset(style, path) for path, style in fonts.items()]
    script.write_bytes((files("django_htmx") / "static" / "django_htmx" / "htmx-2.min.js").read_bytes())
    mark.write_text(stamp(), "utf-8")
    return [*written, script]


def _subset(style: str, target: Path) -> Path:
    options = subset.Options()
    options.flavor = "woff2"
    options.layout_features = ["kern", "liga", "ccmp", "locl", "mark", "mkmk", "tnum"]
    options.hinting = False
    options.desubroutinize = True
    source = files("fontpkg_be_vietnam_pro") / "files" / f"BeVietnamPro-{style}.ttf"
    with source.open("rb") as stream, TTFont(stream) as font:
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=subset.parse_unicodes(UNICODES.replace("U+", "")))
        cutter.subset(font)
        subset.save_font(font, str(target), options)
    return target
