"""What the trainings of the lab learn from: photos of the flowers that came along, as numbers.

Each photo is there as the trained network sees it, as one that has learned nothing sees it, and
those to learn from also in further views (`python -m app.teaching.lab_features` makes these).
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from app import resources
from app.vision.features import Table, TableDamaged, unpack

FOLDER, MANIFEST = "lab", "flowers.json"

Columns = dict[str, NDArray[Any]]


def content() -> bytes:
    """As safetensors: `rows`, `scales`, `label`, `split` and the other columns of a Table, those to
    learn from first; `untrained_rows` and `untrained_scales`; of the photos to learn from
    `view_1_rows` and so on. Raises TableDamaged when the install is not whole."""
    models = resources.folder("models")
    told = json.loads((models / FOLDER / MANIFEST).read_text("utf-8"))
    fresh = _read(models / FOLDER, told["untrained"])
    table = _of(models / told["model"], fresh["sha256"])
    columns = {
        **{name: getattr(table, name) for name in ("rows", "scales", "label", "split", "group")},
        **_named("untrained", fresh),
    }
    for number, view in enumerate(told["views"], 1):
        columns |= _named(f"view_{number}", _read(models / FOLDER, view))
    whole = {name: np.ascontiguousarray(column) for name, column in columns.items()}
    return save(whole, {"labels": json.dumps(table.labels)})


def photos() -> Mapping[str, int]:
    """How many there are to `learn` from, and how many to `choose` by."""
    models = resources.folder("models")
    told = json.loads((models / FOLDER / MANIFEST).read_text("utf-8"))
    return {"learn": told["learned_from"], "choose": told["photos"] - told["learned_from"]}


def _read(folder: Path, told: Mapping[str, str]) -> Columns:
    found = (folder / told["file"]).read_bytes()
    if hashlib.sha256(found).hexdigest() != told["sha256"]:
        raise TableDamaged(f"{told['file']} is not what its manifest says")
    return unpack(found)


def _of(model: Path, sha256: NDArray[np.uint8]) -> Table:
    """These photos of the shipped ones, in this order."""
    table = Table.load((model / "features.safetensors").read_bytes())
    at = {digest.tobytes(): place for place, digest in enumerate(table.sha256)}
    try:
        return table.take(np.array([at[digest.tobytes()] for digest in sha256]))
    except KeyError as error:
        raise TableDamaged("a photo of the lab is not among those that ship") from error


def _named(name: str, columns: Columns) -> Columns:
    return {f"{name}_{part}": columns[part] for part in ("rows", "scales")}
