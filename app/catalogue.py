"""The models there are, each with its live version ready to answer."""

import csv
from collections.abc import Iterator
from pathlib import Path

from app.vision.classifier import Classifier, Label
from app.vision.head import Head
from app.vision.network import Network

IMAGENET = "imagenet"


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
    return Catalogue([_imagenet(models / IMAGENET, network)])


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
