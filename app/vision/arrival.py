"""All that must be known of a photo that is to be kept, from decoding it once."""

from typing import NamedTuple

from app.vision import decode, likeness
from app.vision.decode import Photo, View


class Met(NamedTuple):
    """The middle square for the network with the photo's size, and its perceptual hash."""

    view: View
    hash: int


def meet(photo: Photo) -> Met:
    """Looks at the middle of a photo, and hashes all of it from the same pixels.

    A JPEG is decoded for the square; the hash may differ in a few bits from one that was decoded
    for the hash alone. Raises TruncatedImage or UndecodableImage.
    """
    view = decode.look_at(photo)
    return Met(view, likeness.perceptual_hash(likeness.greys(photo)))
