"""A trainer's work: it reads the folder of an attempt, looks at what was not looked at yet, learns,
and writes the result. It knows no database; of the data folder it reads photos only.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from app.store.objects import Objects
from app.teaching import looked, result
from app.teaching.looking import Looker
from app.teaching.snapshot import LEAST_GROUPS, LEAST_LABELS, NUMBERS, TASK, too_small, view_file
from app.teaching.study import study
from app.vision.course import Epoch, best_epoch
from app.vision.features import Table, quantise, unpack
from app.vision.lesson import Settings
from app.vision.streaming import Portion
from app.vision.views import PLAIN, VIEWS, Look

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


def learn(folder: Path, tell: Tell, looker: Callable[[dict[str, Any]], Looker]) -> None:
    """`looker` is called with the task, and only when there is something to look at. Raises
    DatasetTooSmall when too much of it cannot be looked at."""
    task = json.loads((folder / TASK).read_text("utf-8"))
    settings = Settings.read(task["settings"])
    looks = VIEWS[settings.augmentation][1:]
    numbers = _read(folder, len(looks))
    unseen = np.flatnonzero(numbers.table.scales == 0)
    if len(unseen) or len(numbers.lacking):
        eyes = _Eyes(folder, looker(task), Path(task["objects"]), tell)
        eyes.look(numbers, unseen, looks)
    numbers, told = _leave_out(numbers, unseen)
    _check_enough(numbers.table)
    following = _Following(tell)
    studied = study(
        settings, numbers.table, numbers.views,
        learning=following, examining=lambda: tell("examining", done=0, total=1),
    )  # fmt: skip
    studied.report["photos"] = told
    result.write(folder, task, settings, numbers.table, studied)
    tell("examining", done=1, total=1)


def _read(folder: Path, views: int) -> Numbers:
    table = Table.load((folder / NUMBERS).read_bytes())
    table = replace(table, rows=table.rows.copy(), scales=table.scales.copy())
    further, lacking = [], np.zeros(len(table), bool)
    for number in range(1, views + 1):
        found = unpack((folder / view_file(number)).read_bytes())
        at, seen = found["at"], found["scales"] != 0
        view = Portion(table.rows.copy(), table.scales.copy())
        view.rows[at[seen]], view.scales[at[seen]] = found["rows"][seen], found["scales"][seen]
        lacking[at[~seen]] = True
        further.append(view)
    return Numbers(table, further, np.flatnonzero(lacking))


class _Eyes:
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


def _leave_out(numbers: Numbers, unseen: Indices) -> tuple[Numbers, dict[str, Any]]:
    """What is left to learn from, and what the report says of the rest: photos that could not be
    looked at at all, and those of which only further views are missing."""
    gone = [place for place in unseen.tolist() if place in numbers.broken]
    here = np.ones(len(numbers.table), bool)
    here[gone] = False
    names = numbers.names

    def told(places: Sequence[int]) -> list[dict[str, str]]:
        return [{"sha256": names[place], "problem": numbers.broken[place]} for place in places]

    report = {
        "broken": told(gone),
        "without_views": told([place for place in numbers.broken if place not in set(gone)]),
    }
    views = [Portion(view.rows[here], view.scales[here]) for view in numbers.views]
    return Numbers(numbers.table.take(here), views, numbers.lacking), report


def _check_enough(table: Table) -> None:
    groups = {
        label: len(np.unique(table.group[table.label == at]))
        for at, label in enumerate(table.labels)
    }
    short = {label: count for label, count in groups.items() if count < LEAST_GROUPS}
    if short or len(groups) < LEAST_LABELS:
        raise too_small(short)


class _Following:
    """Tells the epochs as they end, and which of them is the best so far."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._history: list[Epoch] = []

    def __call__(self, epoch: int, of: int, figures: Epoch) -> None:
        self._history.append(figures)
        best = best_epoch(self._history)
        self._tell("learning", epoch=epoch, epochs=of, best_epoch=best, **figures._asdict())
