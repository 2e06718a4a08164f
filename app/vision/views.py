"""The fixed squares of a photo that are learned from besides its middle.

Fixed, not drawn at random: each is looked at once and its features are kept, so that learning reads
numbers and gives the same result every time.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from app.vision.decode import Box, Square
from app.vision.recipe import RECIPE

Augmentation = Literal["none", "mirrored", "strong"]
AUGMENTATIONS: tuple[Augmentation, ...] = get_args(Augmentation)


@dataclass(frozen=True)
class Look:
    """A square of `side` times the photo's shorter side, `across` and `down` the room that is left
    (0 at the left or top, 1 at the right or bottom), turned to its mirror image or not."""

    side: float = RECIPE.crop
    across: float = 0.5
    down: float = 0.5
    mirrored: bool = False

    def box(self, width: int, height: int) -> Box:
        short = min(width, height)
        across = self.across * (1 - self.side * short / width)
        down = self.down * (1 - self.side * short / height)
        return Box(across, down, self.side)

    def turn(self, square: Square) -> Square:
        return np.ascontiguousarray(square[:, ::-1]) if self.mirrored else square


PLAIN = Look()
