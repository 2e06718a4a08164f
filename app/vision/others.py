"""Photos that show none of a model's labels, to see whether it refuses them.

Two sets come along as features: waste, and flowers. A set tells something of a model only when it
is not about the same things, so each is first held against the model's own photos.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.vision.calibration import COVERAGE, NEIGHBOURS
from app.vision.engine import Floats
from app.vision.features import Bytes, Table, TableDamaged, restore, unpack
from app.vision.head import Reference

PHOTOS = 750
"""Of a set: its features stay below a megabyte."""

NEAR = 0.1
"""The share of a model's own photos, from which on a set is about the same things."""

FOLDER = "others"


@dataclass(frozen=True, eq=False)
class OtherSet:
    """`features` n x 1280 of photos that belong together, under a name."""

    name: str
    features: Floats

    @cached_property
    def reference(self) -> Reference:
        """By which the set would know a photo as one of its own: the distance within which 95 % of
        its photos have five others."""
        among = Reference.of(self.features, 0.0, NEIGHBOURS + 1)  # the 1st is itself
        cut = np.quantile(among.distances(self.features), COVERAGE, method="inverted_cdf")
        return Reference.of(self.features, float(cut), NEIGHBOURS)


@dataclass(frozen=True)
class Choice:
    """Whether a set of `photos` photos is held against a model: not when of `of` photos of the
    model's own it would take one in ten or more (`alike`) for its own."""

    name: str
    photos: int
    alike: int
    of: int
    used: bool


def choose(own: Floats, sets: Sequence[OtherSet]) -> list[Choice]:
    """For each set. `own` are features of the model's photos (n x 1280), validation or others that
    were not chosen for being alike; without any, no set is used."""
    return [_judge(own, one) for one in sets]


def used(choices: Sequence[Choice], sets: Sequence[OtherSet]) -> dict[str, Floats]:
    """The features of the sets that were chosen, by name, as the exam takes them."""
    names = {choice.name for choice in choices if choice.used}
    return {one.name: one.features for one in sets if one.name in names}


def read(models: Path, backbone: str) -> list[OtherSet]:
    """What came along in `models`, as far as the same network looked at it. Raises TableDamaged
    when a file is not what its manifest says."""
    sets = []
    for told in sorted((models / FOLDER).glob("*.json")):
        manifest = json.loads(told.read_text("utf-8"))
        if manifest["backbone"] == backbone:
            sets.append(_open(told, manifest))
    for told in sorted(models.glob("*/model.json")):
        manifest = json.loads(told.read_text("utf-8"))
        version = told.parent / "versions" / str(manifest["live"]) / "manifest.json"
        if json.loads(version.read_text("utf-8"))["backbone"] == backbone:
            table = Table.load((told.parent / manifest["features"]["file"]).read_bytes())
            sets.append(OtherSet(manifest["model"], table.take(lowest(table.sha256)).features()))
    return sets


def lowest(sha256: Bytes, count: int = PHOTOS) -> NDArray[np.intp]:
    """Where the lowest hashes of n x 32 are: as good as drawn by lot, and always the same."""
    return np.lexsort(sha256.T[::-1])[:count]


def _open(told: Path, manifest: Mapping[str, Any]) -> OtherSet:
    content = (told.parent / manifest["features"]["file"]).read_bytes()
    if hashlib.sha256(content).hexdigest() != manifest["features"]["sha256"]:
        raise TableDamaged(f"the features of {told.stem} are not those of its manifest")
    columns = unpack(content)
    return OtherSet(told.stem, restore(columns["rows"], columns["scales"]))


def _judge(own: Floats, one: OtherSet) -> Choice:
    if not len(own):
        return Choice(one.name, len(one.features), 0, 0, used=False)
    within = one.reference.distances(own) <= one.reference.cut
    alike = int(within.sum())
    return Choice(one.name, len(one.features), alike, len(own), used=alike < NEAR * len(own))
