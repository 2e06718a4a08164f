"""The flowers in the database from the first start: their photos absent, everything else there."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store import images, kept, models, registry
from app.store.folder import DataFolder
from app.store.store import Store
from app.teaching import shipped
from app.vision.features import Table
from app.vision.recipe import RECIPE

FLOWERS = Path(__file__).parents[2] / "models" / "flowers"


def opened(path: Path) -> Store:
    folder = DataFolder(path)
    folder.open()
    return Store.open(folder, RECIPE.id)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = opened(tmp_path)
    shipped.seed(made)
    yield made
    made.close()
    made.folder.close()


@pytest.fixture(scope="module")
def table() -> Table:
    return Table.load((FLOWERS / "features.safetensors").read_bytes())


def test_the_dataset_is_the_one_that_version_1_learned_from(store: Store, table: Table) -> None:
    with store.database.read() as c:
        placed = list(images.stream(c, "flowers"))
        photo = images.find(c, "flowers", placed[0].sha256)
        model = models.find(c, "flowers")
    names = [digest.tobytes().hex() for digest in table.sha256]
    assert [one.sha256 for one in placed] == sorted(names)
    at = names.index(placed[0].sha256)
    assert photo is not None and model is not None
    assert (photo.hash, photo.group) == (int(table.hash[at]), int(table.group[at]))
    assert photo.source == "shipped" and not photo.present and "/" not in photo.filename
    assert photo.credit_by and photo.credit_link and "flickr.com" in photo.credit_link
    assert model.shipped and model.live == 1
    assert {one.label: one.names["nb"] for one in model.labels}["dandelion"] == "løvetann"


def test_version_1_is_listed_with_its_exam(store: Store) -> None:
    with store.database.read() as c:
        (row,) = registry.versions_of(c, "flowers")
    assert row.version == 1 and row.shipped
    assert row.summary["exam"]["right"] == 419 and row.summary["exam"]["of"] == 444
    assert row.summary["data"]["splits"]["test"] == 444
    assert time.time() > row.created


def test_a_second_start_changes_nothing(store: Store) -> None:
    with store.database.write() as c:
        models.rename(c, "flowers", {"en": "My flowers", "nb": "Mine blomster"})
        revision = models.find(c, "flowers")
    shipped.seed(store)
    with store.database.read() as c:
        assert models.find(c, "flowers") == revision
        assert len(registry.versions_of(c, "flowers")) == 1


def test_features_that_were_deleted_come_back(store: Store, table: Table) -> None:
    names = [digest.tobytes().hex() for digest in table.sha256]
    store.kept.forget(names[:2000])
    shipped.seed(store)
    found = store.kept.get(kept.PLAIN, names)
    assert len(found) == len(names)
    assert (found[names[7]].row == table.rows[7]).all() and found[names[7]].scale == table.scales[7]


def test_a_start_that_was_cut_short_is_made_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = opened(tmp_path)
    with monkeypatch.context() as broken:
        broken.setattr(registry, "insert", _power_failure)
        with pytest.raises(OSError, match="power"):
            shipped.seed(store)
    with store.database.read() as c:
        assert models.find(c, "flowers") is None
    shipped.seed(store)
    with store.database.read() as c:
        assert sum(sum(n.values()) for n in images.counts(c, "flowers").values()) == 2956
    store.close()
    store.folder.close()


def _power_failure(*_: object, **__: object) -> None:
    raise OSError("power failure")
