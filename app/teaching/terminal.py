"""How far a training is, told in the terminal."""

import sys
import time

from app.texts import Texts


class Telling:
    """A line for each phase, counted in place where a person watches."""

    def __init__(self, t: Texts) -> None:
        self._t, self._phase, self._told = t, "", 0.0
        self._live = sys.stderr.isatty()

    def __call__(self, phase: str, done: int, of: int) -> None:
        begun, now = phase != self._phase, time.monotonic()
        ended = done == of
        if not begun and not (self._live and (ended or now - self._told > 0.2)):
            return
        if begun and self._live and self._phase:
            print(file=sys.stderr)
        self._phase, self._told = phase, now
        said = self._t(f"command.train.phases.{phase.replace('-', '_')}")
        line = f"{said} … {done}/{of}" if self._live and of else f"{said} …"
        end = "\r" if self._live else "\n"
        print(line, end=end, file=sys.stderr, flush=True)

    def end(self) -> None:
        """Leaves the line that was counted in."""
        if self._live and self._phase:
            print(file=sys.stderr)
