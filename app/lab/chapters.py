"""The chapters of the lab, in the lecture's order.

What a chapter needs to be one: an entry here, `templates/lab/<slug>.html` on top of
`lab/chapter.html`, its sentences in `texts/*/lab/<slug>.toml` (those under [words] reach its
scripts), and `static/js/lab/<slug>.js`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.lab.grids import COUNTED, DIAGONALS, PATTERNS, pool, slide
from app.lab.material import photos
from app.lab.numbers import ASKED, FLATS, LINES, OVERFITTED, TRANSFERRED
from app.resources import folder
from app.vision.lesson import Settings
from app.vision.stages import shapes


@dataclass(frozen=True)
class Chapter:
    """One idea. `place` is where it is met in Blomst, `sources` the files that do it for real,
    `facts` what its page draws and its script computes with, `answers` which of the lecture's seven
    questions it helps to answer, `minutes` how long a teacher gives it."""

    slug: str
    answers: int
    minutes: int
    place: str
    sources: tuple[str, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)


_FLATS = {"flats": FLATS, "lines": LINES, "asked": ASKED}
_CONVOLUTION = {
    "picture": DIAGONALS,
    "patterns": PATTERNS,
    "maps": [slide(DIAGONALS, pattern) for pattern in PATTERNS],
}
_POOLING = {"map": COUNTED, "pooled": pool(COUNTED)}
_TRAINING = "/models/flowers#train"
_USUAL = {name: getattr(Settings(), name) for name in ("learning_rate", "epochs", "l2", "dropout")}
_TRANSFER = {"settings": {**_USUAL, "seed": 1}, "photos": photos(), "measured": TRANSFERRED}
_OVERFITTING = {"rate": 0.005, "epochs": 100, "photos": photos(), "measured": OVERFITTED}

CHAPTERS = (
    Chapter("models", 1, 3, "/models", ("app/vision/head.py",), _FLATS),
    Chapter("cost", 2, 4, _TRAINING, ("app/vision/training.py",), _FLATS),
    Chapter("training", 3, 5, _TRAINING, ("app/vision/training.py",), _FLATS),
    Chapter("neurons", 4, 6, "/models/flowers", ("app/vision/backbone.py",), _FLATS),
    Chapter("images", 5, 2, "/", ("app/vision/decode.py", "app/vision/pixels.py")),
    Chapter("classification", 5, 4, "/", ("app/vision/classifier.py",)),
    Chapter("convolution", 5, 4, "/", ("app/vision/backbone.py",), _CONVOLUTION),
    Chapter("pooling", 5, 2, "/", ("app/vision/backbone.py",), _POOLING),
    Chapter("architecture", 5, 4, "/", ("app/vision/inside.py",), {"stages": shapes()}),
    Chapter("transfer", 6, 4, "/models", ("app/vision/training.py",), _TRANSFER),
    Chapter(
        "overfitting", 7, 5, _TRAINING,
        ("app/vision/course.py", "app/vision/training.py"), _OVERFITTING,
    ),
    Chapter("workshop", 7, 2, "/docs", ("app/lab/notebook.py", "app/cli.py")),
)  # fmt: skip

QUESTIONS = range(1, 8)
"""The lecture's questions; their sentences are numbered in the texts."""


def written() -> list[Chapter]:
    """The chapters that have their page."""
    pages = folder("templates") / "lab"
    return [chapter for chapter in CHAPTERS if (pages / f"{chapter.slug}.html").is_file()]
