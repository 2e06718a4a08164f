"""Inside the network: what each of its stages makes of a photo.

The file that shows it is a second one. It is made when somebody looks for the first time.
"""

import asyncio
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from app import errors
from app.vision import network
from app.vision.daemon import in_daemon
from app.vision.decode import Square
from app.vision.engine import EngineError, Floats
from app.vision.quiet import quiet_stderr
from app.vision.stages import shapes

_STEPS = ("reading", "building", "converting", "checking")
_PATIENCE = 3.0  # seconds: a file that is there is loaded well within them


@dataclass(frozen=True, eq=False)
class Map:
    """One channel of a stage: what one of its patterns found in each place.

    `strength` is the standard deviation over the places: a map that is the same everywhere tells
    nothing of where. `peak` is the (row, column) of its highest value.
    """

    channel: int
    values: Floats
    strength: float

    @property
    def peak(self) -> tuple[int, int]:
        row, column = divmod(int(self.values.argmax()), self.values.shape[1])
        return row, column

    def scaled(self) -> Floats:
        """From 0, its lowest value, to 1, its highest. All 0 where they are the same."""
        low, span = self.values.min(), float(np.ptp(self.values))
        return np.asarray((self.values - low) / (span or 1.0), np.float32)


def strongest(maps: Floats, most: int) -> list[Map]:
    """The `most` maps of a stage (height x width x channels) of the greatest strength, first the
    greatest."""
    strengths = maps.std(axis=(0, 1))
    order = np.argsort(-strengths, kind="stable")[:most]
    return [Map(i, maps[:, :, i], float(strengths[i])) for i in order.tolist()]


class Eyes:
    """The network with all its stages open; for one thread at a time."""

    def __init__(self, content: bytes) -> None:
        with quiet_stderr():
            self._interpreter = Interpreter(model_content=content, num_threads=1)
        self._interpreter.allocate_tensors()
        self._entry = self._interpreter.get_input_details()[0]["index"]
        by_shape = {
            tuple(int(n) for n in output["shape"][1:]): output["index"]
            for output in self._interpreter.get_output_details()
        }
        if set(by_shape) != set(shapes().values()):
            raise EngineError("the network's second file has other outputs than expected")
        self._outputs = {stage: by_shape[shape] for stage, shape in shapes().items()}
        self._one = threading.Lock()

    def look(self, square: Square) -> Mapping[str, Floats]:
        """Every stage's maps (height x width x channels), in the order of the network."""
        with self._one:
            self._interpreter.set_tensor(self._entry, square[None])
            self._interpreter.invoke()
            tensors = {s: self._interpreter.get_tensor(i)[0] for s, i in self._outputs.items()}
        return {stage: np.asarray(tensor, np.float32) for stage, tensor in tensors.items()}


class Inside:
    """The way to the eyes: nothing of them is in memory until somebody asks."""

    def __init__(self, folder: Path, beforehand: Path | None = None) -> None:
        self._folder, self._beforehand = folder, beforehand
        self._opening: asyncio.Future[Eyes] | None = None
        self._step = 1
        self.turn = asyncio.Semaphore(1)
        """To be held while looking: those who look inside wait for each other, and keep no
        question waiting."""

    async def open(self) -> Eyes:
        """Raises InsideNotReady while the file is being made, which takes a quarter of a minute,
        and PreparationError when that has failed; the next call tries again."""
        if self._opening is None or (self._opening.done() and self._opening.exception()):
            self._step = 1
            self._opening = in_daemon(self._open, "inside")
        await asyncio.wait([self._opening], timeout=_PATIENCE)
        if not self._opening.done():
            raise errors.InsideNotReady(step=self._step, steps=len(_STEPS))
        return self._opening.result()

    def _open(self) -> Eyes:
        made = network.prepare(
            self._folder, "inside", self._note, beforehand=self._existing_beforehand()
        )
        return Eyes(made.content)

    def _note(self, phase: str) -> None:
        self._step = _STEPS.index(phase) + 1

    def _existing_beforehand(self) -> Path | None:
        """A folder filled for serving need not have the second file."""
        beforehand = self._beforehand
        return beforehand if beforehand and network.is_there(beforehand, "inside") else None
