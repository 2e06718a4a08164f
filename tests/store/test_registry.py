"""Rows of versions beside their folders: numbers that never come twice, and what a crash leaves."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from app.store import models, registry, schema
from app.store.database import Database
from app.store.versions import WRITING, VersionDamaged, read_version, write_version

MANIFEST = {"model": "trees", "labels": [{"label": "oak"}, {"label": "elm"}], "temperature": 1.0}
ARRAYS = {"weights": np.zeros((6, 2), np.float32), "bias": np.zeros(2, np.float32)}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "blomst.db")
    with opened.write() as c:
        models.create(c, "trees", {"en": "Trees", "nb": "Trær"}, ())
        models.create(c, "waste", {"en": "Waste", "nb": "Avfall"}, ())
    yield opened
    opened.close()


def test_a_row_comes_back_and_the_newest_is_first(database: Database) -> None:
    with database.write() as c:
        registry.insert(c, "trees", 1, {"exam": None}, created=5.0)
        registry.insert(c, "trees", 2, {"exam": {"right": 3}}, run=7, by="me")
        registry.insert(c, "waste", 1, {}, run=8)
    with database.read() as c:
        assert [row.version for row in registry.versions_of(c, "trees")] == [2, 1]
        found = registry.find(c, "trees", 2)
        assert found is not None and (found.run, found.by) == (7, "me")
        assert found.summary == {"exam": {"right": 3}} and not found.shipped
        assert registry.find(c, "trees", 3) is None


def test_a_number_is_given_once(database: Database) -> None:
    with database.write() as c:
        registry.insert(c, "trees", 1, {})
    with pytest.raises(IntegrityError), database.write() as c:
        registry.insert(c, "trees", 1, {})


def test_the_next_number_is_above_whatever_anything_remembers(
    database: Database, tmp_path: Path
) -> None:
    def next_number() -> int:
        with database.read() as c:
            return registry.next_number(c, "trees", tmp_path / "versions")

    assert next_number() == 1
    with database.write() as c:
        registry.insert(c, "trees", 1, {})
        registry.insert(c, "waste", 9, {})
    assert next_number() == 2
    (tmp_path / "versions" / "trees" / "4").mkdir(parents=True)
    assert next_number() == 5
    with database.write() as c:
        _run(c, 1, version=6)
    assert next_number() == 7
    with database.write() as c:
        models.set_live(c, "trees", 8)
    assert next_number() == 9


def _run(c: Connection, run: int, version: int | None) -> None:
    told = {"model": "trees", "state": "running", "settings": "{}", "attempt": 1, "created": 0.0}
    c.execute(schema.runs.insert().values(**told, run=run, version=version))


def test_what_was_never_listed_is_removed_at_the_start(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "versions"
    for number in (1, 2):
        place = folder / "trees" / str(number)
        write_version(place, {**MANIFEST, "run": number}, ARRAYS, {})
    (folder / "trees" / f"{WRITING}abc").mkdir()
    (folder / "trees" / "notes").mkdir()
    with database.write() as c:
        _run(c, 1, version=1)
        _run(c, 2, version=None)
        registry.insert(c, "trees", 1, {}, run=1)
        registry.reconcile(c, folder)
    assert sorted(p.name for p in (folder / "trees").iterdir()) == ["1", "notes"]
    read_version(folder / "trees" / "1")


def test_versions_of_an_older_database_are_left_alone(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "versions"
    for number in (1, 2):
        place = folder / "trees" / str(number)
        write_version(place, {**MANIFEST, "run": number}, ARRAYS, {})
    with database.write() as c:
        _run(c, 1, version=3)  # another run that only has the same number
        registry.reconcile(c, folder)
    assert {p.name for p in (folder / "trees").iterdir()} == {"1", "2"}


def test_a_row_without_its_folder_stays_listed(database: Database, tmp_path: Path) -> None:
    with database.write() as c:
        registry.insert(c, "trees", 1, {}, run=1)
        registry.reconcile(c, tmp_path / "versions")
        (row,) = registry.versions_of(c, "trees")
    with pytest.raises(VersionDamaged):
        read_version(registry.folder_of(row, tmp_path / "versions", tmp_path / "models"))


def test_a_version_that_came_along_lies_with_the_install(
    database: Database, tmp_path: Path
) -> None:
    with database.write() as c:
        registry.insert(c, "trees", 1, {})
        registry.insert(c, "trees", 2, {}, run=1)
        own, came = (registry.find(c, "trees", n) for n in (2, 1))
    assert own is not None and came is not None
    places = (Path("made"), Path("models"))
    assert registry.folder_of(own, *places) == Path("made/trees/2")
    assert registry.folder_of(came, *places) == Path("models/trees/versions/1")
