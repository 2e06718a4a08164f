"""A trainer's result becomes a version, which goes live by itself unless it may be a step back.

It is listed under the run's lease only, and goes live after it was read back and has answered.
"""

import contextlib
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from app import errors, resources
from app.catalogue import Catalogue
from app.store import models, registry, runs
from app.store.registry import VersionRow
from app.store.runs import RUNNING, SUCCEEDED, Ended, StoredRun
from app.store.store import Store
from app.store.versions import VersionDamaged, read_version, write_version
from app.teaching import record, result
from app.teaching.examining import examine
from app.teaching.judging import Candidate, answers_of, judge
from app.teaching.live import go_live
from app.teaching.provenance import origin_of
from app.teaching.result import REFERENCE, SNAPSHOT, Result
from app.vision.head import Head
from app.vision.recipe import RECIPE


class LeaseLost(Exception):
    """The run was given up or taken over; what this attempt made counts for nothing."""


def accept(store: Store, catalogue: Catalogue, run: StoredRun, folder: Path) -> Ended:
    """Makes the version of a run and decides on it. The same run gives no second version, however
    often its result is accepted.

    Raises LeaseLost, ResultDamaged, or a Problem when the version cannot answer.
    """
    with store.database.read() as c:
        row = _made_by(c, run)
        live = registry.live_number(c, run.model)
        number = row.version if row else registry.next_number(c, run.model, store.folder.versions)
    if row is None:
        made = result.read(folder)
        verdict = judge(store, run.model, _candidate(made), _live(store, run.model, live), live)
        decision: dict[str, Any] = {
            "live": live,
            "waits": verdict.waits,
            "comparison": verdict.comparison,
        }
        _write(store, run, number, made, decision)
    else:
        decision = dict(row.summary["decision"])
    waits = decision["waits"]
    if not waits and live == decision["live"]:  # else someone chose meanwhile
        go_live(store, catalogue, run.model, number)
    for sat in (number, decision["live"]):
        _note_sitting(store, run.model, sat)
    with store.database.read() as c:
        went_live = registry.live_number(c, run.model) == number
    return Ended(SUCCEEDED, version=number, went_live=went_live, waits_because=waits)


def _note_sitting(store: Store, model: str, number: int | None) -> None:
    """Both were asked about the sealed photos of today. Their reports are ready to be read then."""
    if number is not None:
        with contextlib.suppress(errors.Problem):
            examine(store, model, number)


def _write(
    store: Store, run: StoredRun, number: int, made: Result, decision: Mapping[str, Any]
) -> None:
    """Folder first, row second; without a row it is taken away again."""
    told, report = made.told, made.told["report"]
    manifest = record.manifest(
        run.model, number, told["labels"], told["settings"], told["data"],
        told["temperature"], told["cut"],
    ) | {"run": run.run, "by": run.by, "decision": decision}  # fmt: skip
    documents: dict[str, str | bytes] = {
        **record.documents(manifest, report, told["names"], origin_of(run.model, report)),
        REFERENCE: made.reference,
        SNAPSHOT: made.snapshot,
    }
    place = store.folder.versions / run.model / str(number)
    write_version(place, manifest, made.arrays, documents)
    try:
        with store.database.write() as c:
            _check_lease(c, run)
            summary = record.summary(manifest, report)
            registry.insert(c, run.model, number, summary, run=run.run, by=run.by)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise


def _check_lease(c: Connection, run: StoredRun) -> None:
    now = runs.find(c, run.run)
    if now is None or (now.lease, now.state) != (run.lease, RUNNING):
        raise LeaseLost
    if models.find(c, run.model) is None:
        raise errors.ModelNotFound


def _made_by(c: Connection, run: StoredRun) -> VersionRow | None:
    """The version that an earlier attempt came to list before its server was gone."""
    every = registry.versions_of(c, run.model)
    return next((row for row in every if row.run == run.run), None)


def _candidate(made: Result) -> Candidate:
    told = made.told
    return _head_of(told["labels"], made.arrays, told["temperature"], told["report"])


def _live(store: Store, model: str, number: int | None) -> Candidate | None:
    """None when there is none, or it cannot answer: then anything sound is better."""
    with store.database.read() as c:
        row = registry.find(c, model, number) if number is not None else None
    if row is None:
        return None
    folder = registry.folder_of(row, store.folder.versions, resources.folder("models"))
    try:
        stored = read_version(folder)
        report = json.loads(stored.documents["report.json"])
    except (VersionDamaged, KeyError, ValueError):
        return None
    told = stored.manifest
    if told.get("backbone") != RECIPE.id:
        return None
    return _head_of(told["labels"], stored.arrays, told["temperature"], report)


def _head_of(
    labels: Sequence[Mapping[str, Any]],
    arrays: Mapping[str, Any],
    temperature: float,
    report: Mapping[str, Any],
) -> Candidate:
    head = Head(arrays["weights"], arrays["bias"], temperature)
    return Candidate({one["label"]: one["name"] for one in labels}, head, answers_of(report))
