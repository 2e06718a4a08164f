"""Imports as callers see them, told in one place for the API, its events, the pages and the command
line."""

import math
from collections.abc import Mapping
from typing import Any

from app import errors
from app.store.imports import RUNNING, Item, StoredImport
from app.teaching.importing import OTHER_LABEL, Progress
from app.texts import Texts
from app.web import problems
from app.web.runs import moment

OUTCOMES = ("added", "already-there", "set-aside", "refused", "ignored")


def import_json(
    job: StoredImport, counts: Mapping[str, int], progress: Progress | None, t: Texts
) -> dict[str, Any]:
    """`counts` are those that are written down; `progress` is that of one that runs now."""
    if job.state != RUNNING:
        progress = None
    counts = progress.counts if progress else counts
    left = progress.seconds_left if progress else None
    return {
        "import": job.number,
        "model": job.model,
        "state": job.state,
        "done": sum(counts.values()),
        "total": job.total,
        **{outcome.replace("-", "_"): counts.get(outcome, 0) for outcome in OUTCOMES},
        "seconds_left": None if left is None else math.ceil(left),
        "attempt": job.attempt,
        "created": moment(job.created),
        "finished": moment(job.finished),
        "problem": _problem(job, t),
    }


def item_json(item: Item, names: Mapping[str, Mapping[str, str]], t: Texts) -> dict[str, Any]:
    """What became of a file. `names` are those of the model's labels, by slug."""
    return {
        "file": item.file,
        "outcome": item.outcome,
        "label": item.label,
        "sha256": item.sha256,
        "reason": reason_of(item, names, t),
        "code": item.code,
    }


def reason_of(item: Item, names: Mapping[str, Mapping[str, str]], t: Texts) -> str | None:
    """Why a file's outcome is what it is, in a sentence; None where that needs no saying."""
    if item.code is None:
        return None
    params = item.params or {}
    if item.code == OTHER_LABEL:
        slug = str(params.get("label"))
        return t("reasons.other-label", label=names.get(slug, {}).get(t.language, slug))
    if item.outcome == "set-aside":
        return t(f"reasons.{item.code}")
    return problems.sentence(errors.written_down(item.code, params), t)


def _problem(job: StoredImport, t: Texts) -> dict[str, Any] | None:
    if job.problem is None:
        return None
    problem = errors.written_down(job.problem["code"], job.problem["params"])
    return problems.document(problem, t, f"imports/{job.number}")
