"""The lecture's small grids of numbers, and what becomes of them."""

from collections.abc import Sequence

Grid = Sequence[Sequence[int]]

DIAGONALS = (
    (1, 0, 0, 0, 1),
    (0, 1, 0, 1, 0),
    (0, 0, 1, 0, 0),
    (0, 1, 0, 1, 0),
    (1, 0, 0, 0, 1),
)
"""A picture of 5 x 5 pixels: its two diagonals."""

PATTERNS = (
    ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    ((0, 0, 1), (0, 1, 0), (1, 0, 0)),
    ((0, 1, 0), (0, 1, 0), (0, 1, 0)),
)
"""One diagonal, the other, and an upright line."""

COUNTED = ((0, 1, 2, 3), (4, 5, 6, 7), (8, 9, 10, 11), (12, 13, 14, 15))
"""A map of 4 x 4 for pooling."""


def slide(picture: Grid, pattern: Grid) -> list[list[int]]:
    """The sum of the products wherever the 3 x 3 pattern fits into the picture."""
    return [
        [
            sum(
                picture[row + r][column + c] * weight
                for r, weights in enumerate(pattern)
                for c, weight in enumerate(weights)
            )
            for column in range(len(picture[0]) - 2)
        ]
        for row in range(len(picture) - 2)
    ]


def pool(grid: Grid) -> list[list[int]]:
    """The largest of each 2 x 2."""
    return [
        [max(*upper[at : at + 2], *lower[at : at + 2]) for at in range(0, len(upper), 2)]
        for upper, lower in zip(grid[::2], grid[1::2], strict=True)
    ]
