"""The lecture's own numbers. Pages draw from them and scripts compute with them."""

FLATS = (
    (72, 5_127_379), (50, 4_552_170), (45, 4_486_654), (62, 5_709_276), (53, 4_634_912),
    (81, 8_388_570), (44, 4_828_170), (78, 7_557_770), (37, 4_016_520), (73, 6_572_351),
)  # fmt: skip
"""Ten flats: size in square metres, price in kroner."""

LINES = ((3_500_000, 30_000), (6_000_000, 0), (706_495, 82_031), (3_000_000, 45_000))
"""Bias and weight of the lines that the lecture compares."""

ASKED = 78
"""Square metres of the flat whose price is asked for."""
