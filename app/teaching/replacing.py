"""Photos of a dataset are placed anew where what is near to them is not what it was.

That holds two promises: near-copies never lie in two splits, so that the exam asks about nothing
that was learned from; and photos that are used never contradict each other.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from app.store import images
from app.store.images import Image
from app.store.kept import PLAIN, Kept
from app.teaching.ledger import MovingLedger
from app.vision.features import Bytes
from app.vision.splits import Arrival, Reason, Splitter

TRAIN_ONLY = frozenset({"teach"})
"""Sources whose photos never enter the exam: they were taught out of an answer."""

_PORTION = 500


def settle(c: Connection, kept: Kept, model: str, sha256s: Sequence[str]) -> None:
    """Photos whose label changed, or that came back. Each stays in its split, unless a near-copy
    contradicts it or lies in another split: then it is set aside. One that was set aside joins the
    others when nothing speaks against it any more."""
    for start in range(0, len(sha256s), _PORTION):
        portion = sha256s[start : start + _PORTION]
        found = images.find_many(c, model, portion)
        rows = kept.get(PLAIN, portion)
        for sha256 in portion:
            if sha256 in rows:  # else it stays where it is until its features are made again
                _settle(c, kept, found[sha256], rows[sha256].row)


def settle_aside(
    c: Connection, kept: Kept, model: str, groups: Iterable[int], reason: Reason | None = None
) -> None:
    """Those that were set aside in these groups, for this reason if one is given."""
    for group in sorted(set(groups)):
        aside = [
            image.sha256
            for image in images.members(c, model, group)
            if image.split == "aside" and image.removed is None and reason in (None, image.reason)
        ]
        settle(c, kept, model, aside)


def _settle(c: Connection, kept: Kept, image: Image, row: Bytes) -> None:
    ledger = MovingLedger(c, kept, image)
    arrival = Arrival(image.sha256, image.label, image.hash, row)
    if image.split == "aside" or _in_doubt(image, ledger.copies(arrival)):
        Splitter(ledger).place(arrival, train_only=image.source in TRAIN_ONLY)


def _in_doubt(image: Image, copies: Sequence[Image]) -> bool:
    used = [one for one in copies if one.split != "aside"]
    return any(one.split != image.split or one.label != image.label for one in used)
