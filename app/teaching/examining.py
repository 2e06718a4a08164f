"""A version's exam on today's sealed photos, worked out when it is asked for and kept until the
photos change. What is kept can be made again; how often each version sat an exam is counted."""

import hashlib
import json
import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from app import errors, resources
from app.catalogue.loading import read_classifier
from app.store import choices, images, registry, sittings
from app.store.images import Placed
from app.store.models import StoredModel
from app.store.registry import VersionRow
from app.store.sittings import Sitting
from app.store.store import Store
from app.store.versions import StoredVersion, VersionDamaged, read_version
from app.teaching import scoring
from app.teaching.models import teachable
from app.teaching.scoring import Asked, Scored
from app.teaching.sealed import Sealed, Then, fingerprint, first_tests, read_then, sealed
from app.vision import exam, others, statistics
from app.vision.calibration import COVERAGE
from app.vision.comparison import ENOUGH
from app.vision.recipe import RECIPE

log = logging.getLogger(__name__)

FORMAT = 2
"""Raised when what was kept would be misread."""

EXAM, FOLDS = "exam", "cross-validation"


@dataclass(frozen=True, eq=False)
class Examined:
    """`manifest` and `report` are as they were written at the end of the training;
    `scored` is None for a version of another network, whose features are not kept. `cut` and
    `coverage` are those under which it would answer now. `truth` has the label of every photo that
    counts today."""

    model: StoredModel
    row: VersionRow
    manifest: Mapping[str, Any]
    report: Mapping[str, Any]
    scored: Scored | None
    cut: float
    coverage: float
    truth: Mapping[str, str]
    sittings: Sequence[Sitting]

    @property
    def labels(self) -> list[str]:
        return [one["label"] for one in self.row.summary["labels"]]

    @property
    def exam(self) -> Mapping[str, Any]:
        """That of today, else the one at the end of the training."""
        told: Mapping[str, Any] = self.scored.exam if self.scored else self.report["exam"]
        return told

    def shown(self) -> tuple[str, Mapping[str, Any]]:
        """What to judge it by: the exam, or cross-validation where the exam is too small and there
        is one. With accuracy, labels, confusion and rows."""
        crossed = self.report.get("cross_validation")
        if crossed and self.exam["photos"] < ENOUGH:
            return FOLDS, _crossed(crossed["photos"], self.truth, self.labels)
        return EXAM, self.exam


class _Read(NamedTuple):
    model: StoredModel
    row: VersionRow
    placed: list[Placed]
    cut: float | None


def examine(store: Store, model: str, number: int) -> Examined:
    """Raises ModelNotFound, ModelNotTeachable, VersionNotFound and ModelCorrupt."""
    read = _read(store, model, number)
    folder = registry.folder_of(read.row, store.folder.versions, resources.folder("models"))
    try:
        stored = read_version(folder)
        report = json.loads(stored.documents["report.json"])
    except (VersionDamaged, KeyError, ValueError) as error:
        raise errors.ModelCorrupt(version=number) from error
    scored = _scored(store, read, folder, stored, report)
    coverage = read.model.choices.coverage
    return Examined(
        read.model,
        read.row,
        stored.manifest,
        report,
        scored,
        _cut(read, stored, scored),
        stored.manifest["unknown"].get("coverage", COVERAGE) if coverage is None else coverage,
        {one.sha256: one.label for one in read.placed},
        _sat(store, model, number),
    )


def cut_at(scored: Scored, coverage: float) -> float:
    """The distance within which this share of the photos to choose by lies."""
    return float(np.quantile(scored.chosen.distance, coverage, method="inverted_cdf"))


def _read(store: Store, model: str, number: int) -> _Read:
    with store.database.read() as c:
        stored, row = teachable(c, model), registry.find(c, model, number)
        if row is None:
            raise errors.VersionNotFound(version=number)
        cut = choices.cut_of(c, model, number, stored.choices.coverage)
        return _Read(stored, row, list(images.stream(c, model)), cut)


