"""A store of its own for each test, and eyes to look with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store.folder import DataFolder
from app.store.store import Store
from app.teaching import models
from app.vision.engine import Engine
from app.vision.recipe import RECIPE
from tests.teaching.taking_in import OneLoop


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    folder = DataFolder(tmp_path)
    folder.open()
    store = Store.open(folder, RECIPE.id)
    models.make(store, "Things")
    yield store
    store.close()
    folder.close()


@pytest.fixture
def lookout(engine: Engine) -> Iterator[OneLoop]:
    lookout = OneLoop(engine)
    yield lookout
    lookout.close()
