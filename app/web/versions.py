"""Versions as the API and the pages tell them."""

from typing import Any

from app.store.registry import VersionRow
from app.teaching.judging import why_it_waits
from app.texts import Texts
from app.web.runs import moment


def version_json(row: VersionRow, live: int | None, t: Texts) -> dict[str, Any]:
    """`live` is the number of the version that is."""
    told = row.summary
    decision = told.get("decision") or {}
    names = {
        one["label"]: one["name"].get(t.language) or one["name"]["en"] for one in told["labels"]
    }
    return {
        "version": row.version,
        "model": row.model,
        "created": moment(row.created),
        "by": row.by,
        "run": row.run,
        "settings": told["settings"],
        "seed": told["seed"],
        "labels": [{"label": label, "name": name} for label, name in names.items()],
        "data": told["data"],
        "exam": told["exam"],
        "live": row.version == live,
        "waits_because": why_it_waits(decision.get("waits", ()), t),
        "comparison": decision.get("comparison"),
    }
