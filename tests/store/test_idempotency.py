"""Answers that are kept for a day."""

from pathlib import Path

import pytest

from app.store import idempotency
from app.store.database import Database
from app.store.idempotency import Answered

ROUTE = "POST /runs"
DAY = 24 * 3600.0
FIRST = Answered("a" * 64, 202, '{"run":1,"navn":"blåklokke"}', "/api/v1/runs/1")


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(tmp_path / "blomst.db")


def test_an_answer_is_found_by_route_and_key_for_a_day(database: Database) -> None:
    with database.write() as connection:
        idempotency.keep(connection, ROUTE, "k", FIRST, now=1000.0)
    with database.read() as connection:
        assert idempotency.find(connection, ROUTE, "k", now=1000.0 + DAY - 1) == FIRST
        assert idempotency.find(connection, ROUTE, "k", now=1000.0 + DAY) is None
        assert idempotency.find(connection, "POST /other", "k", now=1000.0) is None
        assert idempotency.find(connection, ROUTE, "K", now=1000.0) is None


def test_a_key_may_be_used_anew_after_a_day(database: Database) -> None:
    second = Answered("b" * 64, 202, "{}", None)
    with database.write() as connection:
        idempotency.keep(connection, ROUTE, "k", FIRST, now=1000.0)
        idempotency.keep(connection, ROUTE, "k", second, now=1000.0 + DAY)
        assert idempotency.find(connection, ROUTE, "k", now=1001.0 + DAY) == second


def test_only_what_is_older_than_a_day_is_dropped(database: Database) -> None:
    with database.write() as connection:
        idempotency.keep(connection, ROUTE, "old", FIRST, now=1000.0)
        idempotency.keep(connection, ROUTE, "new", FIRST, now=2000.0)
        assert idempotency.drop_old(connection, now=1000.0 + DAY) == 1
        assert idempotency.drop_old(connection, now=1000.0 + DAY) == 0
        assert idempotency.find(connection, ROUTE, "new", now=1000.0 + DAY) == FIRST


def test_what_was_not_done_is_not_kept_as_answered(database: Database) -> None:
    def fail() -> None:
        with database.write() as connection:
            idempotency.keep(connection, ROUTE, "k", FIRST)
            raise RuntimeError("what was asked could not be done")

    with pytest.raises(RuntimeError):
        fail()
    with database.read() as connection:
        assert idempotency.find(connection, ROUTE, "k") is None
