"""What a child process was given to work on in numbers, and eyes for photos that are none yet."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from app.store.objects import Objects
from app.teaching import looked
from app.teaching.looking import Looker
from app.vision.features import Table, quantise
from app.vision.streaming import Portion
from app.vision.views import PLAIN, Look

ALTERED = "altered"
"""The problem of a photo whose bytes are no longer those of its name."""

_AT_ONCE = 128  # looks, before what was seen is put away

Indices = NDArray[np.intp]


class Tell(Protocol):
    """Hears lines of progress."""

    def __call__(self, phase: str, **told: Any) -> None: ...


@dataclass(eq=False)
class Numbers:
    """All that is learned from. `views` hold the further views in the order of the table; `broken`
    says what is wrong with photos by their place in it."""

    table: Table
    views: list[Portion]
    lacking: Indices  # photos whose further views are not kept
    broken: dict[int, str] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        return [digest.tobytes().hex() for digest in self.table.sha256]


class Eyes:
    """Looks at photos, and puts away what was seen."""

    def __init__(self, folder: Path, looker: Looker, objects: Path, tell: Tell) -> None:
        self._folder, self._looker, self._tell = folder, looker, tell
        self._objects = Objects(objects, folder)
        self._done = self._total = 0

    def look(self, numbers: Numbers, unseen: Indices, looks: Sequence[Look]) -> None:
        """Fills in the rows that are `unseen`, and the views of photos that lack them."""
        self._total = len(unseen) + len(numbers.lacking)
        self._tell("looking", done=0, total=self._total)
        table = numbers.table
        for at, names, paths in self._portions(numbers, unseen, 1):
            seen = self._looker.first(paths, self._step)
            features = self._sound(numbers, at, names, seen)
            self._put(PLAIN.name, numbers, features, Portion(table.rows, table.scales))
            for view in numbers.views:  # until it has one of its own
                view.rows[at], view.scales[at] = table.rows[at], table.scales[at]
        for at, names, paths in self._portions(numbers, numbers.lacking, len(looks)):
            again = self._looker.again(paths, looks, self._step)
            features = self._sound(numbers, at, names, again)
            for number, view in enumerate(numbers.views):
                one = {place: found[number] for place, found in features.items()}
                self._put(looks[number].name, numbers, one, view)

    def _portions(
        self, numbers: Numbers, places: Indices, looks: int
    ) -> Iterator[tuple[Indices, list[str], list[Path]]]:
        every, portion = numbers.names, max(1, _AT_ONCE // max(1, looks))
        for start in range(0, len(places), portion):
            at = places[start : start + portion]
            names = [every[place] for place in at]
            yield at, names, [self._objects.path(name) for name in names]
            self._done += len(at)

    def _sound(
        self, numbers: Numbers, at: Indices, names: Sequence[str], seen: Sequence[Any]
    ) -> dict[int, NDArray[np.float32]]:
        """Features by place, of photos that could be looked at and still are what they were."""
        features = {}
        for place, name, found in zip(at.tolist(), names, seen, strict=True):
            if isinstance(found, str):
                numbers.broken[place] = found
            elif found.sha256 != name:
                numbers.broken[place] = ALTERED
            else:
                features[place] = found.features
        return features

    def _put(
        self, view: str, numbers: Numbers, features: dict[int, NDArray[np.float32]], into: Portion
    ) -> None:
        if not features:
            return
        places, stacked = list(features), np.stack(list(features.values()))
        into.rows[places], into.scales[places] = quantise(stacked)
        every = numbers.names
        looked.put(self._folder, view, [every[place] for place in places], stacked)

    def _step(self, done: int, of: int) -> None:
        self._tell("looking", done=self._done + done, total=self._total)
