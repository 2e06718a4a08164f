"""A version becomes a classifier: read, checked, named as people name it now, and tried out."""

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import numpy as np

from app import errors, resources
from app.store import choices, models, registry
from app.store.choices import Choices
from app.store.database import Database
from app.store.folder import DataFolder
from app.store.models import StoredLabel, StoredModel
from app.store.versions import StoredVersion, VersionDamaged, read_version
from app.vision import exam
from app.vision.classifier import Classifier, Label
from app.vision.engine import Floats
from app.vision.features import Table, TableDamaged, restore, unpack
from app.vision.head import Head, Reference
from app.vision.recipe import FEATURES, RECIPE

log = logging.getLogger(__name__)

REFERENCE, REPORT = "reference.safetensors", "report.json"

_TRIED = 8  # rows that a version must answer before it is trusted


class Source(Protocol):
    """Where versions are: a Store, or what reads beside one."""

    @property
    def folder(self) -> DataFolder: ...

    @property
    def database(self) -> Database: ...


def load_version(source: Source, model: str, number: int) -> Classifier:
    """Any version of a model, ready to answer, with its labels named as the database names them
    and answering when people chose that it should.

    Raises ModelNotFound, VersionNotFound, ModelCorrupt or ModelIncompatible.
    """
    with source.database.read() as c:
        stored = models.find(c, model)
        row = registry.find(c, model, number)
        labels = named(models.labels_of(c, model, removed=True))
        chosen = stored.choices if stored else Choices()
        cut = choices.cut_of(c, model, number, chosen.coverage)
    if stored is None:
        raise errors.ModelNotFound
    if row is None:
        raise errors.VersionNotFound(version=number)
    folder = registry.folder_of(row, source.folder.versions, resources.folder("models"))
    made = read_classifier(folder, stored.names, labels, (model, number))
    return adjusted(made, chosen, cut)


def adjusted(classifier: Classifier, chosen: Choices, cut: float | None) -> Classifier:
    """The same version answering when it should; without a `cut` its own stays."""
    reference = classifier.reference
    if reference is not None and cut is not None:
        reference = replace(reference, cut=cut)
    return replace(classifier, reference=reference, threshold=chosen.threshold)


def read_classifier(
    folder: Path,
    names: Mapping[str, str],
    labels: Mapping[str, Label],
    expected: tuple[str, int],
) -> Classifier:
    """The version in a folder, which must be that of the `expected` model and number. A label that
    is not among `labels` keeps the name it was taught under. Raises ModelCorrupt or
    ModelIncompatible."""
    try:
        stored = read_version(folder)
        made = stored.manifest
        if (made["model"], made["version"]) != expected:
            raise VersionDamaged(f"this is version {made['version']} of {made['model']}")
        if made["backbone"] != RECIPE.id:
            raise errors.ModelIncompatible(version=expected[1], backbone=made["backbone"])
        return _classifier(stored, _reference_rows(stored, folder), names, labels)
    except (VersionDamaged, TableDamaged, ValueError, KeyError, TypeError) as error:
        log.warning("version %d of %s is damaged: %s", expected[1], expected[0], error)
        raise errors.ModelCorrupt(version=expected[1]) from error


def renamed(classifier: Classifier, stored: StoredModel) -> Classifier:
    """The same version under the names that model and labels have now."""
    now = named(stored.labels)
    labels = [now.get(label.slug, label) for label in classifier.labels]
    return replace(classifier, names=stored.names, labels=labels)


def named(labels: Iterable[StoredLabel]) -> dict[str, Label]:
    return {one.label: Label(one.label, one.names, tuple(one.aliases)) for one in labels}


def _classifier(
    stored: StoredVersion,
    rows: Floats,
    names: Mapping[str, str],
    labels: Mapping[str, Label],
) -> Classifier:
    made, unknown = stored.manifest, stored.manifest["unknown"]
    head = Head(stored.arrays["weights"], stored.arrays["bias"], made["temperature"])
    reference = Reference.of(rows, unknown["cut"], unknown["neighbours"])
    _try_out(head, reference, rows[:_TRIED])
    taught = [Label(one["label"], one["name"], tuple(one["aliases"])) for one in made["labels"]]
    return Classifier(
        made["model"],
        names,
        made["version"],
        [labels.get(label.slug, label) for label in taught],
        head,
        reference,
        exam.in_short(json.loads(stored.documents[REPORT])),
    )


def _reference_rows(stored: StoredVersion, folder: Path) -> Floats:
    """The features by which it tells what is unknown. What came along has them in its dataset,
    beside the folder of versions."""
    if REFERENCE in stored.documents:
        found = unpack(stored.documents[REFERENCE])
        return restore(found["rows"], found["scales"])
    try:
        table = Table.load((folder.parents[1] / "features.safetensors").read_bytes())
    except OSError as error:
        raise VersionDamaged(f"its features cannot be read: {error}") from error
    if table.fingerprint() != stored.manifest["data"]["fingerprint"]:
        raise VersionDamaged("the features beside it are not those it was taught with")
    return table.of("train").features()


def _try_out(head: Head, reference: Reference, rows: Floats) -> None:
    """Raises VersionDamaged unless photos that it knows get scores that add up."""
    if head.weights.shape[0] != FEATURES or not len(rows) or not np.isfinite(reference.cut):
        raise VersionDamaged("it cannot answer: weights, features or cut are missing")
    scores, distances = head.scores(rows), reference.distances(rows)
    if not np.isfinite(distances).all() or not np.allclose(scores.sum(axis=1), 1):
        raise VersionDamaged("its answers do not add up")
