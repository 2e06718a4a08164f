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

TRANSFERRED = (
    ("few", 10, {"trained": 57, "untrained": 24}),
    ("some", 50, {"trained": 78, "untrained": 24}),
    ("all", 400, {"trained": 88, "untrained": 27}),
)
"""What the chapter on transfer learning measures when its page first trains: a size, how many
photos, and what per cent it has right of photos that were not learned from."""

OVERFITTED = {
    "a": {
        "losses": (0.98, 0.67, 0.77, 0.85, 0.91, 0.94, 0.96, 0.97, 0.98, 0.98, 0.99),
        "least": 0.67, "epoch": 4, "last": 0.99, "train": 0.00, "learned": 100, "right": 77,
    },
    "b": {
        "losses": (0.78, 0.37, 0.36, 0.39, 0.42, 0.44, 0.45, 0.46, 0.46, 0.46, 0.46),
        "least": 0.35, "epoch": 8, "last": 0.46, "train": 0.00, "learned": 100, "right": 89,
    },
}  # fmt: skip
"""What the chapter on overfitting measures when its page first trains, on 50 photos and on all:
the validation loss after epochs 1, 5, 10 and so on to 50, the lowest and when, and the end."""
