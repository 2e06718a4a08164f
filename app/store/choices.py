"""When a model answers and when it rather does not, as people set it, and what that makes of the
cut of each version.

Functions take the connection of a transaction.
"""

import time
from dataclasses import dataclass

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from app.store import schema

_choices, _cuts = schema.choices, schema.cuts


@dataclass(frozen=True)
class Choices:
    """`coverage` is the share of validation photos that must lie within the cut for unknown, None
    where it is as versions were made; scores below `threshold` are not answered."""

    coverage: float | None = None
    threshold: float = 0.0


def find(c: Connection, model: str) -> Choices:
    columns = (_choices.c.coverage, _choices.c.threshold)
    row = c.execute(select(*columns).where(_choices.c.model == model)).first()
    return Choices(*row) if row else Choices()


def put(c: Connection, model: str, chosen: Choices) -> None:
    values = {"coverage": chosen.coverage, "threshold": chosen.threshold, "updated": time.time()}
    c.execute(
        insert(_choices)
        .values(model=model, **values)
        .on_conflict_do_update(index_elements=[_choices.c.model], set_=values)
    )


def cut_of(c: Connection, model: str, version: int, coverage: float | None) -> float | None:
    """The cut of a version for this coverage, None where it was not worked out."""
    here = (_cuts.c.model == model) & (_cuts.c.version == version)
    asked = select(_cuts.c.cut).where(here, _cuts.c.coverage == coverage)
    return c.execute(asked).scalar() if coverage is not None else None


def put_cut(c: Connection, model: str, version: int, coverage: float, cut: float) -> None:
    values = {"coverage": coverage, "cut": cut}
    c.execute(
        insert(_cuts)
        .values(model=model, version=version, **values)
        .on_conflict_do_update(index_elements=[_cuts.c.model, _cuts.c.version], set_=values)
    )
