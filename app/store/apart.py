"""Pairs of photos that look like copies of one another, and of which someone said that they are two
different photos. Functions take the connection of a transaction.
"""

import time
from collections.abc import Collection
from itertools import combinations

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from app.store import schema

_apart = schema.apart

Pairs = set[tuple[str, str]]


def pairs_of(sha256s: Collection[str]) -> Pairs:
    """Each two of them, the lower one first."""
    return set(combinations(sorted(set(sha256s)), 2))


def put(c: Connection, model: str, sha256s: Collection[str]) -> None:
    for one, other in pairs_of(sha256s):
        values = {"model": model, "one": one, "other": other, "created": time.time()}
        c.execute(insert(_apart).values(**values).on_conflict_do_nothing())


def forget(c: Connection, model: str, sha256s: Collection[str]) -> None:
    for one, other in pairs_of(sha256s):
        here = (_apart.c.model == model) & (_apart.c.one == one) & (_apart.c.other == other)
        c.execute(delete(_apart).where(here))


def of(c: Connection, model: str) -> Pairs:
    asked = select(_apart.c.one, _apart.c.other).where(_apart.c.model == model)
    return {(one, other) for one, other in c.execute(asked)}
