"""All that must be known of a photo that is to be kept, from decoding it once."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from app.vision import decode, likeness
from app.vision.decode import Photo, Square, View
from app.vision.engine import Floats, Seen


class Met(NamedTuple):
    """The middle square for the network with the photo's size, and its perceptual hash."""

    view: View
    hash: int


@dataclass(frozen=True, eq=False)
class Sight:
    """What was found in a photo: its features (1280), what tells it from others, and its size
    upright, in pixels."""

    sha256: str
    hash: int
    features: Floats
    size: tuple[int, int]


def meet(photo: Photo) -> Met:
    """Looks at the middle of a photo, and hashes all of it from the same pixels.

    A JPEG is decoded for the square; the hash may differ in a few bits from one that was decoded
    for the hash alone. Raises TruncatedImage or UndecodableImage.
    """
    view = decode.look_at(photo)
    return Met(view, likeness.perceptual_hash(likeness.greys(photo)))


def sight(content: bytes, photo: Photo, look: Callable[[Square], Seen]) -> Sight:
    """Of an opened photo; `look` is the network's. Raises as `meet` does."""
    view, bits = meet(photo)
    features = look(view.square).features
    size = (view.width, view.height)
    return Sight(hashlib.sha256(content).hexdigest(), bits, features, size)
