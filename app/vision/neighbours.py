"""Why it answers so: the training photos a look is most like, and what it hesitated between."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from app.vision.engine import Floats
from app.vision.features import Bytes
from app.vision.head import Scores

NEAREST = 5

CLOSE, RIVAL = 0.15, 0.6
"""Two labels are a close call when their scores are less than CLOSE apart and the second has more
than RIVAL of the first: 12 % against 6 % is no close call but a guess."""

_PORTION = 64  # rows in single precision at a time: they stay in the processor's cache


@dataclass(frozen=True)
class Neighbour:
    """`at` counts in the rows that were searched; `likeness` is the cosine of both features, 1 for
    the same direction."""

    at: int
    likeness: float


@dataclass(frozen=True)
class Hesitation:
    """The best two labels, by index, by how much their scores differ, and whether that is a close
    call."""

    first: int
    second: int
    margin: float
    close: bool


@dataclass(frozen=True, eq=False)
class Neighbourhood:
    """Features in 8 bits (n x 1280) among which the nearest are looked up, as they lie: nothing but
    one number a row is kept besides. About 25 ms of a core for 100,000 rows."""

    rows: Bytes
    inverse: Floats

    @classmethod
    def of(cls, rows: Bytes) -> Self:
        """The scales of the rows do not matter to a cosine."""
        squares = np.empty(len(rows), np.float32)
        for start in range(0, len(rows), _PORTION):
            portion = rows[start : start + _PORTION].astype(np.float32)
            squares[start : start + _PORTION] = np.einsum("ij,ij->i", portion, portion)
        lengths = np.sqrt(squares)
        return cls(rows, np.divide(1, lengths, out=np.zeros_like(lengths), where=lengths > 0))

    def nearest(self, features: Floats, count: int = NEAREST) -> list[Neighbour]:
        """To one look (1280), the most alike first; fewer where there are not so many rows."""
        length = float(np.linalg.norm(features))
        likeness = self._products(np.ascontiguousarray(features, np.float32)) * self.inverse
        likeness /= length or 1.0
        best = np.arange(len(likeness))
        if len(best) > count:
            best = np.argpartition(-likeness, count - 1)[:count]
        ordered = best[np.lexsort((best, -likeness[best]))]
        return [Neighbour(int(at), float(likeness[at])) for at in ordered]

    def _products(self, features: Floats) -> Floats:
        found = np.empty(len(self.rows), np.float32)
        room = np.empty((_PORTION, self.rows.shape[1]), np.float32)
        for start in range(0, len(self.rows), _PORTION):
            portion = self.rows[start : start + _PORTION]
            part = room[: len(portion)]
            np.copyto(part, portion)
            np.dot(part, features, out=found[start : start + _PORTION])
        return found


def hesitation(scores: Scores) -> Hesitation | None:
    """Of the scores of one look. None where there is but one label."""
    if len(scores) < 2:
        return None
    first = int(scores.argmax())
    others = np.delete(scores, first)
    second = int(others.argmax())
    best, next_ = float(scores[first]), float(others[second])
    close = best - next_ < CLOSE and next_ > RIVAL * best
    return Hesitation(first, second + (second >= first), best - next_, close)
