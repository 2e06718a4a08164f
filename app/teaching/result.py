"""What a trainer hands back: a folder that is there whole or not at all."""

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from app.durable import sync
from app.store.versions import Array
from app.teaching import record
from app.teaching.study import Studied
from app.vision.features import Table, pack
from app.vision.lesson import Settings

FOLDER = "result"
REFERENCE, SNAPSHOT = "reference.safetensors", "snapshot.safetensors"

_TOLD, _HEAD = "result.json", "head.safetensors"


class ResultDamaged(Exception):
    """The folder is not what a trainer writes."""


@dataclass(frozen=True, eq=False)
class Result:
    """`told` has labels, names, settings, data, temperature, cut and report."""

    told: dict[str, Any]
    arrays: dict[str, Array]
    reference: bytes
    snapshot: bytes


def write(
    folder: Path, task: Mapping[str, Any], settings: Settings, table: Table, studied: Studied
) -> None:
    aside = folder / f".{FOLDER}"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    data = record.about_data(table)
    data["splits"]["aside"] += task["aside"]
    told = {
        "labels": task["labels"],
        "names": task["names"],
        "settings": asdict(settings),
        "data": data,
        "temperature": studied.head.temperature,
        "cut": studied.cut,
        "report": studied.report,
    }
    head = {"weights": studied.head.weights, "bias": studied.head.bias}
    which = {"sha256": table.sha256, "label": table.label, "split": table.split}
    files = {
        _TOLD: record.dumps(told).encode(),
        _HEAD: save(head),
        REFERENCE: pack(*studied.reference),
        SNAPSHOT: save(
            {name: np.ascontiguousarray(column) for name, column in which.items()},
            {"labels": json.dumps(table.labels)},
        ),
    }
    for name, content in files.items():
        with (aside / name).open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    aside.rename(folder / FOLDER)
    sync(folder)


def read(folder: Path) -> Result:
    """Raises ResultDamaged."""
    place = folder / FOLDER
    try:
        told = json.loads((place / _TOLD).read_bytes())
        arrays = load((place / _HEAD).read_bytes())
        reference, snapshot = ((place / name).read_bytes() for name in (REFERENCE, SNAPSHOT))
    except (OSError, ValueError, SafetensorError) as error:
        raise ResultDamaged(str(error)) from error
    return Result(told, arrays, reference, snapshot)
