"""The photos of a model's dataset: which label, group and split each has, and where it came from.

Functions take the connection of a transaction. Photos of a label that was removed, and photos that
were removed themselves, keep their rows: near-copies of them still land where they lay.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, bindparam, func, select, union, update

from app.store import schema
from app.store.models import touch

_images, _labels, _holds = schema.images, schema.labels, schema.holds
_PORTION = 500

BANDS = 5

# Asked for every photo that comes, so they are put together once: that takes longer than answering.
_FIND = select(_images).where(
    _images.c.model == bindparam("model"), _images.c.sha256 == bindparam("sha256")
)
_NEAR = select(_images.c.number, _images.c.hash).where(
    _images.c.number.in_(
        union(
            *(
                select(_images.c.number).where(
                    _images.c.model == bindparam("model"),
                    _images.c[f"band{at}"] == bindparam(f"band{at}"),
                )
                for at in range(BANDS)
            )
        )
    )
)  # SQLite would read the whole table for the five joined by OR


@dataclass(frozen=True)
class Image:
    """`number` grows with arrival; `hash` is the perceptual hash, 64 bits; sizes in pixels and
    bytes, None where the photo was never here."""

    number: int
    model: str
    sha256: str
    label: str
    split: str
    reason: str | None
    group: int
    hash: int
    width: int | None
    height: int | None
    bytes: int | None
    filename: str
    source: str
    present: bool
    credit_by: str | None
    credit_link: str | None
    added: float
    removed: float | None


class Placed(NamedTuple):
    """What learning must know of a photo. `hash` is the perceptual hash."""

    sha256: str
    label: str
    split: str
    group: int
    present: bool
    hash: int


def insert(c: Connection, images: Sequence[Mapping[str, Any]]) -> None:
    """Each a mapping of the table's columns, `bands` in place of band0 to band4. Call
    `models.touch` when all are in."""
    now = time.time()
    rows = [{"added": now, "credit_by": None, "credit_link": None, **_stored(i)} for i in images]
    if rows:
        c.execute(_images.insert(), rows)


def find(c: Connection, model: str, sha256: str) -> Image | None:
    """Also one that was removed."""
    row = c.execute(_FIND, {"model": model, "sha256": sha256}).first()
    return _image(row) if row else None


def find_many(c: Connection, model: str, sha256s: Sequence[str]) -> dict[str, Image]:
    found = {}
    for portion in _portions(sha256s):
        for row in c.execute(_of(model).where(_images.c.sha256.in_(portion))):
            found[row.sha256] = _image(row)
    return found


def page(
    c: Connection,
    model: str,
    *,
    label: str | None = None,
    split: str | None = None,
    removed: bool = False,
    before: int | None = None,
    limit: int = 50,
) -> list[Image]:
    """Newest first, those that arrived before the number `before`. Photos of labels that were
    removed are not among them."""
    gone = _images.c.removed.is_not(None) if removed else _here()
    asked = _of(model).where(gone, _images.c.label.in_(_known(model)))
    if label is not None:
        asked = asked.where(_images.c.label == label)
    if split is not None:
        asked = asked.where(_images.c.split == split)
    if before is not None:
        asked = asked.where(_images.c.number < before)
    return [_image(r) for r in c.execute(asked.order_by(_images.c.number.desc()).limit(limit))]


def stream(c: Connection, model: str) -> Iterator[Placed]:
    """Every photo that counts: not removed, nor its label, in the order of SHA-256."""
    here = (_images.c.model == model) & _here() & _images.c.label.in_(_known(model))
    columns = [_images.c[name] for name in Placed._fields]
    asked = select(*columns).where(here).order_by(_images.c.sha256)
    for row in c.execution_options(yield_per=5000).execute(asked):
        yield Placed(*row)._replace(hash=row.hash % (1 << 64))


def counts(c: Connection, model: str) -> dict[str, dict[str, int]]:
    """How many photos each label has in each split."""
    columns = (_images.c.label, _images.c.split)
    asked = select(*columns, func.count()).where(_images.c.model == model, _here())
    found: dict[str, dict[str, int]] = {}
    for label, split, count in c.execute(asked.group_by(*columns)):
        found.setdefault(label, {})[split] = count
    return found


def counts_of(c: Connection, model: str, label: str) -> dict[str, int]:
    """The same of one label."""
    here = (_images.c.model == model) & (_images.c.label == label) & _here()
    asked = select(_images.c.split, func.count()).where(here).group_by(_images.c.split)
    return {split: count for split, count in c.execute(asked)}


def groups(c: Connection, model: str) -> dict[str, int]:
    """How many groups of near-duplicates each label has among the photos that are not set aside."""
    groups = func.count(func.distinct(_images.c.group))
    asked = select(_images.c.label, groups).where(
        _images.c.model == model, _here(), _images.c.split != "aside"
    )
    return {label: count for label, count in c.execute(asked.group_by(_images.c.label))}


def near(c: Connection, model: str, bands: Sequence[int]) -> list[tuple[int, int]]:
    """Number and hash of those whose hash agrees in at least one of its five parts: with large
    datasets many, of which few are alike."""
    asked = {f"band{at}": value for at, value in enumerate(bands)}
    found = c.execute(_NEAR, {"model": model, **asked})
    return [(number, hash_ % (1 << 64)) for number, hash_ in found]


def by_number(c: Connection, numbers: Sequence[int]) -> list[Image]:
    asked = select(_images).where(_images.c.number.in_(numbers))
    return [_image(row) for row in c.execute(asked)] if numbers else []


def members(c: Connection, model: str, group: int) -> list[Image]:
    return [_image(row) for row in c.execute(_of(model).where(_images.c.group == group))]


def of_label(c: Connection, model: str, label: str) -> list[str]:
    """Their SHA-256, in the order of arrival, without those that were removed."""
    here = (_images.c.model == model) & (_images.c.label == label) & _here()
    return list(
        c.execute(select(_images.c.sha256).where(here).order_by(_images.c.number)).scalars()
    )


def next_group(c: Connection, model: str) -> int:
    asked = select(func.max(_images.c.group)).where(_images.c.model == model)
    last = c.execute(asked).scalar()
    return 0 if last is None else int(last) + 1


def regroup(c: Connection, model: str, groups: Sequence[int], into: int) -> None:
    here = (_images.c.model == model) & _images.c.group.in_(groups)
    c.execute(update(_images).where(here).values(group=into))
    held = (_holds.c.model == model) & _holds.c.group.in_(groups)
    c.execute(update(_holds).where(held).values(group=into))


def relabel(c: Connection, model: str, sha256s: Sequence[str], label: str) -> None:
    _change(c, model, sha256s, label=label)


def set_removed(c: Connection, model: str, sha256s: Sequence[str], removed: bool) -> None:
    _change(c, model, sha256s, removed=time.time() if removed else None)


def place(
    c: Connection, model: str, sha256: str, split: str, reason: str | None, group: int
) -> None:
    _change(c, model, [sha256], split=split, reason=reason, group=group)


def set_present(c: Connection, image: Image, come: Mapping[str, Any]) -> None:
    """A photo that was known by its features alone has come, perhaps in another encoding: then
    `come` has another SHA-256 and hash, and the row is that photo's from now on."""
    values = {key: value for key, value in _stored(come).items() if key != "source"}
    values |= {"present": True, "removed": None}
    c.execute(update(_images).where(_images.c.number == image.number).values(**values))


