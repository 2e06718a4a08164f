"""Which photos a version is examined on today, and by which it may be chosen when it answers: those
of the dataset as it is now, without any that the version learned from."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from safetensors import SafetensorError
from safetensors.numpy import load

from app.store.images import Placed
from app.store.versions import StoredVersion
from app.teaching.result import SNAPSHOT
from app.vision.features import SPLITS


class Sealed(NamedTuple):
    """`tests` are sealed, `validation` is there to choose by, `train` to learn from; all of labels
    that the version knows, in the order of SHA-256."""

    train: list[Placed]
    validation: list[Placed]
    tests: list[Placed]


class Then(NamedTuple):
    """A photo as it was when the version learned."""

    label: str
    split: str


def sealed(
    placed: Iterable[Placed], labels: Sequence[str], then: Mapping[str, Then], *, refit: bool
) -> Sealed:
    """`refit` says whether it also learned from the photos of validation."""
    found = Sealed([], [], [])
    at = {"train": found.train, "validation": found.validation, "test": found.tests}
    known = set(labels)
    for one in placed:
        before = then[one.sha256].split if one.sha256 in then else None
        learned = learned_from(before, refit=refit)
        spoilt = (one.split == "test" and (learned or before == "validation")) or (
            one.split == "validation" and before == "train"
        )
        if one.label in known and one.split in at and not spoilt:
            at[one.split].append(one)
    return found


def learned_from(split: str | None, *, refit: bool) -> bool:
    """Whether a version learned from photos that were in this split then."""
    return split == "train" or (split == "validation" and refit)


def read_then(folder: Path, stored: StoredVersion) -> dict[str, Then]:
    """By SHA-256, as the version in `folder` remembers. What came along has it in its dataset,
    beside the folder of versions."""
    try:
        if SNAPSHOT in stored.documents:
            content = stored.documents[SNAPSHOT]
        else:
            content = (folder.parents[1] / "features.safetensors").read_bytes()
        columns, labels = load(content), _labels(content)
        return {
            digest.tobytes().hex(): Then(labels[label], SPLITS[split])
            for digest, label, split in zip(
                columns["sha256"], columns["label"], columns["split"], strict=True
            )
        }
    except (OSError, SafetensorError, ValueError, KeyError, IndexError):
        return {}  # then nothing is known of those times


def first_tests(then: Mapping[str, Then]) -> list[tuple[str, str]]:
    """Photos and labels of the exam at the end of its training."""
    return [(sha256, one.label) for sha256, one in then.items() if one.split == "test"]


def fingerprint(photos: Iterable[tuple[str, str]]) -> str:
    """Of photos by SHA-256 and label, in any order."""
    lines = sorted(f"{sha256} {label}\n" for sha256, label in photos)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _labels(content: bytes) -> list[str]:
    length = int.from_bytes(content[:8], "little")
    return list(json.loads(json.loads(content[8 : 8 + length])["__metadata__"]["labels"]))
