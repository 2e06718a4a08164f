"""What makes features comparable: the network, its weights and the way a photo is prepared.

Features, heads and references carry the recipe's id. It leaves out how the network was converted:
a newer TensorFlow writes another file that computes the same numbers.
"""

import hashlib
import json
from dataclasses import asdict, dataclass

from app.vision import weights

SIDE = 224
"""Pixels a side of the square the network sees."""

FEATURES = 1280
MAP_SIDE = 7


@dataclass(frozen=True)
class Recipe:
    network: str = "EfficientNet-Lite0"
    weights_sha256: str = weights.SHA256
    side: int = SIDE
    crop: float = 224 / 256  # of the shorter side, in the middle unless the caller says where
    resize: str = "bicubic"
    mean: float = 127.0
    scale: float = 128.0
    revision: int = 1

    @property
    def id(self) -> str:
        """Short and stable: `lite0-` and 12 hexadecimal digits of the SHA-256 of the fields."""
        canonical = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))
        return "lite0-" + hashlib.sha256(canonical.encode()).hexdigest()[:12]


RECIPE = Recipe()
