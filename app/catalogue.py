"""The models there are, each with its live version ready to answer."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

from app.store.versions import read_version
from app.vision.classifier import Classifier, Label
from app.vision.features import Table
from app.vision.head import Head, Reference
from app.vision.network import Network
from app.vision.recipe import RECIPE

FLOWERS, IMAGENET = "flowers", "imagenet"


class ModelUnusable(Exception):
    """A model's files do not belong together; nothing it says could be trusted."""


class Catalogue:
    """Live classifiers by model name, in the order they are shown."""

    def __init__(self, classifiers: list[Classifier]) -> None:
        self._live = {c.model: c for c in classifiers}

    def __iter__(self) -> Iterator[Classifier]:
        return iter(self._live.values())

    def find(self, model: str) -> Classifier | None:
        return self._live.get(model)

    @property
    def imagenet(self) -> Classifier:
        """Knows a thousand everyday things, so it can say what an unknown photo looks like."""
        return self._live[IMAGENET]


def load(models: Path, network: Network) -> Catalogue:
    """The shipped models. The ImageNet head is the network's own last layer."""
    return Catalogue([_taught(models / FLOWERS), _imagenet(models / IMAGENET, network)])


def _taught(folder: Path) -> Classifier:
    """A model with features of its own photos, and versions trained on them.

    Raises VersionDamaged or TableDamaged when a file is not as it was written, and ModelUnusable
    when its parts are of different make.
    """
    model = json.loads((folder / "model.json").read_text("utf-8"))
    stored = read_version(folder / "versions" / str(model["live"]))
    made, unknown = stored.manifest, stored.manifest["unknown"]
    table = Table.load((folder / "features.safetensors").read_bytes())
    if made["backbone"] != RECIPE.id:
        raise ModelUnusable(f"{folder.name} was taught with another network: {made['backbone']}")
    if table.fingerprint() != made["data"]["fingerprint"]:
        raise ModelUnusable(f"the features of {folder.name} are not those it was taught with")
    return Classifier(
        model["model"],
        model["name"],
        made["version"],
        [Label(each["label"], each["name"], tuple(each["aliases"])) for each in made["labels"]],
        Head(stored.arrays["weights"], stored.arrays["bias"], made["temperature"]),
        Reference.of(table.of("train").features(), unknown["cut"], unknown["neighbours"]),
        json.loads((folder / "versions" / str(model["live"]) / "report.json").read_bytes())["exam"],
    )


def _imagenet(folder: Path, network: Network) -> Classifier:
    with (folder / "labels.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    labels = [
        Label(row["label"], {"en": row["en"], "nb": row["nb"]}, (row["wordnet"],)) for row in rows
    ]
    head = Head(network.head_weights, network.head_bias)
    if len(labels) != head.bias.size:
        raise ValueError(f"{len(labels)} labels for a head of {head.bias.size}")
    return Classifier(IMAGENET, {"en": "ImageNet", "nb": "ImageNet"}, 1, labels, head)
