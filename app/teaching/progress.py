"""How far a training is, read from the lines that the trainer appends to a file.

Each line is a JSON object: {"phase", "done", "total"}, or while it learns {"phase", "epoch",
"epochs", "best_epoch"} with the four numbers of a point on the curves.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

FILE = "progress.jsonl"
POINT = ("loss", "accuracy", "validation_loss", "validation_accuracy")

_MOST_READ = 1_000_000  # bytes at a time

# Seconds that phases take which tell nothing of themselves: TensorFlow's import, and the exam.
_STARTING, _AN_EPOCH, _AFTER = 5.0, 0.1, 2.0

Point = Mapping[str, Any]


@dataclass(frozen=True)
class Progress:
    """What the first `line` lines say. `began` and `heard` are when the first and the last line of
    the phase came, in seconds of the caller's clock, None where that was not seen; `first` is how
    far the first one was."""

    line: int = 0
    phase: str = "starting"
    done: int = 0
    total: int = 0
    epoch: int = 0
    epochs: int = 0
    best_epoch: int | None = None
    history: tuple[Point, ...] = ()
    first: int = 0
    began: float | None = None
    heard: float | None = None

    @classmethod
    def read(cls, folder: Path) -> Self:
        """From the folder of an attempt; empty when nothing was kept."""
        *_, last = cls.course(folder)
        return last

    @classmethod
    def course(cls, folder: Path) -> Iterator[Self]:
        """How it was before the first line and after each line."""
        progress, tail = cls(), Tail(folder / FILE)
        yield progress
        while lines := tail.lines():
            for line in lines:
                progress = progress.after([line])
                yield progress

    def after(self, lines: Iterable[bytes], now: float | None = None) -> Self:
        progress = self
        for line in lines:
            progress = progress._after(_parsed(line), now)
        return progress

    def entering(self, phase: str, now: float) -> Self:
        """A phase that is not the trainer's, so no line tells of it."""
        return replace(self, phase=phase, done=0, total=0, first=0, began=now, heard=now)

    def seconds_left(self, epochs: int, now: float) -> float | None:
        """By the pace so far. `epochs` are those that the settings allow; it may stop earlier."""
        if self.began is None or self.heard is None:
            return None
        if self.phase in ("examining", "going-live"):
            return _AFTER
        left = self._by_pace(now)
        if self.phase == "learning":
            return (_AN_EPOCH * epochs if left is None else left) + _AFTER
        return (left or 0.0) + _STARTING + _AN_EPOCH * epochs + _AFTER

    def _by_pace(self, now: float) -> float | None:
        """Of this phase. None before there is a pace: the first lines may have come together."""
        if self.began is None or self.heard is None or self.heard == self.began:
            return None
        pace = (self.heard - self.began) / max(1, self.done - self.first)
        return max(0.0, pace * (self.total - self.done) - (now - self.heard))

    def _after(self, told: Mapping[str, Any], now: float | None) -> Self:
        learning = "epoch" in told
        done, total = ("epoch", "epochs") if learning else ("done", "total")
        phase = str(told.get("phase", self.phase))
        new = phase != self.phase
        progress = replace(
            self,
            line=self.line + 1,
            phase=phase,
            done=int(told.get(done, 0)),
            total=int(told.get(total, 0)),
            first=int(told.get(done, 0)) if new else self.first,
            began=now if new else self.began,
            heard=now,
        )
        if not learning:
            return progress
        return replace(
            progress,
            epoch=progress.done,
            epochs=progress.total,
            best_epoch=told.get("best_epoch"),
            history=(*self.history, {name: told.get(name) for name in POINT}),
        )


class Tail:
    """Reads a file that grows, a whole line or nothing."""

    def __init__(self, file: Path) -> None:
        self._file, self._offset = file, 0

    def lines(self) -> list[bytes]:
        """Those that came since, without their ends."""
        try:
            with self._file.open("rb") as file:
                file.seek(self._offset)
                found = file.read(_MOST_READ)
        except FileNotFoundError:
            return []
        whole = found[: found.rfind(b"\n") + 1]
        self._offset += len(whole)
        return whole.splitlines()


def _parsed(line: bytes) -> Mapping[str, Any]:
    """A line that cannot be read counts as one that says nothing."""
    try:
        told = json.loads(line)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
