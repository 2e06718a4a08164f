"""Trainings that wait, run or are over, in the order they were asked for.

A run is tried once or more. Each attempt has a lease, and what comes of it counts only as long as
the lease is the run's own: a trainer that was given up cannot write any more.

Functions take the connection of a transaction.
"""

import json
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from app.store import schema

_runs = schema.runs

QUEUED, RUNNING = "queued", "running"
SUCCEEDED, FAILED, CANCELLED = "succeeded", "failed", "cancelled"
OVER = (SUCCEEDED, FAILED, CANCELLED)

Told = Mapping[str, Any]
"""A code and the params of its sentence, as a Problem has them."""


@dataclass(frozen=True)
class StoredRun:
    """`attempt` counts from 1 once it began. `by` is the id of a key, or says that none was asked
    for."""

    run: int
    model: str
    state: str
    settings: Mapping[str, Any]
    attempt: int
    lease: str | None
    fingerprint: str | None
    version: int | None
    went_live: bool | None
    waits_because: Sequence[Told]
    problem: Told | None
    by: str | None
    created: float
    started: float | None
    finished: float | None


@dataclass(frozen=True)
class Ended:
    """What came of a run."""

    state: str
    version: int | None = None
    went_live: bool | None = None
    waits_because: Sequence[Told] = field(default_factory=tuple)
    problem: Told | None = None


def create(c: Connection, model: str, settings: Mapping[str, Any], by: str | None) -> StoredRun:
    """A new run at the end of the queue."""
    values = {"model": model, "state": QUEUED, "settings": json.dumps(dict(settings)), "by": by}
    made = c.execute(_runs.insert().values(**values, attempt=0, created=time.time()))
    (number,) = made.inserted_primary_key or (0,)
    found = find(c, number)
    assert found is not None
    return found


def find(c: Connection, run: int) -> StoredRun | None:
    row = c.execute(select(_runs).where(_runs.c.run == run)).first()
    return _run(row) if row else None


def page(
    c: Connection, model: str, *, before: int | None = None, limit: int = 50
) -> list[StoredRun]:
    """A model's runs, newest first, those that were made before the run `before`."""
    asked = select(_runs).where(_runs.c.model == model)
    if before is not None:
        asked = asked.where(_runs.c.run < before)
    return [_run(row) for row in c.execute(asked.order_by(_runs.c.run.desc()).limit(limit))]


def unfinished(c: Connection, model: str | None = None) -> list[StoredRun]:
    """Those that wait or run, oldest first: of one model or of all."""
    asked = select(_runs).where(_runs.c.state.in_((QUEUED, RUNNING)))
    if model is not None:
        asked = asked.where(_runs.c.model == model)
    return [_run(row) for row in c.execute(asked.order_by(_runs.c.run))]


def count_unfinished(c: Connection) -> int:
    asked = select(func.count()).where(_runs.c.state.in_((QUEUED, RUNNING)))
    return int(c.execute(asked).scalar() or 0)


def last_succeeded(c: Connection, model: str) -> StoredRun | None:
    """The run that the model's newest version came of."""
    here = (_runs.c.model == model) & (_runs.c.state == SUCCEEDED)
    row = c.execute(select(_runs).where(here).order_by(_runs.c.version.desc()).limit(1)).first()
    return _run(row) if row else None


def claim(c: Connection) -> StoredRun | None:
    """The oldest run that waits, now running under a new lease."""
    waiting = select(_runs).where(_runs.c.state == QUEUED).order_by(_runs.c.run).limit(1)
    row = c.execute(waiting).first()
    if row is None:
        return None
    values = {
        "state": RUNNING,
        "attempt": row.attempt + 1,
        "lease": f"{row.attempt + 1}-{secrets.token_hex(8)}",
        "started": time.time(),
    }
    c.execute(update(_runs).where(_runs.c.run == row.run).values(**values))
    return find(c, row.run)


def note_fingerprint(c: Connection, run: int, lease: str, fingerprint: str) -> bool:
    """Which data the attempt learns from. False when the lease is no longer the run's."""
    return _change(c, run, lease, fingerprint=fingerprint)


def requeue(c: Connection, run: int, lease: str, *, counts: bool) -> bool:
    """Back into the queue; `counts` tells whether the attempt was one of the three."""
    found = find(c, run)
    attempt = found.attempt if found else 0
    return _change(c, run, lease, state=QUEUED, attempt=attempt if counts else attempt - 1)


def finish(c: Connection, run: int, lease: str, ended: Ended) -> bool:
    """False, and nothing is written, when the lease is no longer the run's."""
    return _change(
        c, run, lease,
        state=ended.state, version=ended.version, went_live=ended.went_live,
        waits_because=json.dumps([dict(each) for each in ended.waits_because]),
        problem=json.dumps(dict(ended.problem)) if ended.problem else None,
        finished=time.time(),
    )  # fmt: skip


def cancel_queued(c: Connection, run: int) -> bool:
    """False when it does not wait (any more)."""
    here = (_runs.c.run == run) & (_runs.c.state == QUEUED)
    values = {"state": CANCELLED, "finished": time.time()}
    return bool(c.execute(update(_runs).where(here).values(**values)).rowcount)


def _change(c: Connection, run: int, lease: str, **values: Any) -> bool:
    here = (_runs.c.run == run) & (_runs.c.lease == lease) & (_runs.c.state == RUNNING)
    return bool(c.execute(update(_runs).where(here).values(**values)).rowcount)


def _run(row: Row[Any]) -> StoredRun:
    found = {name: getattr(row, name) for name in StoredRun.__dataclass_fields__}
    found["settings"] = json.loads(row.settings)
    found["waits_because"] = tuple(json.loads(row.waits_because or "[]"))
    found["problem"] = json.loads(row.problem) if row.problem else None
    return StoredRun(**found)
