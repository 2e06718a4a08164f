"""The pretrained network, ready to look: LiteRT interpreters, one for each worker thread."""

import queue
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from app.vision.decode import Square
from app.vision.quiet import quiet_stderr
from app.vision.recipe import FEATURES, MAP_SIDE, SIDE

Floats = NDArray[np.float32]


class EngineError(Exception):
    """The network does not do what it should; nothing it says can be trusted."""


@dataclass(frozen=True)
class Seen:
    """What the backbone made of one square: `features` (1280) and `feature_map` (7 x 7 x 1280)."""

    features: Floats
    feature_map: Floats


Look = Callable[[Square], Seen]


class Engine:
    """As many interpreters as threads may look at once; each is used by one thread at a time."""

    def __init__(self, network: bytes, interpreters: int) -> None:
        # The one used last comes first: its weights still lie in the processor's cache.
        self._free: queue.LifoQueue[_Worker] = queue.LifoQueue()
        with quiet_stderr():  # the first interpreter of a process announces itself
            self._workers = [_Worker(network) for _ in range(interpreters)]
        for worker in self._workers:
            self._free.put(worker)

    def look(self, square: Square) -> Seen:
        """One pass of the network over a square (uint8, 224 x 224 x 3). About 10 ms of a core."""
        worker = self._free.get()
        try:
            return worker.look(square)
        finally:
            self._free.put(worker)

    def self_test(self) -> None:
        """Raises EngineError unless every interpreter answers a test card alike and finitely.

        Call it before anything else looks.
        """
        rows, columns = np.mgrid[0:SIDE, 0:SIDE]
        card = np.stack([rows, columns, rows ^ columns], axis=-1).astype(np.uint8)
        answers = [worker.look(card) for worker in self._workers]
        for seen in answers:
            alike = np.array_equal(seen.features, answers[0].features)
            pooled = seen.feature_map.mean(axis=(0, 1))
            if not alike or not np.isfinite(pooled).all() or not pooled.any():
                raise EngineError("the network failed its self-test")
            if not np.allclose(pooled, seen.features, atol=1e-3):
                raise EngineError("features are not the mean of the feature map")


class _Worker:
    def __init__(self, network: bytes) -> None:
        self._interpreter = Interpreter(model_content=network, num_threads=1)
        self._interpreter.allocate_tensors()
        (entry,) = self._interpreter.get_input_details()
        expected = {(1, MAP_SIDE, MAP_SIDE, FEATURES): "feature_map", (1, FEATURES): "features"}
        self._entry = entry["index"]
        self._outputs: dict[str, int] = {}
        for output in self._interpreter.get_output_details():
            name = expected.get(tuple(output["shape"]))
            if name:
                self._outputs[name] = output["index"]
        if len(self._outputs) != 2 or tuple(entry["shape"]) != (1, SIDE, SIDE, 3):
            raise EngineError("the network file has other inputs or outputs than expected")

    def look(self, square: Square) -> Seen:
        self._interpreter.set_tensor(self._entry, square[None])
        self._interpreter.invoke()
        return Seen(self._read("features"), self._read("feature_map"))

    def _read(self, name: str) -> Floats:
        tensor: Any = self._interpreter.get_tensor(self._outputs[name])
        return np.asarray(tensor[0], np.float32)