def _cut(read: _Read, stored: StoredVersion, scored: Scored | None) -> float:
    coverage = read.model.choices.coverage
    if read.cut is not None:
        return read.cut
    if coverage is None or scored is None or not len(scored.chosen.distance):
        return float(stored.manifest["unknown"]["cut"])
    return cut_at(scored, coverage)


def _scored(
    store: Store, read: _Read, folder: Path, stored: StoredVersion, report: Mapping[str, Any]
) -> Scored | None:
    made = stored.manifest
    if made["backbone"] != RECIPE.id:
        return None
    labels = [one["label"] for one in made["labels"]]
    then, refit = read_then(folder, stored), bool(made["settings"].get("refit"))
    answering = report.get("answering", {})
    remembered = answering if "asked" in answering else None
    photos = sealed(read.placed, labels, then, refit=refit)
    _note(store, read.row, photos, then)
    key = _key(made["sha256"], photos, scoring.needs_folds(remembered, photos, refit))
    file = store.folder.derived / "exams" / read.row.model / f"{read.row.version}.json"
    if (found := _kept(file, key)) is not None:
        return found
    made_of = read_classifier(folder, {}, {}, (read.row.model, read.row.version))
    assert made_of.reference is not None
    asked = Asked(made_of.head, made_of.reference, labels, refit, remembered)
    sets = others.read(resources.folder("models"), RECIPE.id)
    scored = scoring.score(store.kept, asked, photos, sets)
    if scored.whole:
        _keep(file, {"key": key, **scoring.dump(scored)})
    return scored


def _note(store: Store, row: VersionRow, photos: Sealed, then: Mapping[str, Then]) -> None:
    """Its first exam, at the end of its training, and the one on today's photos."""
    first, today = first_tests(then), [(one.sha256, one.label) for one in photos.tests]
    wanted = {fingerprint(tests): at for tests, at in ((today, None), (first, row.created))
              if tests}  # fmt: skip
    known = {one.tests_sha256 for one in _sat(store, row.model, row.version)}
    if wanted.keys() <= known:
        return
    with store.database.write() as c:
        for tests, at in wanted.items():
            sittings.note(c, row.model, row.version, tests, at)


def _sat(store: Store, model: str, number: int) -> list[Sitting]:
    with store.database.read() as c:
        return sittings.of(c, model, number)


def _key(version: str, photos: Sealed, folds: bool) -> str:
    """Of all that the numbers depend on."""
    asked = [photos.tests, photos.validation]
    if folds:
        asked.append(photos.train)
    told = [FORMAT, version, *([(p.sha256, p.label) for p in part] for part in asked)]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _kept(file: Path, key: str) -> Scored | None:
    try:
        told = json.loads(file.read_bytes())
        return scoring.revive(told) if told["key"] == key else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _keep(file: Path, told: Mapping[str, Any]) -> None:
    """A disk that takes no more is no reason to show nothing: then it is not kept."""
    aside = file.with_name(f".{secrets.token_hex(6)}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        aside.write_text(json.dumps(told, allow_nan=False), "utf-8")
        aside.replace(file)
    except OSError as error:
        log.warning("an exam could not be kept: %s", error)
        aside.unlink(missing_ok=True)


def _crossed(
    said: Mapping[str, str], truth: Mapping[str, str], labels: Sequence[str]
) -> dict[str, Any]:
    """Answers by cross-validation against the labels that the photos have today."""
    at = {label: number for number, label in enumerate(labels)}
    asked = [name for name in said if truth.get(name) in at and said[name] in at]
    shows = np.array([at[truth[name]] for name in asked], np.int64)
    answered = np.array([at[said[name]] for name in asked], np.int64)
    matrix = statistics.confusion(shows, answered, len(labels))
    return {
        "photos": len(asked),
        "accuracy": exam.share(int(np.trace(matrix)), len(asked)),
        "labels": [
            {"label": label, **result._asdict()}
            for label, result in zip(labels, statistics.per_label(matrix), strict=True)
        ],
        "confusion": {"labels": list(labels), "counts": matrix.tolist()},
        "rows": {
            "labels": list(labels),
            "sha256": asked,
            "truth": shows.tolist(),
            "answer": answered.tolist(),
            "score": [None] * len(asked),
            "distance": [None] * len(asked),
        },
    }
