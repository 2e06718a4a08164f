"""Which versions each model has: a row each in the database, beside the folder that holds it.

Functions take the connection of a transaction. The folder is written first and the row second, so a
row without a folder means that the folder was lost, and a folder without a row was never listed.
"""

import json
import logging
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, func, select

from app.store import schema
from app.store.versions import MANIFEST, WRITING

log = logging.getLogger(__name__)

_versions, _models, _runs = schema.versions, schema.models, schema.runs


@dataclass(frozen=True)
class VersionRow:
    """`run` is None of a version that came with the install; `summary` is what lists show."""

    model: str
    version: int
    run: int | None
    by: str | None
    summary: Mapping[str, Any]
    created: float

    @property
    def shipped(self) -> bool:
        return self.run is None


def insert(
    c: Connection,
    model: str,
    version: int,
    summary: Mapping[str, Any],
    *,
    run: int | None = None,
    by: str | None = None,
    created: float | None = None,
) -> None:
    """Raises IntegrityError when the model has a version of this number."""
    c.execute(
        _versions.insert().values(
            model=model,
            version=version,
            run=run,
            by=by,
            summary=json.dumps(summary, ensure_ascii=False, allow_nan=False),
            created=time.time() if created is None else created,
        )
    )


def versions_of(c: Connection, model: str) -> list[VersionRow]:
    """Newest first."""
    asked = select(_versions).where(_versions.c.model == model)
    return [_row(row) for row in c.execute(asked.order_by(_versions.c.version.desc()))]


def find(c: Connection, model: str, version: int) -> VersionRow | None:
    here = (_versions.c.model == model) & (_versions.c.version == version)
    row = c.execute(select(_versions).where(here)).first()
    return _row(row) if row else None


def live_number(c: Connection, model: str) -> int | None:
    """The version that should answer, whether or not it can."""
    return c.execute(select(_models.c.live).where(_models.c.model == model)).scalar()


def next_number(c: Connection, model: str, folder: Path) -> int:
    """1 + the highest there ever was: also one that only a run or a folder remembers, in the folder
    of all versions."""
    known = [
        c.execute(select(func.max(table.c.version)).where(table.c.model == model)).scalar()
        for table in (_versions, _runs)
    ]
    left = [int(p.name) for p in (folder / model).glob("*") if p.name.isdecimal()]
    return 1 + max(0, live_number(c, model) or 0, *(number or 0 for number in known), *left)


def folder_of(row: VersionRow, made: Path, shipped: Path) -> Path:
    """Where a version lies: among those `made` here, or with the models that came along."""
    if row.shipped:
        return shipped / row.model / "versions" / str(row.version)
    return made / row.model / str(row.version)


def reconcile(c: Connection, folder: Path) -> None:
    """At the start: removes what a server that was killed had not listed yet.

    A version that nothing here knows of, as after going back to an older database, is left where it
    is. Rows are never removed; what they lack is found when they are loaded.
    """
    listed = {(row.model, str(row.version)) for row in c.execute(select(_versions))}
    for place in sorted(folder.glob("*/*")):
        if place.name.startswith(WRITING) or (
            place.name.isdecimal()
            and (place.parent.name, place.name) not in listed
            and _unfinished(c, place)
        ):
            log.warning("a version that was never finished is removed: %s", place)
            shutil.rmtree(place, ignore_errors=True)


def _unfinished(c: Connection, place: Path) -> bool:
    """Whether a run of ours wrote it and never came to say so."""
    try:
        run = json.loads((place / MANIFEST).read_bytes())["run"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    here = (_runs.c.run == run) & (_runs.c.model == place.parent.name)
    return c.execute(select(_runs.c.run).where(here, _runs.c.version.is_(None))).first() is not None


def _row(row: Row[Any]) -> VersionRow:
    told = json.loads(row.summary)
    return VersionRow(row.model, row.version, row.run, row.by, told, row.created)
