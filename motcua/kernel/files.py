"""Private files over HTTP: one range at a time, never guessed at, never run by the browser."""

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import BinaryIO

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

CHUNK = 256 * 1024
# Shown in the browser itself; everything else is only ever downloaded.
SHOWN = frozenset({"application/pdf", "image/jpeg", "image/png", "image/webp"})
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


def answer(
    request: HttpRequest,
    *,
    open_file: Callable[[], BinaryIO],
    size: int,
    media_type: str,
    name: str,
    tag: str,
    download: bool = False,
) -> HttpResponseBase:
    """Answer with a private file that never changes.

    `tag` names this very content (an ETag without quotes), `name` is what the reader's disk will call it. A `Range`
    of one piece is honoured (206), one beyond the end refused (416), several pieces are answered with the whole.
    """
    bounds = _bounds(request, size, tag)
    if bounds is None:
        response: HttpResponseBase = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
        return _guarded(response, "application/octet-stream")
    start, stop = bounds
    partial = (start, stop) != (0, size)
    body = () if request.method == "HEAD" else _pieces(open_file(), start, stop)
    response = StreamingHttpResponse(body, status=206 if partial else 200, content_type=media_type)
    response["Content-Length"] = str(stop - start)
    if partial:
        response["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    response["ETag"] = f'"{tag}"'
    response["Accept-Ranges"] = "bytes"
    attached = download or media_type not in SHOWN
    response["Content-Disposition"] = content_disposition_header(attached, name) or "attachment"
    return _guarded(response, media_type)


def _guarded(response: HttpResponseBase, media_type: str) -> HttpResponseBase:
    # A sandboxed PDF is a blank page in Chromium, whose viewer counts as a plug-in; the rest is sandboxed.
    policy = (
        "default-src 'none'; object-src 'self'" if media_type == "application/pdf" else "default-src 'none'; sandbox"
    )
    response["Content-Security-Policy"] = f"{policy}; frame-ancestors 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


def _bounds(request: HttpRequest, size: int, tag: str) -> tuple[int, int] | None:
    """Start and stop of the bytes asked for; None when they lie outside the file."""
    found = _RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    condition = request.headers.get("If-Range")
    if found is None or found.groups() == ("", "") or (condition is not None and condition != f'"{tag}"'):
        return 0, size
    first, last = found.groups()
    if not first:
        start, stop = max(size - int(last), 0), size
    else:
        start, stop = int(first), min(int(last) + 1, size) if last else size
    return (start, stop) if start < stop else None


def _pieces(file: BinaryIO, start: int, stop: int) -> Iterator[bytes]:
    with closing(file):
        file.seek(start)
        left = stop - start
        while left > 0:
            piece = file.read(min(CHUNK, left))
            if not piece:
                return
            left -= len(piece)
            yield piece
