"""How an import ends, and how that is written down."""

from typing import NamedTuple

from sqlalchemy import Connection

from app import errors
from app.durable import disk_is_full
from app.errors import Problem
from app.store import imports
from app.store.imports import CANCELLED, FAILED, StoredImport, Told


class Ended(NamedTuple):
    """Without a state it is to be tried again, and the attempt counts or not."""

    state: str | None
    problem: Problem | None = None
    counts: bool = True


def ended_by(error: Exception) -> Ended | None:
    """None for what should not happen, and perhaps will not the next time."""
    if isinstance(error, errors.ModelNotFound):
        return Ended(CANCELLED)  # removed meanwhile
    if isinstance(error, FileNotFoundError):
        return Ended(FAILED, errors.ImportCutOff())
    if isinstance(error, Problem):
        return Ended(FAILED, error)
    return Ended(FAILED, errors.InsufficientStorage()) if disk_is_full(error) else None


def write_end(c: Connection, job: StoredImport, ended: Ended) -> None:
    if ended.state is None:
        imports.requeue(c, job.number, counts=ended.counts)
    else:
        imports.finish(c, job.number, ended.state, told(ended.problem))


def close_cut_off(c: Connection) -> None:
    """Those that a command ran which is gone. Call it when nothing runs."""
    for job in imports.unfinished(c):
        if not job.archive:
            write_end(c, job, Ended(FAILED, errors.ImportCutOff()))


def told(problem: Problem | None) -> Told | None:
    """A problem as it is written down."""
    return {"code": errors.name_of(problem), "params": problem.params} if problem else None
