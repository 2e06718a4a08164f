"""The fixed squares of a photo that are learned from besides its middle.

Fixed, not drawn at random: each is looked at once and its features are kept, so that learning reads
numbers and gives the same result every time.
"""

from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np

from app.vision.decode import Box, Square
from app.vision.recipe import RECIPE

Augmentation = Literal["none", "mirrored", "strong"]
AUGMENTATIONS: tuple[Augmentation, ...] = get_args(Augmentation)


@dataclass(frozen=True)
class Look:
    """A square of `side` times the photo's shorter side; `across` and `down` share out the room
    that is left (0: all of it right or below, 1: left or above); `mirrored` swaps the sides."""

    side: float = RECIPE.crop
    across: float = 0.5
    down: float = 0.5
    mirrored: bool = False

    @property
    def name(self) -> str:
        """Under which its features are kept: always the same text for the same square."""
        if self == Look():
            return "plain"
        place = f"{self.side:g}-{self.across:g}-{self.down:g}"
        return f"{place}-mirrored" if self.mirrored else place

    def box(self, width: int, height: int) -> Box:
        """Where it lies in an upright photo of this size (in pixels)."""
        short = min(width, height)
        across = self.across * (1 - self.side * short / width)
        down = self.down * (1 - self.side * short / height)
        return Box(across, down, self.side)

    def turn(self, square: Square) -> Square:
        return np.ascontiguousarray(square[:, ::-1]) if self.mirrored else square


PLAIN = Look()

# The two ends of the photo, as large as the middle and as large as possible. Zooming in further
# was tried and added nothing.
_PLACES = (PLAIN, Look(RECIPE.crop, 0, 0), Look(RECIPE.crop, 1, 1), Look(1, 0, 0), Look(1, 1, 1))


def _and_mirrored(*looks: Look) -> tuple[Look, ...]:
    return (*looks, *(replace(look, mirrored=True) for look in looks))


VIEWS: dict[Augmentation, tuple[Look, ...]] = {
    "none": (PLAIN,),
    "mirrored": _and_mirrored(PLAIN),
    "strong": _and_mirrored(*_PLACES),
}
"""What a photo is learned from; the plain middle always comes first."""
