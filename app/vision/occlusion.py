"""Whether an answer leans on what its heat map shows: the hot part is covered, and it looks again.

After Zeiler and Fergus 2014, "Visualizing and Understanding Convolutional Networks", section 4.2,
but of two parts instead of all: the hottest, and as much of the coldest to compare with.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from app.vision.decode import Square
from app.vision.engine import Floats, Look, Seen
from app.vision.head import Head
from app.vision.recipe import MAP_SIDE, SIDE

PEAK = 0.4
"""Of the most evidence, from which on a place is hot."""

FELT = 0.2
"""Share of the score that must be lost for a covered part to have counted."""

_MOST = MAP_SIDE * MAP_SIDE // 3  # places; covering all of a photo would show nothing

Place = tuple[int, int]
"""Row and column of a 7 x 7 grid over the square."""

Finding = Literal["leaned", "all-over", "elsewhere"]
"""It leaned on the hot part; or it loses as much without a cold part as large; or it loses little
without the hot part, so that it has other reasons for its answer too."""


@dataclass(frozen=True)
class Occlusion:
    """The label's score for the square as it is, with its hot places covered, and with equally many
    cold ones. The hottest places come first, and the coldest."""

    score: float
    hot_score: float
    cold_score: float
    hot: list[Place]
    cold: list[Place]

    @property
    def fall(self) -> float:
        """By how much more the score falls without the hot places than without the cold ones."""
        return self.cold_score - self.hot_score

    @property
    def finding(self) -> Finding:
        hot, cold = self.score - self.hot_score, self.score - self.cold_score
        if hot < FELT * self.score:
            return "elsewhere"
        return "all-over" if cold > hot / 2 else "leaned"


def occlude(square: Square, seen: Seen, label: int, head: Head, look: Look) -> Occlusion | None:
    """Looks twice more at a square (uint8, 224 x 224 x 3) that was `seen`. What is covered gets the
    square's mean colour. None where nothing in it spoke for the label, or everything alike."""
    evidence = head.evidence(seen.feature_map, label)
    order = np.argsort(-evidence.ravel(), kind="stable")
    hot = order[: min(_MOST, int((evidence >= PEAK).sum()))]
    if not len(hot) or evidence.min() >= PEAK:
        return None
    cold = order[::-1][: len(hot)]

    def score(features: Floats) -> float:
        return float(head.scores(features)[label])

    return Occlusion(
        score(seen.features),
        score(look(covered(square, _places(hot))).features),
        score(look(covered(square, _places(cold))).features),
        _places(hot),
        _places(cold),
    )


def covered(square: Square, places: Sequence[Place]) -> Square:
    """A copy in which these places have the square's mean colour."""
    hidden, side = square.copy(), SIDE // MAP_SIDE
    colour = np.rint(square.mean(axis=(0, 1))).astype(np.uint8)
    for row, column in places:
        hidden[row * side : (row + 1) * side, column * side : (column + 1) * side] = colour
    return hidden


def _places(places: NDArray[np.integer]) -> list[Place]:
    return [divmod(int(place), MAP_SIDE) for place in places]
