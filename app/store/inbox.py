"""Photos that wait for a label, kept apart from every dataset: given without one, or kept because
someone marked an answer about them.

Functions take the connection of a transaction. What has left or expired keeps its row until it is
swept, so that it can come back.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, Row, Select, func, select, update

from app.store import schema

_inbox = schema.inbox

Verdict = Literal["right", "wrong"]


class Mark(NamedTuple):
    """What someone said of an answer: the version that gave it, and the label, None for none."""

    verdict: Verdict
    version: int
    answer: str | None


@dataclass(frozen=True)
class Waiting:
    """`number` grows with arrival; sizes in pixels and bytes. `expires` is None of a photo that
    waits until it gets its label; `taught` says that it left for the dataset."""

    number: int
    model: str
    sha256: str
    width: int
    height: int
    bytes: int
    filename: str
    mark: Mark | None
    added: float
    expires: float | None
    removed: float | None
    taught: bool

    @property
    def here(self) -> bool:
        return self.removed is None and (self.expires is None or self.expires > time.time())


def find(c: Connection, model: str, sha256: str) -> Waiting | None:
    """Also one that has left or expired."""
    row = c.execute(_of(model).where(_inbox.c.sha256 == sha256)).first()
    return _waiting(row) if row else None


def insert(c: Connection, **columns: Any) -> None:
    c.execute(_inbox.insert().values(added=time.time(), taught=False, **columns))


def change(c: Connection, model: str, sha256: str, **columns: Any) -> None:
    here = (_inbox.c.model == model) & (_inbox.c.sha256 == sha256)
    c.execute(update(_inbox).where(here).values(**columns))


def page(
    c: Connection, model: str, *, marked: bool | None, before: int | None, limit: int
) -> list[Waiting]:
    """Newest first, those that arrived before the number `before`; only those with a mark, or
    only those without, unless `marked` is None."""
    asked = _of(model).where(_here())
    if marked is not None:
        asked = asked.where(_inbox.c.verdict.is_not(None) if marked else _inbox.c.verdict.is_(None))
    if before is not None:
        asked = asked.where(_inbox.c.number < before)
    rows = c.execute(asked.order_by(_inbox.c.number.desc()).limit(limit))
    return [_waiting(row) for row in rows]


def unmarked(c: Connection, model: str) -> list[Waiting]:
    """In the order of arrival, also those that have left: the others keep their places by them."""
    asked = _of(model).where(_inbox.c.verdict.is_(None)).order_by(_inbox.c.number)
    return [_waiting(row) for row in c.execute(asked)]


class Counts(NamedTuple):
    """How many wait: without a mark, and with one."""

    unmarked: int
    marked: int

    @property
    def total(self) -> int:
        return self.unmarked + self.marked


def counts(c: Connection, model: str) -> Counts:
    columns = (func.count(), func.count(_inbox.c.verdict))
    every, marked = c.execute(select(*columns).where(_inbox.c.model == model, _here())).one()
    return Counts(every - marked, marked)


def known(c: Connection, model: str, sha256s: Sequence[str]) -> set[str]:
    """Those of them that wait."""
    asked = select(_inbox.c.sha256).where(_inbox.c.model == model, _here())
    return set(c.execute(asked.where(_inbox.c.sha256.in_(sha256s))).scalars())


def _of(model: str) -> Select[Any]:
    return select(_inbox).where(_inbox.c.model == model)


def _here() -> Any:
    stays = _inbox.c.expires.is_(None) | (_inbox.c.expires > time.time())
    return _inbox.c.removed.is_(None) & stays


def _waiting(row: Row[Any]) -> Waiting:
    mark = Mark(row.verdict, row.version, row.answer) if row.verdict else None
    return Waiting(
        row.number, row.model, row.sha256, row.width, row.height, row.bytes, row.filename,
        mark, row.added, row.expires, row.removed, row.taught,
    )  # fmt: skip
