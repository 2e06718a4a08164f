"""Versions as the API and the pages tell them."""

import json
from collections.abc import Mapping
from typing import Any

from app import errors, resources
from app.store import registry
from app.store.registry import VersionRow
from app.store.store import Store
from app.store.versions import VersionDamaged, read_version
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


def read_report(store: Store, row: VersionRow, language: str) -> tuple[dict[str, Any], str]:
    """A version's report and its card. Raises ModelCorrupt when its folder is not sound."""
    folder = registry.folder_of(row, store.folder.versions, resources.folder("models"))
    try:
        documents: Mapping[str, Any] = read_version(folder).documents
        report: dict[str, Any] = json.loads(documents["report.json"])
        card = documents[f"card.{language}.md"]
    except (VersionDamaged, KeyError, ValueError) as error:
        raise errors.ModelCorrupt(version=row.version) from error
    return report, card.decode() if isinstance(card, bytes) else str(card)
