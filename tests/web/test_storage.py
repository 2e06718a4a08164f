"""When the disk is full or the database is held by another: told as what it is, nothing half."""

import errno
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import APIRouter
from sqlalchemy import create_engine, text

from app.store.store import Store
from app.teaching import models
from app.web.state import State
from tests.teaching.dataset import MODEL, newcomer, open_store, take
from tests.web.conftest import Own
from tests.web.problems import assert_problem
from tests.web.small import running, small_app


def full_database() -> None:
    """An error of SQLite's own, as SQLAlchemy passes it on."""
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE photos (content BLOB)"))
        connection.execute(text("PRAGMA max_page_count = 4"))
        connection.execute(text("INSERT INTO photos VALUES (zeroblob(100000))"))


def routes(router: APIRouter, state: State) -> None:
    @router.get("/disk/{name}")
    async def disk(name: str) -> None:
        raise OSError(getattr(errno, name), os.strerror(getattr(errno, name)))

    @router.get("/database")
    async def database() -> None:
        full_database()

    @router.get("/features")
    async def features() -> None:
        with sqlite3.connect(":memory:") as connection:
            connection.execute("PRAGMA query_only = 1")
            connection.execute("CREATE TABLE photos (content BLOB)")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(small_app(tmp_path_factory.mktemp("data"), routes)) as url:
        yield url


@pytest.mark.parametrize(
    "path", ["/disk/ENOSPC", "/disk/EDQUOT", "/disk/EROFS", "/database", "/features"]
)
def test_a_disk_that_takes_no_more_is_told_as_that(small: str, path: str) -> None:
    assert_problem(httpx.get(small + path), 507, "insufficient-storage")


def test_other_faults_of_the_disk_are_ours(small: str) -> None:
    assert_problem(httpx.get(f"{small}/disk/EIO"), 500, "internal-error")


def test_a_database_that_another_holds_is_busy(own: Own) -> None:
    """After 5 s; reading goes on meanwhile."""
    other = sqlite3.connect(own.data / "blomst.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        assert own.client.get("/models/flowers").status_code == 200
        answer = own.client.post("/models/flowers/labels", json={"name": "bluebell"})
        assert_problem(answer, 503, "busy", seconds=8)
        assert answer.elapsed.total_seconds() > 4
    finally:
        other.execute("ROLLBACK")
        other.close()
    again = own.client.post("/models/flowers/labels", json={"name": "bluebell"})
    assert again.status_code == 201


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path)
    models.make(opened, MODEL, ["cat"])
    yield opened
    opened.close()
    opened.folder.close()


@pytest.mark.parametrize("call", ["fsync", "rename"])
def test_a_full_disk_leaves_nothing_half(
    store: Store, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """F05: three photos, and the disk is full at the third."""
    calls = 0
    owner, name = (os, "fsync") if call == "fsync" else (Path, "rename")
    real = getattr(owner, name)

    def full_at_the_third(*given: object) -> object:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise OSError(errno.ENOSPC, "no space left")
        return real(*given)

    monkeypatch.setattr(owner, name, full_at_the_third)
    photos = [newcomer(at) for at in range(3)]
    with pytest.raises(OSError, match="no space left"):
        take(store, *photos)
    monkeypatch.undo()
    assert not list(store.folder.temporary.iterdir())
    assert [taken.status for taken in take(store, *photos)] == ["added"] * 3
