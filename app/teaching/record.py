"""What is written down of a version: its manifest, its report, its cards, and a short summary."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from app.teaching import card
from app.teaching.card import Origin
from app.texts import LANGUAGES
from app.vision import exam
from app.vision.calibration import COVERAGE, NEIGHBOURS
from app.vision.features import SPLITS, Table
from app.vision.recipe import RECIPE

Json = Mapping[str, Any]


def manifest(
    model: str,
    version: int,
    labels: Sequence[Json],
    settings: Json,
    data: Json,
    temperature: float,
    cut: float,
) -> dict[str, Any]:
    """`labels` each with label, name by language and aliases; `data` as `about_data` tells it."""
    return {
        "model": model,
        "version": version,
        "backbone": RECIPE.id,
        "labels": [dict(label) for label in labels],
        "settings": dict(settings),
        "seed": settings["seed"],
        "data": dict(data),
        "temperature": temperature,
        "unknown": {"neighbours": NEIGHBOURS, "cut": cut, "coverage": COVERAGE},
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def about_data(table: Table) -> dict[str, Any]:
    return {
        "fingerprint": table.fingerprint(),
        "photos": len(table),
        "splits": {split: table.count(split) for split in SPLITS},
    }


def documents(told: Json, report: Json, names: Json, origin: Origin) -> dict[str, str]:
    """The report and a card in each language, by file name. `names` are the model's."""
    written = {"report.json": dumps(report)}
    for language in LANGUAGES:
        made = card.write(language, told, report, names, origin)
        written[f"card.{language}.md"] = card.markdown(made)
    return written


def summary(told: Json, report: Json) -> dict[str, Any]:
    """What lists of versions show, without opening a version's folder."""
    return {
        "settings": told["settings"],
        "seed": told["seed"],
        "labels": [{"label": one["label"], "name": one["name"]} for one in told["labels"]],
        "data": told["data"],
        "exam": exam.in_short(report),
        "decision": told.get("decision"),
    }


def dumps(value: Json) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
