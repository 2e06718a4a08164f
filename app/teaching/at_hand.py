"""From a folder of photos to a model that can be shipped: what `blomst train` does."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from app.teaching import record
from app.teaching.folder import Folder, Known, PhotoFile, credits_of, photos_of, scan
from app.teaching.looking import Looker
from app.teaching.snapshot import LEAST_GROUPS, LEAST_LABELS
from app.teaching.study import study
from app.teaching.writing import photos_table, write_model
from app.vision.arrival import Sight
from app.vision.engine import Floats
from app.vision.features import SPLITS, Split, Table, digests, quantise
from app.vision.lesson import Settings
from app.vision.recipe import FEATURES
from app.vision.splits import Arrival, Placement, split_folder
from app.vision.streaming import Portion
from app.vision.views import VIEWS


class OutNotEmpty(Exception):
    """The folder for the result holds something already."""


class NotEnoughPhotos(Exception):
    """Fewer than 2 labels with 5 groups of photos each; `groups` counts them by label."""

    def __init__(self, groups: Mapping[str, int]) -> None:
        super().__init__(", ".join(f"{label}: {count}" for label, count in groups.items()))
        self.groups = dict(groups)


class Report(Protocol):
    """Hears how far it is: looking, looking-again, looking-elsewhere, learning, examining."""

    def __call__(self, phase: str, done: int, of: int) -> None: ...


@dataclass(frozen=True)
class Taught:
    """What came of it: the version's folder, its manifest and its report."""

    folder: Path
    manifest: dict[str, Any]
    report: dict[str, Any]


@dataclass(frozen=True, eq=False)
class _Dataset:
    table: Table
    photos: list[tuple[PhotoFile, Sight]]  # as in the table's rows
    placements: dict[str, Placement]
    broken: list[dict[str, str]]
    again: list[str]  # the same bytes as another file of the same label


def train_folder(
    images: Path,
    out: Path,
    settings: Settings,
    looker: Looker,
    *,
    known: Known | None = None,
    others: Mapping[str, Path] | None = None,
    report: Report = lambda phase, done, of: None,
) -> Taught:
    """Learns from `images` (one sub-folder a label) and writes a whole model to `out`.

    `known` names labels where its words cover every sub-folder. `others` are folders of photos that
    show none of the labels, by name; they only enter the report. Raises FolderUnusable,
    OutNotEmpty, NotEnoughPhotos.
    """
    if out.exists() and any(out.iterdir()):
        raise OutNotEmpty(str(out))
    folder = scan(images, known)
    dataset = _look(folder, looker, report)
    _check_enough(dataset.table)
    views = _views(dataset, settings, looker, report)
    elsewhere = {name: _others(path, looker, report) for name, path in (others or {}).items()}
    studied = study(
        settings, dataset.table, views,
        others=elsewhere,
        learning=lambda epoch, of, figures: report("learning", epoch, of),
        examining=lambda: report("examining", 0, 1),
    )  # fmt: skip
    told = {**studied.report, "photos": _about_photos(dataset)}
    labels = [label.as_json() for label in folder.known.labels]
    manifest = record.manifest(
        folder.known.model, 1, labels, asdict(settings), record.about_data(dataset.table),
        studied.head.temperature, studied.cut,
    )  # fmt: skip
    arrays = {"weights": studied.head.weights, "bias": studied.head.bias}
    rows = [(photo, sight.sha256) for photo, sight in dataset.photos]
    credits = credits_of(images)
    photos = photos_table(rows, dataset.placements, credits)
    # What is written of the data holds for the photos it was written about, known by their credits.
    hand = folder.known if credits else replace(folder.known, about={}, data=None)
    place = write_model(out, hand, dataset.table, photos, manifest, arrays, told)
    report("examining", 1, 1)
    return Taught(place, manifest, told)


def _look(folder: Folder, looker: Looker, report: Report) -> _Dataset:
    paths = [photo.path for photo in folder.photos]
    found = looker.first(paths, lambda done, of: report("looking", done, of))
    broken, again = [], []
    kept: dict[str, tuple[PhotoFile, Sight]] = {}
    arrivals = []
    for photo, sight in zip(folder.photos, found, strict=True):
        if isinstance(sight, str):
            broken.append({"file": photo.name, "problem": sight})
            continue
        row, _ = quantise(sight.features[None])
        arrivals.append(Arrival(sight.sha256, photo.label, sight.hash, row[0]))
        first, _ = kept.setdefault(sight.sha256, (photo, sight))
        if first is not photo and first.label == photo.label:
            again.append(photo.name)
    placements = split_folder(arrivals)
    photos = [kept[sha256] for sha256 in sorted(kept)]
    return _Dataset(_table(folder.known, photos, placements), photos, placements, broken, again)


def _table(
    known: Known, photos: Sequence[tuple[PhotoFile, Sight]], placements: Mapping[str, Placement]
) -> Table:
    labels = tuple(label.slug for label in known.labels)
    placed = [placements[sight.sha256] for _, sight in photos]
    features = [sight.features for _, sight in photos]
    rows, scales = quantise(np.stack(features) if photos else np.zeros((0, FEATURES), np.float32))
    return Table(
        labels,
        rows,
        scales,
        np.array([labels.index(photo.label) for photo, _ in photos], np.int32),
        np.array([SPLITS.index(one.split) for one in placed], np.uint8),
        np.array([one.group for one in placed], np.int32),
        np.array([sight.hash for _, sight in photos], np.uint64),
        digests([sight.sha256 for _, sight in photos]),
    )


def _check_enough(table: Table) -> None:
    usable = table.of("train", "validation", "test")
    groups = {
        label: len(np.unique(usable.group[usable.label == at]))
        for at, label in enumerate(table.labels)
    }
    enough = all(count >= LEAST_GROUPS for count in groups.values())
    if len(groups) < LEAST_LABELS or not enough:
        raise NotEnoughPhotos(groups)


def _views(dataset: _Dataset, settings: Settings, looker: Looker, report: Report) -> list[Portion]:
    """Of the photos that are learned from; the plain view stands for those of the others."""
    looks, table = VIEWS[settings.augmentation][1:], dataset.table
    learned: list[Split] = ["train", "validation"] if settings.refit else ["train"]
    if not looks:
        return []
    at = np.flatnonzero(np.isin(table.split, [SPLITS.index(split) for split in learned]))
    paths = [dataset.photos[place][0].path for place in at]
    found = looker.again(paths, looks, lambda done, of: report("looking-again", done, of))
    views = [Portion(table.rows.copy(), table.scales.copy()) for _ in looks]
    for place, seen in zip(at, found, strict=True):
        if not isinstance(seen, str):
            rows, scales = quantise(seen.features)
            for view, row, scale in zip(views, rows, scales, strict=True):
                view.rows[place], view.scales[place] = row, scale
    return views


def _others(folder: Path, looker: Looker, report: Report) -> Floats:
    def tell(done: int, of: int) -> None:
        report("looking-elsewhere", done, of)

    found = looker.first(photos_of(folder), tell)
    features = [sight.features for sight in found if not isinstance(sight, str)]
    return np.stack(features) if features else np.zeros((0, FEATURES), np.float32)


def _about_photos(dataset: _Dataset) -> dict[str, Any]:
    aside = [
        {"file": photo.name, "reason": dataset.placements[sight.sha256].reason}
        for photo, sight in dataset.photos
        if dataset.placements[sight.sha256].split == "aside"
    ]
    return {"broken": dataset.broken, "set_aside": aside, "same_bytes": dataset.again}
