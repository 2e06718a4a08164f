"""A trainer's work: it reads the folder of an attempt, looks at what was not looked at yet, learns,
and writes the result. It knows no database; of the data folder it reads photos only.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from app import resources
from app.teaching import result
from app.teaching.eyes import Eyes, Indices, Numbers, Tell
from app.teaching.looking import Looker
from app.teaching.snapshot import LEAST_GROUPS, LEAST_LABELS, NUMBERS, TASK, too_small, view_file
from app.teaching.study import study
from app.vision import others
from app.vision.course import Epoch, best_epoch
from app.vision.engine import Floats
from app.vision.features import Table, unpack
from app.vision.lesson import Settings
from app.vision.recipe import RECIPE
from app.vision.streaming import Portion
from app.vision.views import VIEWS


def learn(folder: Path, tell: Tell, looker: Callable[[dict[str, Any]], Looker]) -> None:
    """`looker` is called with the task, and only when there is something to look at. Raises
    DatasetTooSmall when too much of it cannot be looked at."""
    task = json.loads((folder / TASK).read_text("utf-8"))
    settings = Settings.read(task["settings"])
    looks = VIEWS[settings.augmentation][1:]
    numbers = _read(folder, len(looks))
    unseen = np.flatnonzero(numbers.table.scales == 0)
    if len(unseen) or len(numbers.lacking):
        eyes = Eyes(folder, looker(task), Path(task["objects"]), tell)
        eyes.look(numbers, unseen, looks)
    numbers, told = _leave_out(numbers, unseen)
    _check_enough(numbers.table)
    following = _Following(tell)
    studied = study(
        settings, numbers.table, numbers.views, others=_others(numbers.table),
        learning=following, examining=lambda: tell("examining", done=0, total=1),
    )  # fmt: skip
    studied.report["photos"] = told
    result.write(folder, task, settings, numbers.table, studied)
    tell("examining", done=1, total=1)


def _others(table: Table) -> dict[str, Floats]:
    """Of the photos that came along, those that are about other things."""
    sets = others.read(resources.folder("models"), RECIPE.id)
    return others.used(others.choose(table.of("validation").features(), sets), sets)


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
