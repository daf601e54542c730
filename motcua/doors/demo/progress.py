"""A line that tells how far a long work has come."""

import time
from typing import TextIO


class Progress:
    """Redraws one line on a terminal; elsewhere writes a line now and then."""

    def __init__(self, out: TextIO, total: int) -> None:
        self.out, self.total, self.started = out, total, time.monotonic()
        self.is_live = out.isatty()

    def show(self, done: int, what: str) -> None:
        """`done` of the total, and what was last."""
        seconds = time.monotonic() - self.started
        filled = round(24 * done / max(1, self.total))
        line = f"  {'█' * filled}{'·' * (24 - filled)} {done}/{self.total}  {seconds:4.0f} s  {what[:60]}"
        if self.is_live:
            self.out.write(f"\r\033[2K{line}" + ("\n" if done == self.total else ""))
        elif done % 20 == 0 or done == self.total:
            self.out.write(line + "\n")
        self.out.flush()
