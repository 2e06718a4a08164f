"""How far something is that takes a while, counted on the terminal: in one line where a person
watches, in a few elsewhere."""

import math
import sys
import time

from app.teaching.importing import Progress
from app.texts import Texts

_REDRAW, _SELDOM = 0.2, 10.0  # seconds between two lines


class _Line:
    """Of standard error, written over and over."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._last, self._width = time.monotonic(), 0

    def write(self, line: str) -> None:
        now = time.monotonic()
        if now - self._last < (_REDRAW if self._live else _SELDOM):
            return
        self._last = now
        if self._live:
            print("\r" + line.ljust(self._width), end="", file=sys.stderr, flush=True)
            self._width = len(line)
        else:
            print(line, file=sys.stderr, flush=True)

    def end(self) -> None:
        """Leaves the line free for what comes next."""
        if self._live and self._width:
            print("\r" + " " * self._width, end="\r", file=sys.stderr, flush=True)


class Counting:
    """Files of an import."""

    def __init__(self, progress: Progress, t: Texts) -> None:
        self._progress, self._t, self._line = progress, t, _Line()

    def __call__(self) -> None:
        progress, left = self._progress, self._progress.seconds_left
        numbers = {"done": progress.done, "total": progress.total}
        if left is None:
            self._line.write(self._t("command.import.progress", **numbers))
        else:
            seconds = math.ceil(left)
            self._line.write(self._t("command.import.progress_left", **numbers, seconds=seconds))

    def end(self) -> None:
        self._line.end()


class Fetching:
    """Megabytes of a download."""

    def __init__(self, t: Texts) -> None:
        self._t, self._line = t, _Line()

    def __call__(self, done: int, total: int) -> None:
        megabytes = {"done": done // 1_000_000, "total": total // 1_000_000}
        self._line.write(self._t("command.import.fetching", **megabytes))
        if done >= total:
            self._line.end()