def known_anywhere(c: Connection, sha256s: Sequence[str]) -> set[str]:
    """Those that some model still has a row for."""
    found: set[str] = set()
    for portion in _portions(sha256s):
        asked = select(_images.c.sha256).where(_images.c.sha256.in_(portion), _images.c.present)
        found.update(c.execute(asked).scalars())
    return found


def group_of_hold(c: Connection, model: str, hold: str) -> int | None:
    asked = select(_holds.c.group).where(_holds.c.model == model, _holds.c.hold == hold)
    return c.execute(asked).scalar()


def remember_hold(c: Connection, model: str, hold: str, group: int) -> None:
    c.execute(_holds.insert().values(model=model, hold=hold, group=group))


def _of(model: str) -> Select[Any]:
    return select(_images).where(_images.c.model == model)


def _known(model: str) -> Select[Any]:
    return select(_labels.c.label).where(_labels.c.model == model, _labels.c.removed.is_(None))


def _here() -> Any:
    return _images.c.removed.is_(None)


def _change(c: Connection, model: str, sha256s: Sequence[str], **values: Any) -> None:
    for portion in _portions(sha256s):
        here = (_images.c.model == model) & _images.c.sha256.in_(portion)
        c.execute(update(_images).where(here).values(**values))
    touch(c, model)


def _portions(sha256s: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(sha256s), _PORTION):
        yield sha256s[start : start + _PORTION]


def _stored(image: Mapping[str, Any]) -> dict[str, Any]:
    """SQLite's whole numbers have a sign; the hash uses all 64 bits."""
    row = dict(image)
    row |= {f"band{at}": value for at, value in enumerate(row.pop("bands"))}
    row["hash"] = int(row["hash"]) - (1 << 64 if int(row["hash"]) >= 1 << 63 else 0)
    return row


def _image(row: Row[Any]) -> Image:
    found = {name: getattr(row, name) for name in Image.__dataclass_fields__}
    found["hash"] = row.hash % (1 << 64)
    return Image(**found)
