"""A trained model on disk: model.json, features, the table of its photos, and its first version."""

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from app.store.versions import Array, write_version
from app.teaching import record
from app.teaching.folder import Credit, Known, PhotoFile
from app.teaching.provenance import of_known
from app.vision.features import Table
from app.vision.splits import Placement

FORMAT = 1
MODEL, FEATURES, PHOTOS = "model.json", "features.safetensors", "photos.tsv"

_COLUMNS = ("sha256", "file", "label", "split", "flickr_id", "photographer", "page")


def write_model(
    out: Path,
    known: Known,
    table: Table,
    photos: str,
    manifest: Mapping[str, Any],
    arrays: Mapping[str, Array],
    report: Mapping[str, Any],
) -> Path:
    """Writes all of a model to `out` and returns its version's folder. model.json comes last, so
    a folder without one was not finished."""
    place = out / "versions" / str(manifest["version"])
    documents = record.documents(manifest, report, known.name, of_known(known, report))
    write_version(place, manifest, arrays, documents)
    features = table.save()
    (out / FEATURES).write_bytes(features)
    (out / PHOTOS).write_text(photos, "utf-8")
    model = {
        "format": FORMAT,
        "model": known.model,
        "name": dict(known.name),
        "live": manifest["version"],
        "features": {"file": FEATURES, "sha256": hashlib.sha256(features).hexdigest()},
    }
    (out / MODEL).write_text(record.dumps(model), "utf-8")
    return place


def photos_table(
    photos: Sequence[tuple[PhotoFile, str]],
    placements: Mapping[str, Placement],
    credits: Mapping[str, Credit],
) -> str:
    """One line a photo (file and SHA-256), in the order of the features; tab-separated."""
    out = io.StringIO()
    lines = csv.writer(out, delimiter="\t", lineterminator="\n")
    lines.writerow(_COLUMNS)
    for photo, sha256 in photos:
        credit = credits.get(photo.name)
        number = photo.path.stem.split("_")[0]
        who = (number, credit.by, credit.link) if credit else ("", "", "")
        lines.writerow((sha256, photo.name, photo.label, placements[sha256].split, *who))
    return out.getvalue()
