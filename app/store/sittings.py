"""How often each version sat an exam: once for every set of sealed photos that it was scored on.

Functions take the connection of a transaction.
"""

import time
from typing import NamedTuple

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from app.store import schema

_sittings = schema.sittings


class Sitting(NamedTuple):
    tests_sha256: str
    created: float


def note(
    c: Connection, model: str, version: int, tests_sha256: str, created: float | None = None
) -> None:
    """The same photos under the same labels count once."""
    when = time.time() if created is None else created
    values = {"model": model, "version": version, "tests_sha256": tests_sha256, "created": when}
    c.execute(insert(_sittings).values(**values).on_conflict_do_nothing())


def of(c: Connection, model: str, version: int) -> list[Sitting]:
    """In their order."""
    columns = (_sittings.c.tests_sha256, _sittings.c.created)
    here = (_sittings.c.model == model) & (_sittings.c.version == version)
    asked = select(*columns).where(here).order_by(_sittings.c.created)
    return [Sitting(*row) for row in c.execute(asked)]
