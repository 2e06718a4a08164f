"""A folder of real photos with faults planted in it, and what they are."""

import hashlib
import io
import random
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

WRONG = ("glass", "plastic")
"""Labels of which one photo in twenty bears the other's."""

SPARSE = "trash"
FEW = 8

_SHARE = 0.05
_TORN = 3
_COPIES = 40


@dataclass
class Faulty:
    """`files` by path within the zip. By SHA-256: `swapped` has the right label of each photo that
    bears a wrong one, `torn` that of each that bears two, `copies` the original of each poor copy.
    `spare` are photos of the label with too few."""

    files: dict[str, bytes] = field(default_factory=dict)
    swapped: dict[str, str] = field(default_factory=dict)
    torn: dict[str, str] = field(default_factory=dict)
    copies: dict[str, str] = field(default_factory=dict)
    spare: list[Path] = field(default_factory=list)


def plant(photos: Path) -> Faulty:
    """Of a folder with one sub-folder a label. Always the same faults."""
    chance, faulty = random.Random(5), Faulty()
    for folder in sorted(path for path in photos.iterdir() if path.is_dir()):
        files = sorted(folder.glob("*.jpg"))
        if folder.name == SPARSE:
            files, faulty.spare = files[:FEW], files[FEW:]
        wrong = chance.sample(files, round(_SHARE * len(files))) if folder.name in WRONG else []
        for file in files:
            content = file.read_bytes()
            label = folder.name
            if file in wrong:
                faulty.swapped[digest(content)] = label
                label = WRONG[1 - WRONG.index(label)]
            faulty.files[f"{label}/{file.name}"] = content
        if folder.name == "metal":
            _copy(faulty, chance.sample(files, _COPIES))
        if folder.name == "paper":
            _tear(faulty, chance.sample(files, _TORN), "paper", "cardboard")
    return faulty


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _copy(faulty: Faulty, originals: list[Path]) -> None:
    """Saved much smaller and badly, as pictures come back from a chat."""
    for original in originals:
        with Image.open(original) as photo:
            out = io.BytesIO()
            photo.resize((photo.width // 2, photo.height // 2)).save(out, "JPEG", quality=40)
        faulty.files[f"metal/again-{original.name}"] = out.getvalue()
        faulty.copies[digest(out.getvalue())] = digest(original.read_bytes())


def _tear(faulty: Faulty, originals: list[Path], right: str, wrong: str) -> None:
    for original in originals:
        faulty.files[f"{wrong}/also-{original.name}"] = original.read_bytes()
        faulty.torn[digest(original.read_bytes())] = right
