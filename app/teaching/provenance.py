"""Where what a version learned from is known to be from, and the card that says so."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from app import resources
from app.teaching import card
from app.teaching.card import Card, Origin
from app.teaching.examining import Examined
from app.teaching.folder import Known
from app.teaching.licences import BLOMST, NETWORK, Part
from app.texts import Language
from app.vision import others

Json = Mapping[str, Any]

_KNOWN = "labels.toml"


def card_of(told: Examined, language: Language) -> Card:
    """As it was at the end of the training, in the words of today."""
    return card.write(language, told.manifest, told.report, told.model.names, origin(told))


def origin(told: Examined) -> Origin:
    return origin_of(told.row.model, told.report, whole=told.row.shipped)


def origin_of(model: str, report: Json, *, whole: bool = False) -> Origin:
    """Of a version of the model. `whole`: all that it learned from came along."""
    file = resources.folder("models") / model / _KNOWN
    return of_known(Known.read(file) if file.is_file() else None, report, whole=whole)


def of_known(known: Known | None, report: Json, *, whole: bool = True) -> Origin:
    """What is written down by hand of the data, where anything is."""
    sets = report["exam"]["unknown"].get("others", {})
    parts = [BLOMST, NETWORK]
    if known is not None and known.data is not None:
        parts.append(known.data)
    parts += [one for one in _of_sets(resources.folder("models")) if one.part in sets]
    return Origin(known.about if known else {}, parts, whole)


def _of_sets(models: Path) -> Iterator[Part]:
    """What versions are held against, each under the name of its set."""
    for file in sorted((models / others.FOLDER).glob("*.json")):
        manifest = json.loads(file.read_text("utf-8"))
        yield Part(file.stem, manifest["licence"], manifest["source"])
    for file in sorted(models.glob(f"*/{_KNOWN}")):
        known = Known.read(file)
        if known.data is not None:
            yield replace(known.data, part=known.model)
