from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from app.vision import ridge
from app.vision.features import Table, digests, quantise
from tests.vision.made import clusters

FLOWERS = Path(__file__).parents[2] / "models" / "flowers" / "features.safetensors"


def made(each: int = 20, spread: float = 1.0, seed: int = 0) -> Table:
    features, truth = clusters(each, spread=spread, seed=seed)
    rows, scales = quantise(features)
    at = np.arange(len(rows))
    return Table(
        ("ash", "elm", "oak"), rows, scales, truth, np.zeros(len(rows), np.uint8),
        at.astype(np.int32), at.astype(np.uint64),
        digests([f"{n:064x}" for n in at]),
    )  # fmt: skip


def test_the_head_is_that_of_scikit_learn() -> None:
    table = made()
    features = table.features()
    square = float(np.square(features - features.mean(axis=0)).mean())
    expected = Ridge(alpha=len(table) * square).fit(features, np.eye(3)[table.label])
    found = ridge.fit(table).logits(features)
    assert found == pytest.approx(expected.predict(features), abs=2e-4)


def test_a_photo_is_answered_by_a_head_that_has_not_learned_from_its_fold() -> None:
    table = made(each=12, spread=3.0)
    homes = np.arange(len(table)) % 4
    found = ridge.out_of_fold(table, homes)
    for fold in range(4):
        kept = ridge.fit(table.take(homes != fold))
        asked = table.take(homes == fold).features()
        assert found[homes == fold] == pytest.approx(kept.logits(asked), abs=2e-3)


def test_rows_are_worked_on_in_blocks_without_a_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    table = made()
    whole = ridge.fit(table)
    monkeypatch.setattr(ridge, "_BLOCK", 7)
    assert ridge.fit(table).weights == pytest.approx(whole.weights, abs=1e-6)


def test_near_duplicates_share_a_fold() -> None:
    table = made()
    table.group[:] = table.group // 2
    homes = ridge.by_groups(table)
    assert np.array_equal(homes[::2], homes[1::2])
    assert len(set(homes.tolist())) == ridge.FOLDS


def test_flowers_are_answered_as_well_as_by_the_head_that_ships() -> None:
    """The one that ships learned from validation too and got 94 % of the exam."""
    table = Table.load(FLOWERS.read_bytes())
    test = table.of("test")
    said = ridge.fit(table.of("train", "validation")).logits(test.features()).argmax(axis=1)
    assert (said == test.label).mean() > 0.92
