"""Data and a Typst layout become a PDF that archives keep and screen readers read (PDF/A-3a and PDF/UA-1).

The same data give the same bytes. Fonts come from their package only, layouts from the pack, nothing from a network.
"""

import hashlib
import io
import json
import re
import threading
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import segno
import typst
import zxingcpp
from django.conf import settings

from motcua.documents import prints
from motcua.kernel.errors import DomainError

STANDARDS: list[Literal["a-3a", "ua-1"]] = ["a-3a", "ua-1"]
_IMPORT = re.compile(rb'^#import "/?([^"/]+)"', re.MULTILINE)
_local = threading.local()


class LayoutBroken(DomainError):
    """The layout of this paper cannot be printed. Tell the administrator which paper it is."""


def pdf(layout: Path | str, data: Mapping[str, Any], *, at: datetime) -> bytes:
    """The PDF of a layout (a file of the pack's `prints/`, or Typst text that imports `/lib.typ`) filled with `data`.

    `at` stands in the file as its time of making, so that equal data give equal bytes.
    Raises `LayoutBroken` when the layout cannot be set.
    """
    source = layout.encode() if isinstance(layout, str) else (folder() / layout).read_bytes()
    try:
        made = _compiler(folder()).compile(
            source,
            format="pdf",
            sys_inputs={"data": json.dumps(prints.plain(data), ensure_ascii=False, sort_keys=True)},
            pdf_standards=[*STANDARDS],
            timestamp=int(at.timestamp()),
        )
    except typst.TypstError as error:
        raise LayoutBroken(f"{LayoutBroken.__doc__} ({error.message})") from error
    if not isinstance(made, bytes):
        raise LayoutBroken
    return made


def version(name: str) -> str:
    """A layout with the digest of its text and of all it imports, as `name:digest`: the version of the template."""
    seen, waiting = dict[str, bytes](), [f"{name}.typ"]
    while waiting:
        file = waiting.pop()
        if file not in seen:
            seen[file] = (folder() / file).read_bytes()
            waiting += [found.decode() for found in _IMPORT.findall(seen[file])]
    digest = hashlib.sha256(b"".join(hashlib.sha256(seen[file]).digest() for file in sorted(seen)))
    return f"{name}:{digest.hexdigest()[:16]}"


def folder() -> Path:
    """Where the pack keeps its layouts."""
    return Path(settings.PACK) / "prints"


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    spec = find_spec("fontpkg_be_vietnam_pro")
    places = spec.submodule_search_locations if spec else None
    if not places:
        raise LayoutBroken("The font Be Vietnam Pro is not installed: run the set-up again.")
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[places[0]])


def _compiler(root: Path) -> typst.Compiler:
    known: dict[Path, typst.Compiler] = _local.__dict__.setdefault("compilers", {})
    if root not in known:
        known[root] = typst.Compiler(root=str(root), font_paths=_fonts())
    return known[root]


def qr(text: str) -> str:
    """A QR code as SVG, error correction M, without a border (the layout leaves the quiet zone)."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", xmldecl=False, border=0)
    return out.getvalue().decode()


def barcode(text: str) -> str:
    """A Code 128 barcode as SVG, for desks whose scanners read lines only."""
    made = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128)
    svg: str = made.to_svg(add_quiet_zones=False)
    return svg
