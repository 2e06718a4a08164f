"""The models that came along stand in the database from the first start, ready to be taught more.

Their photos did not come along, only what is known of them: label, split, hashes, credit, and the
features, by which they are learned from and examined like any others.
"""

import csv
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from app import resources
from app.naming import same_key
from app.store import images, kept, models, registry
from app.store.kept import Row
from app.store.models import StoredLabel
from app.store.store import Store
from app.store.versions import read_version
from app.teaching import record
from app.teaching.folder import Known
from app.vision.features import SPLITS, Table
from app.vision.splits import bands


def seed(store: Store) -> None:
    """At every start: what is missing of the shipped models is put in its place. What people made
    of them since stays. Raises VersionDamaged or TableDamaged when the install is not whole."""
    for told in sorted(resources.folder("models").glob("*/model.json")):
        folder = told.parent
        table = Table.load((folder / "features.safetensors").read_bytes())
        with store.database.read() as c:
            there = models.find(c, folder.name, removed=True) is not None
        if not there:
            live = json.loads(told.read_text("utf-8"))["live"]
            with store.database.write() as c:
                _enter(c, folder, table, live)
        _keep_features(store, table)


def _enter(c: Connection, folder: Path, table: Table, live: int) -> None:
    known = Known.read(folder / "labels.toml")
    labels = [
        StoredLabel(label.slug, same_key(label.name["en"]), label.name, label.aliases)
        for label in known.labels
    ]
    models.create(c, known.model, known.name, labels, shipped=True)
    images.insert(c, list(_photos(known.model, folder, table)))
    stored = read_version(folder / "versions" / str(live))
    report = json.loads(stored.documents["report.json"])
    created = datetime.fromisoformat(stored.manifest["created"]).timestamp()
    summary = record.summary(stored.manifest, report)
    registry.insert(c, known.model, live, summary, created=created)
    models.set_live(c, known.model, live)


def _photos(model: str, folder: Path, table: Table) -> Iterator[dict[str, Any]]:
    """Lines of photos.tsv stand in the order of the features."""
    with (folder / "photos.tsv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file, delimiter="\t"))
    for at, line in enumerate(lines):
        hash_ = int(table.hash[at])
        yield {
            "model": model,
            "sha256": line["sha256"],
            "label": table.labels[table.label[at]],
            "split": SPLITS[table.split[at]],
            "reason": None,
            "group": int(table.group[at]),
            "hash": hash_,
            "bands": bands(hash_),
            "width": None,
            "height": None,
            "bytes": None,
            "filename": line["file"].rpartition("/")[2],
            "source": "shipped",
            "present": False,
            "credit_by": line["photographer"] or None,
            "credit_link": line["page"] or None,
        }


def _keep_features(store: Store, table: Table) -> None:
    """They are derived, and may have been deleted."""
    names = [digest.tobytes().hex() for digest in table.sha256]
    there = store.kept.get(kept.PLAIN, names)
    missing = {
        name: Row(table.rows[at], float(table.scales[at]))
        for at, name in enumerate(names)
        if name not in there
    }
    if missing:
        store.kept.put(kept.PLAIN, missing)
