"""What in a dataset wants a look: copies, doubtful labels, photos like no other, broken files."""

from dataclasses import asdict
from typing import Any

from app.teaching.eyes import Tell
from app.teaching.inspected import Inspected
from app.vision import copies, curation

_DOUBTS = 1000  # nobody looks through more in one go
_PAIRS = 1000


def care(photos: Inspected, tell: Tell) -> dict[str, Any]:
    """Photos by their SHA-256, each list with what wants a look most at its head."""
    table = photos.table
    names = [digest.tobytes().hex() for digest in table.sha256]
    tell("copies", done=0, total=3)
    pairs = copies.pairs(table)
    leak = copies.leak(table, pairs) if pairs else None
    tell("doubts", done=1, total=3)
    doubts = [one for one in curation.doubts(table, _DOUBTS) if one.label != one.suggested]
    tell("strays", done=2, total=3)
    return {
        "photos": photos.total,
        "copies": [_named(asdict(one), names, "one", "other") for one in pairs[:_PAIRS]],
        "leak": asdict(leak) if leak else None,
        "doubts": [_named(asdict(one), names, "at") for one in doubts],
        "odd": [_named(asdict(one), names, "at") for one in curation.strays(table)],
        "unreadable": dict(photos.unreadable),
        "labels": list(table.labels),
    }


def _named(told: dict[str, Any], names: list[str], *places: str) -> dict[str, Any]:
    """With the photo's hash in place of its number."""
    called = {"at": "sha256"}
    return {called.get(k, k): names[v] if k in places else v for k, v in told.items()}
