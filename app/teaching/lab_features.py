"""Makes what the lab's trainings learn from, besides the features that ship with the flowers.

    python -m app.teaching.lab_features FLOWER_PHOTOS models/lab

looks at some of the shipped photos through a network that has learned nothing, and at those that
are learned from also in further views through the trained one. It writes a file of features in 8
bits for each, and `flowers.json`, which says how they were made. Of each label the photos with the
lowest SHA-256 are taken, so the same photos give the same numbers; none of the exam's is.
"""

import argparse
import hashlib
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app import resources
from app.settings import Settings
from app.teaching import record
from app.teaching.looking import Looker
from app.vision import backbone, network, others, untrained, weights
from app.vision.engine import Engine, Floats
from app.vision.features import SPLITS, Split, Table, pack, quantise
from app.vision.recipe import RECIPE
from app.vision.views import PLAIN, Look

FORMAT = 1
MODEL = "flowers"
MANIFEST = "flowers.json"

EACH: Mapping[Split, int] = {"train": 80, "validation": 40}
"""Photos of each label, of each split."""

VIEWS = (replace(PLAIN, mirrored=True), Look(1, 0, 0))

HOW = (
    "of each label the {learn} photos to learn from and the {choose} to choose by with the "
    "lowest SHA-256, as far as they were there; features in 8 bits"
)


class Eyes(NamedTuple):
    """The network that was trained, and one like it that was not."""

    trained: Looker
    untrained: Looker


class PhotosMissing(Exception):
    """Not one of the shipped photos is there, or one cannot be looked at."""


def make(folder: Path, shipped: Path, out: Path, eyes: Eyes) -> int:
    """How many photos were looked at. `folder` has the photos, `shipped` the model's features.
    Raises PhotosMissing."""
    files = _by_digest(folder)
    table = _chosen(Table.load((shipped / "features.safetensors").read_bytes()), files)
    if not len(table):
        raise PhotosMissing(str(folder))
    paths = [files[digest.tobytes()] for digest in table.sha256]
    learned = table.count("train")
    seen = _features(eyes.untrained.first(paths, _tell))
    again = _features(eyes.trained.again(paths[:learned], VIEWS, _tell))
    out.mkdir(parents=True, exist_ok=True)
    manifest = {
        "format": FORMAT,
        "model": MODEL,
        "photos": len(table),
        "learned_from": learned,
        "licence": "CC BY 2.0",
        "credits": f"{MODEL}/photos.tsv",
        "made": HOW.format(learn=EACH["train"], choose=EACH["validation"]),
        "backbone": RECIPE.id,
        "seed": untrained.SEED,
        "untrained": _write(out / "untrained.safetensors", seen, table.sha256),
        "views": [
            {"look": look.name, **_write(out / f"{look.name}.safetensors", one, table.sha256)}
            for look, one in zip(VIEWS, again.transpose(1, 0, 2), strict=True)
        ],
    }
    (out / MANIFEST).write_text(record.dumps(manifest), "utf-8")
    return len(table)


def _by_digest(folder: Path) -> dict[bytes, Path]:
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return {hashlib.sha256(file.read_bytes()).digest(): file for file in files}


def _chosen(table: Table, files: Mapping[bytes, Path]) -> Table:
    """Those to learn from first."""
    there = table.take(np.array([digest.tobytes() in files for digest in table.sha256], bool))
    picked: list[NDArray[np.intp]] = []
    for split, each in EACH.items():
        of_split = there.split == SPLITS.index(split)
        for label in range(len(there.labels)):
            at = np.flatnonzero(of_split & (there.label == label))
            picked.append(at[others.lowest(there.sha256[at], each)])
    return there.take(np.concatenate(picked))


def _features(looked: Sequence[Any]) -> Floats:
    broken = [one for one in looked if isinstance(one, str)]
    if broken:
        raise PhotosMissing(", ".join(broken))
    return np.stack([one.features for one in looked])


def _write(file: Path, features: Floats, sha256: NDArray[np.uint8]) -> dict[str, str]:
    content = pack(*quantise(features), sha256=sha256[: len(features)])
    file.write_bytes(content)
    return {"file": file.name, "sha256": hashlib.sha256(content).hexdigest()}


def _tell(done: int, of: int) -> None:
    if done % 50 == 0 or done == of:
        sys.stderr.write(f"{done} of {of}\n")


def fresh_network() -> bytes:
    """The untrained network as a LiteRT file; making it takes some 15 seconds."""
    model = backbone.build(untrained.tensors(weights.read(weights.find())))
    return backbone.convert(model, backbone.SERVING)


def _open_eyes(settings: Settings) -> Eyes:
    made = network.prepare(settings.data / "derived", beforehand=settings.prepared)
    contents = (made.content, fresh_network())
    workers, limits = settings.parallel(), settings.limits()
    trained, not_trained = (Looker(Engine(one, workers), limits, workers) for one in contents)
    return Eyes(trained, not_trained)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser("python -m app.teaching.lab_features")
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    chosen = parser.parse_args(arguments)
    eyes = _open_eyes(Settings.from_environment())
    make(chosen.folder, resources.folder("models") / MODEL, chosen.out, eyes)
    return 0


if __name__ == "__main__":
    sys.exit(main())
