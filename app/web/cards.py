"""Model cards as the API tells them, and as files to hand on."""

from dataclasses import asdict
from typing import Any

from app.teaching import card, provenance
from app.teaching.examining import Examined
from app.texts import Texts

FACTS = ("created", "labels", "settings", "data", "backbone", "temperature")
"""What the manifest says, in the order in which it is told."""


def card_json(told: Examined, t: Texts) -> dict[str, Any]:
    """The sentences of the card, and the numbers behind them."""
    made, exam = provenance.card_of(told, t.language), told.report["exam"]
    crossed = told.report.get("cross_validation")
    keys = ("right", "of", "share", "low", "high", "folds")
    calibrated = exam["calibration"]["after"]
    return {
        "model": told.row.model,
        "version": told.row.version,
        **asdict(made),
        "facts": {
            **{name: told.manifest[name] for name in FACTS},
            "accuracy": exam["accuracy"],
            "by_label": exam["labels"],
            "cross_validation": {key: crossed[key] for key in keys} if crossed else None,
            "calibration": {key: calibrated[key] for key in ("error", "by_chance")},
            "unknown": exam["unknown"],
        },
        "licences": [
            {**asdict(one), "name": t(f"card.licence.{one.part}")}
            for one in provenance.origin(told).parts
        ],
    }


def markdown_of(told: Examined, t: Texts) -> str:
    return card.markdown(provenance.card_of(told, t.language))


def file_name(told: Examined, t: Texts) -> str:
    return f"{told.row.model}-{told.row.version}.{t.language}.md"
