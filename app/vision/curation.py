"""Photos worth a second look: labels that seem wrong, and photos that are like nothing else."""

from dataclasses import dataclass

import numpy as np

from app.vision import ridge
from app.vision.calibration import NEIGHBOURS
from app.vision.engine import Floats
from app.vision.features import Table, restore
from app.vision.head import unit

FAR = 3.5
"""Robust deviations from the median, from which on a photo is far off (Iglewicz and Hoaglin 1993,
"How to Detect and Handle Outliers", section 3.3)."""

_TO_DEVIATION = 1.4826  # of the median absolute deviation, for normal numbers
_BLOCK = 1024  # photos that are held against as many others at a time


@dataclass(frozen=True)
class Doubt:
    """A photo by its place in the table, and how far heads that never saw it believe its label: its
    own score and that of the label they would give, which may be the same one. Labels by name."""

    at: int
    label: str
    score: float
    suggested: str
    suggested_score: float


@dataclass(frozen=True)
class Stray:
    """A photo by its place in the table, the cosine distance to the 5th nearest of all others, and
    by how many robust deviations that is above the median."""

    at: int
    distance: float
    deviations: float


def doubts(table: Table, at_most: int | None = None) -> list[Doubt]:
    """All photos, the most doubtful label first: ordered by self-confidence out of fold (Northcutt
    et al. 2021, "Confident Learning", section 3). Near-duplicates stay in one fold. Empty with
    fewer than two labels.

    3 s for 3,000 photos and, as the time goes into five heads, not much more for 10,000.
    """
    if len(np.unique(table.label)) < 2:
        return []
    logits = ridge.out_of_fold(table, ridge.by_groups(table))
    scores = ridge.probabilities(logits, table.label)
    own = scores[np.arange(len(table)), table.label]
    best = scores.argmax(axis=1)
    return [
        Doubt(
            int(at),
            table.labels[table.label[at]],
            float(own[at]),
            table.labels[best[at]],
            float(scores[at, best[at]]),
        )
        for at in np.argsort(own, kind="stable")[:at_most]
    ]


def strays(table: Table) -> list[Stray]:
    """Photos that are like no other of any label, the furthest first. Near-duplicates do not keep
    each other company. Empty where there are too few photos to say."""
    distances = _distances(table)
    if not len(distances):
        return []
    median = float(np.median(distances))
    deviation = _TO_DEVIATION * float(np.median(np.abs(distances - median)))
    if deviation == 0:
        return []
    how_far = (distances - median) / deviation
    order = np.argsort(-how_far, kind="stable")
    return [
        Stray(int(at), float(distances[at]), float(how_far[at]))
        for at in order[: int((how_far > FAR).sum())]
    ]


def _distances(table: Table) -> Floats:
    """To the 5th nearest photo of another group; none where there are no five for each."""
    if len(table) - np.bincount(table.group).max(initial=0) < NEIGHBOURS:
        return np.zeros(0, np.float32)
    found = np.empty(len(table), np.float32)
    for start in range(0, len(table), _BLOCK):
        part = slice(start, start + _BLOCK)
        ours = _directions(table, part)
        best = np.full((len(ours), NEIGHBOURS), -1, np.float32)
        for other in range(0, len(table), _BLOCK):
            those = slice(other, other + _BLOCK)
            likeness = ours @ _directions(table, those).T
            likeness[table.group[part, None] == table.group[None, those]] = -1
            both = np.concatenate([best, likeness], axis=1)
            best = np.partition(both, -NEIGHBOURS, axis=1)[:, -NEIGHBOURS:]
        found[part] = 1 - best.min(axis=1)
    return found


def _directions(table: Table, part: slice) -> Floats:
    return unit(restore(table.rows[part], table.scales[part]))
