"""Photos as an analysis sees them: every file read once, every photo in numbers that can be."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from app.store.objects import Objects
from app.teaching.eyes import Eyes, Numbers, Tell
from app.teaching.inventory import HERE
from app.teaching.looking import Looker
from app.teaching.snapshot import NUMBERS
from app.vision.features import Table

MISSING, DAMAGED = "missing", "damaged"
"""What is wrong with a photo's file: it is not there, or not what it was."""

_TOLD = 50  # files between two lines of progress


@dataclass(frozen=True, eq=False)
class Inspected:
    """`table` has the photos of which there are numbers; `unreadable` says by SHA-256 what is wrong
    with a file, or the code of why the photo cannot be opened. `total` are all of them. `twice` has
    the photos that came as several files, byte for byte: the label and path of each."""

    table: Table
    unreadable: Mapping[str, str]
    total: int
    twice: Mapping[str, Sequence[Sequence[str]]]


def inspect(
    folder: Path, task: Mapping[str, Any], tell: Tell, looker: Callable[[dict[str, Any]], Looker]
) -> Inspected:
    """Of a folder that `inventory.write` filled. `looker` is called only when there is a photo that
    was not looked at; what is seen then is put away in the folder."""
    table = Table.load((folder / NUMBERS).read_bytes())
    table = replace(table, rows=table.rows.copy(), scales=table.scales.copy())
    numbers = Numbers(table, [], np.zeros(0, np.intp))
    unreadable = _check(numbers, np.load(folder / HERE), Path(task["objects"]), folder, tell)
    whole = np.array([name not in unreadable for name in numbers.names], bool)
    unseen = np.flatnonzero((table.scales == 0) & whole)
    if len(unseen):
        Eyes(folder, looker(dict(task)), Path(task["objects"]), tell).look(numbers, unseen, ())
        names = numbers.names
        unreadable |= {names[place]: code for place, code in numbers.broken.items()}
    return Inspected(table.take(table.scales != 0), unreadable, len(table), task["twice"])


def _check(numbers: Numbers, here: Any, objects: Path, folder: Path, tell: Tell) -> dict[str, str]:
    """What is wrong with the files of photos that should be here."""
    store, names = Objects(objects, folder), numbers.names
    places = np.flatnonzero(here).tolist()
    found = {}
    for done, place in enumerate(places):
        if done % _TOLD == 0:
            tell("reading", done=done, total=len(places))
        name = names[place]
        if not store.sound(name):
            found[name] = DAMAGED if store.has(name) else MISSING
    return found
