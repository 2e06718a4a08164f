"""Answers kept for a day, for requests that are sent again because their answer was lost."""

import time
from dataclasses import dataclass

from sqlalchemy import Connection, and_, delete, insert, select

from app.store.schema import idempotency

KEPT_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Answered:
    """How a request was answered; `body_sha256` is of what was asked, `body` of JSON."""

    body_sha256: str
    status: int
    body: str
    location: str | None


def find(connection: Connection, route: str, key: str, now: float | None = None) -> Answered | None:
    """The answer to an earlier request with this key, if it was given within a day."""
    since = (time.time() if now is None else now) - KEPT_SECONDS
    table = idempotency.c
    this = and_(table.route == route, table.key == key, table.created > since)
    columns = (table.body_sha256, table.status, table.body, table.location)
    row = connection.execute(select(*columns).where(this)).first()
    return Answered(*row) if row else None


def keep(
    connection: Connection, route: str, key: str, answered: Answered, now: float | None = None
) -> None:
    """Call it in the transaction that did what was asked: both are kept, or neither. What is older
    than a day goes."""
    now = time.time() if now is None else now
    drop_old(connection, now)
    values = {**vars(answered), "route": route, "key": key, "created": now}
    connection.execute(insert(idempotency).values(values))


def drop_old(connection: Connection, now: float | None = None) -> int:
    """How many were older than a day."""
    since = (time.time() if now is None else now) - KEPT_SECONDS
    gone = connection.execute(delete(idempotency).where(idempotency.c.created <= since))
    return gone.rowcount
