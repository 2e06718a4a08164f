"""The models there are, each with its live version ready to answer."""

import csv
import json
import logging
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from app import resources
from app.catalogue.loading import Source, adjusted, load_version, read_classifier, renamed
from app.errors import Problem
from app.store import models, registry
from app.store.choices import Choices
from app.store.models import StoredModel
from app.vision.classifier import Classifier, Label
from app.vision.head import Head
from app.vision.network import Network

__all__ = ["FLOWERS", "IMAGENET", "Catalogue", "Degraded", "load", "load_shipped", "load_version"]

log = logging.getLogger(__name__)

FLOWERS, IMAGENET = "flowers", "imagenet"


class Degraded(NamedTuple):
    """A model whose live version cannot answer, why (the code of a problem), and which earlier
    version does so in its place, if any."""

    model: str
    live: int
    code: str
    answers: int | None


class Catalogue:
    """Live classifiers by model name, in the order they are shown; ImageNet's comes last.

    A change puts another table in the old one's place, so whoever reads sees all of it or nothing.
    """

    def __init__(
        self, taught: Sequence[Classifier], imagenet: Classifier, degraded: Sequence[Degraded] = ()
    ) -> None:
        self._taught = {one.model: one for one in taught}
        self._imagenet = imagenet
        self._changing = threading.Lock()
        self.degraded = tuple(degraded)

    def __iter__(self) -> Iterator[Classifier]:
        yield from self._taught.values()
        yield self._imagenet

    def find(self, model: str) -> Classifier | None:
        """None of a model without a live version."""
        return self._imagenet if model == IMAGENET else self._taught.get(model)

    @property
    def imagenet(self) -> Classifier:
        """Knows a thousand everyday things, so it can say what an unknown photo looks like."""
        return self._imagenet

    def swap(self, classifier: Classifier) -> None:
        """Puts a version live in one assignment; who is being answered keeps the old one."""
        with self._changing:
            self._taught = {**self._taught, classifier.model: classifier}
            self.degraded = tuple(d for d in self.degraded if d.model != classifier.model)

    def forget(self, model: str) -> None:
        """The model answers no more."""
        with self._changing:
            self._taught = {name: one for name, one in self._taught.items() if name != model}
            self.degraded = tuple(d for d in self.degraded if d.model != model)

    def rename(self, stored: StoredModel) -> None:
        """Answers bear the names that the model and its labels have now."""
        with self._changing:
            before = self._taught.get(stored.model)
            if before is not None:
                self._taught = {**self._taught, stored.model: renamed(before, stored)}

    def adjust(self, model: str, chosen: Choices, cut: float | None) -> None:
        """It answers when people chose that it should, from the next photo on."""
        with self._changing:
            before = self._taught.get(model)
            if before is not None:
                self._taught = {**self._taught, model: adjusted(before, chosen, cut)}


def load(source: Source, network: Network) -> Catalogue:
    """Every model of the database that has a live version, and ImageNet.

    Where the live version cannot answer, the newest sound one before it does.
    """
    with source.database.read() as c:
        known = models.all_models(c)
    taught, degraded = [], []
    for model in known:
        if model.live is None:
            continue
        try:
            taught.append(load_version(source, model.model, model.live))
        except Problem as problem:
            instead = _newest_sound(source, model.model, model.live)
            taught += [instead] if instead else []
            answers = instead.version if instead else None
            degraded.append(Degraded(model.model, model.live, problem.code, answers))
            log.warning("%s: version %d cannot answer (%s), %s does",
                        model.model, model.live, problem.code, answers or "none")  # fmt: skip
    return Catalogue(taught, _imagenet(network), degraded)


def load_shipped(network: Network) -> Catalogue:
    """What came along, where there is no database yet."""
    folder = resources.folder("models") / FLOWERS
    told = json.loads((folder / "model.json").read_text("utf-8"))
    live = folder / "versions" / str(told["live"])
    flowers = read_classifier(live, told["name"], {}, (told["model"], told["live"]))
    return Catalogue([flowers], _imagenet(network))


def _newest_sound(source: Source, model: str, before: int) -> Classifier | None:
    with source.database.read() as c:
        numbers = [row.version for row in registry.versions_of(c, model)]
    for number in numbers:
        if number < before:
            try:
                return load_version(source, model, number)
            except Problem:
                continue
    return None


def _imagenet(network: Network) -> Classifier:
    """The head is the network's own last layer."""
    file: Path = resources.folder("models") / IMAGENET / "labels.tsv"
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    labels = [
        Label(row["label"], {"en": row["en"], "nb": row["nb"]}, (row["wordnet"],)) for row in rows
    ]
    head = Head(network.head_weights, network.head_bias)
    if len(labels) != head.bias.size:
        raise ValueError(f"{len(labels)} labels for a head of {head.bias.size}")
    return Classifier(IMAGENET, {"en": "ImageNet", "nb": "ImageNet"}, 1, labels, head)
