"""Imports that wait, run or are over, and what became of each of their files.

Functions take the connection of a transaction, so that outcomes can be written together with the
photos that they are about.
"""

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Row, func, select, update

from app.store import schema

_imports, _items = schema.imports, schema.import_items

QUEUED, RUNNING = "queued", "running"
SUCCEEDED, FAILED, CANCELLED = "succeeded", "failed", "cancelled"
OVER = (SUCCEEDED, FAILED, CANCELLED)

Outcome = Literal["added", "already-there", "set-aside", "refused", "ignored"]

Told = Mapping[str, Any]
"""A code and the params of its sentence, as a Problem has them."""


@dataclass(frozen=True)
class StoredImport:
    """`label` is that of all photos, where it was given. `archive` is a file name within the folder
    of imports; "" for one that reads from somewhere else and cannot go on by itself. `attempt`
    counts from 1 once it began."""

    number: int
    model: str
    label: str | None
    state: str
    archive: str
    total: int
    attempt: int
    problem: Told | None
    created: float
    finished: float | None


@dataclass(frozen=True)
class Item:
    """What became of one file. `item` tells it from the other files of its import, `file` is its
    path to show, `label` that of its folder; `code` and `params` are the reason's."""

    item: int
    file: str
    outcome: Outcome
    label: str | None = None
    sha256: str | None = None
    code: str | None = None
    params: Mapping[str, Any] | None = None


def create(
    c: Connection, model: str, *, archive: str = "", label: str | None = None, total: int = 0
) -> StoredImport:
    """A new import at the end of the queue."""
    made = c.execute(
        _imports.insert().values(
            model=model, label=label, state=QUEUED, archive=archive, total=total, attempt=0,
            created=time.time(),
        )
    )  # fmt: skip
    (number,) = made.inserted_primary_key or (0,)
    found = find(c, number)
    assert found is not None
    return found


def came_twice(c: Connection, model: str) -> dict[str, list[tuple[str, str]]]:
    """Photos that came as more than one file, by SHA-256: label and path of each file. The same
    archive twice says nothing new."""
    columns = (_items.c.sha256, _items.c.label, _items.c.file)
    of_model = _items.join(_imports, _imports.c["import"] == _items.c["import"])
    several = (
        select(_items.c.sha256)
        .select_from(of_model)
        .where(_imports.c.model == model, _items.c.sha256.is_not(None))
        .group_by(_items.c.sha256)
        .having(func.count(func.distinct(_items.c.file)) > 1)
    )
    asked = (
        select(*columns)
        .select_from(of_model)
        .where(_imports.c.model == model, _items.c.sha256.in_(several))
        .order_by(_items.c["import"], _items.c.item)
    )
    found: dict[str, dict[tuple[str, str], str]] = {}
    for sha256, label, file in c.execute(asked):
        name = file.replace("\\", "/").rpartition("/")[2]
        found.setdefault(sha256, {}).setdefault((label or "", name), file)
    return {
        sha256: [(label, file) for (label, _), file in files.items()]
        for sha256, files in found.items()
        if len(files) > 1
    }


def find(c: Connection, number: int) -> StoredImport | None:
    row = c.execute(select(_imports).where(_imports.c["import"] == number)).first()
    return _import(row) if row else None


def page(
    c: Connection, model: str, *, before: int | None = None, limit: int = 50
) -> list[StoredImport]:
    """A model's imports, newest first, those that were made before the number `before`."""
    asked = select(_imports).where(_imports.c.model == model)
    if before is not None:
        asked = asked.where(_imports.c["import"] < before)
    order = _imports.c["import"].desc()
    return [_import(row) for row in c.execute(asked.order_by(order).limit(limit))]


def unfinished(c: Connection) -> list[StoredImport]:
    """Those that wait or run, oldest first; when nothing runs yet: those a crash cut short."""
    asked = select(_imports).where(_imports.c.state.in_((QUEUED, RUNNING)))
    return [_import(row) for row in c.execute(asked.order_by(_imports.c["import"]))]


def next_queued(c: Connection) -> StoredImport | None:
    """The one that has waited longest for the server."""
    waiting = (_imports.c.state == QUEUED) & (_imports.c.archive != "")
    row = c.execute(select(_imports).where(waiting).order_by(_imports.c["import"]).limit(1)).first()
    return _import(row) if row else None


def begin(c: Connection, number: int) -> bool:
    """Another attempt at it. False when it does not wait (any more)."""
    return _change(c, number, (QUEUED,), state=RUNNING, attempt=_imports.c.attempt + 1)


def requeue(c: Connection, number: int, *, counts: bool) -> bool:
    """Back to where it waits; `counts` tells whether the attempt was one of those it has. False
    when it did not run."""
    attempt = _imports.c.attempt if counts else _imports.c.attempt - 1
    return _change(c, number, (RUNNING,), state=QUEUED, attempt=attempt)


def finish(c: Connection, number: int, state: str, problem: Told | None = None) -> bool:
    """False when it is over already."""
    told = json.dumps(dict(problem)) if problem else None
    return _change(c, number, (QUEUED, RUNNING), state=state, problem=told, finished=time.time())


def add_items(c: Connection, number: int, items: Iterable[Item]) -> None:
    rows = [
        {**vars(item), "import": number, "params": json.dumps(dict(item.params or {}))}
        for item in items
    ]
    if rows:
        c.execute(_items.insert(), rows)


def items_done(c: Connection, number: int) -> set[int]:
    """Those that have an outcome."""
    asked = select(_items.c.item).where(_items.c["import"] == number)
    return set(c.execute(asked).scalars())


def counts(c: Connection, numbers: Sequence[int]) -> dict[int, dict[str, int]]:
    """How many files had each outcome, by import."""
    columns = (_items.c["import"], _items.c.outcome)
    asked = select(*columns, func.count()).where(_items.c["import"].in_(numbers))
    found: dict[int, dict[str, int]] = {number: {} for number in numbers}
    for number, outcome, count in c.execute(asked.group_by(*columns)):
        found[number][outcome] = count
    return found


def report(
    c: Connection, number: int, *, outcome: str | None = None, after: int = -1, limit: int = 50
) -> list[Item]:
    """Those behind the item `after`, in their order."""
    asked = select(_items).where(_items.c["import"] == number, _items.c.item > after)
    if outcome is not None:
        asked = asked.where(_items.c.outcome == outcome)
    return [_item(row) for row in c.execute(asked.order_by(_items.c.item).limit(limit))]


def cancel_queued(c: Connection, number: int) -> bool:
    """False when it does not wait (any more)."""
    return _change(c, number, (QUEUED,), state=CANCELLED, finished=time.time())


def _change(c: Connection, number: int, states: Sequence[str], **values: Any) -> bool:
    here = (_imports.c["import"] == number) & _imports.c.state.in_(states)
    return bool(c.execute(update(_imports).where(here).values(**values)).rowcount)


def _import(row: Row[Any]) -> StoredImport:
    told = row._mapping
    problem = json.loads(row.problem) if row.problem else None
    return StoredImport(
        told["import"], row.model, row.label, row.state, row.archive, row.total, row.attempt,
        problem, row.created, row.finished,
    )  # fmt: skip


def _item(row: Row[Any]) -> Item:
    return Item(
        row.item, row.file, row.outcome, row.label, row.sha256, row.code, json.loads(row.params)
    )
