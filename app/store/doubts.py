"""Photos that someone looked at and left as they are: nobody is asked about them again while their
label stays. Functions take the connection of a transaction.
"""

import time
from collections.abc import Sequence

from sqlalchemy import Connection, delete, select

from app.store import schema

_kept = schema.doubts_kept


def keep(c: Connection, model: str, labels: dict[str, str]) -> None:
    """By SHA-256 the label under which each was looked at."""
    forget(c, model, list(labels))
    rows = [
        {"model": model, "sha256": sha256, "label": label, "created": time.time()}
        for sha256, label in labels.items()
    ]
    if rows:
        c.execute(_kept.insert(), rows)


def forget(c: Connection, model: str, sha256s: Sequence[str]) -> None:
    for sha256 in sha256s:
        c.execute(delete(_kept).where(_kept.c.model == model, _kept.c.sha256 == sha256))


def kept(c: Connection, model: str) -> dict[str, str]:
    """All of them, by SHA-256 the label that each had then."""
    asked = select(_kept.c.sha256, _kept.c.label).where(_kept.c.model == model)
    return {row.sha256: row.label for row in c.execute(asked)}
