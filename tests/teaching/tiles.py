"""Many photos out of a few real ones: squares of them, none like another."""

import functools

from tests.photos import encode, packaged

SIDE = 96


@functools.cache
def tiles(name: str, count: int) -> list[bytes]:
    """JPEGs of 96 x 96 pixels, side by side in the photo."""
    pixels = packaged(name)
    rows, columns = pixels.shape[0] // SIDE, pixels.shape[1] // SIDE
    assert count <= rows * columns, f"{name} has only {rows * columns} tiles"
    places = [(row * SIDE, column * SIDE) for row in range(rows) for column in range(columns)]
    return [encode(pixels[y : y + SIDE, x : x + SIDE]) for y, x in places[:count]]


def folder_of(label: str, name: str, count: int) -> dict[str, bytes]:
    """Tiles as files of one folder, by their paths."""
    return {f"{label}/{number:02}.jpg": tile for number, tile in enumerate(tiles(name, count))}
