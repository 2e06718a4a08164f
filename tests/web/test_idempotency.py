"""P06 and P07: the same request twice is done once."""

import asyncio
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import APIRouter, Request
from starlette.responses import Response

from app.store.database import Database
from app.web.idempotency import attempt, fingerprint
from app.web.json_bodies import Body, read_json
from app.web.state import State
from tests.web import wire
from tests.web.problems import assert_problem
from tests.web.small import running, small_app


class Ask(Body):
    epochs: int = 40
    seconds: float = 0
    fail: bool = False


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    database = Database(tmp_path / "blomst.db")
    done: list[int] = []

    def routes(router: APIRouter, state: State) -> None:
        @router.post("/{kind}")
        async def start(request: Request, kind: str) -> Response:
            with attempt(request, state) as this:
                body = await read_json(request, Ask, may_be_empty=True)
                await asyncio.sleep(body.seconds)
                with database.write() as connection:
                    if earlier := this.earlier(connection, fingerprint(body)):
                        return earlier
                    done.append(body.epochs)
                    told = {"run": len(done), "name": "blå"}
                    answer = this.answer(
                        connection, fingerprint(body), told,
                        status=202, location=f"/runs/{len(done)}",
                    )  # fmt: skip
                    if body.fail:
                        raise RuntimeError("it could not be done")
                    return answer

    with running(small_app(tmp_path, routes)) as address:
        yield address
        database.close()


def ask(url: str, key: str | None, told: str = "{}", kind: str = "runs") -> httpx.Response:
    keys = {} if key is None else {"Idempotency-Key": key}
    return wire.post(f"{url}/{kind}", told.encode(), "application/json", **keys)


def test_the_same_request_again_gets_the_first_answer(url: str) -> None:
    first, again = ask(url, "k-1"), ask(url, "k-1")
    assert (first.status_code, first.json()) == (202, {"run": 1, "name": "blå"})
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["location"] == first.headers["location"] == "/runs/1"
    assert again.headers["x-request-id"] != first.headers["x-request-id"]


def test_the_same_body_is_known_by_what_it_means(url: str) -> None:
    first = ask(url, "k", '{"epochs": 40}')
    for same in ('{ "seconds":0,"epochs":40 }', "{}"):
        assert ask(url, "k", same).json() == first.json()


def test_a_key_with_another_body_is_refused(url: str) -> None:
    """P06."""
    ask(url, "k")
    assert_problem(ask(url, "k", '{"epochs": 41}'), 422, "idempotency-key-reused")
    assert ask(url, None).json()["run"] == 2


def test_other_keys_other_routes_and_no_key_are_requests_of_their_own(url: str) -> None:
    answers = [ask(url, "a"), ask(url, "b"), ask(url, "a", kind="imports")]
    answers += [ask(url, None), ask(url, None)]
    assert [answer.json()["run"] for answer in answers] == [1, 2, 3, 4, 5]


def test_the_same_key_in_flight_is_told_to_wait(url: str) -> None:
    """P07."""
    slow = '{"seconds": 1}'
    answers: list[httpx.Response] = []
    thread = threading.Thread(target=lambda: answers.append(ask(url, "k", slow)))
    thread.start()
    time.sleep(0.4)
    early = ask(url, "k", slow)
    other = ask(url, "another")
    thread.join()
    assert_problem(early, 409, "request-in-progress")
    assert early.headers["retry-after"] == "1"
    assert other.status_code == 202
    assert ask(url, "k", slow).content == answers[0].content


def test_what_failed_may_be_tried_again(url: str) -> None:
    assert ask(url, "k", '{"fail": true}').status_code == 500
    assert_problem(ask(url, "k", '{"epochs": "x"}'), 422, "invalid-field")
    again = ask(url, "k")
    assert again.status_code == 202
    assert "idempotent-replayed" not in again.headers


@pytest.mark.parametrize("key", ["", " ", "a b", "k" * 256, "blå", "a\tb"])
def test_what_cannot_be_a_key_is_refused(url: str, key: str) -> None:
    answer = ask(url, key)
    assert_problem(answer, 422, "invalid-parameter")
    assert "Idempotency-Key" in answer.json()["detail"]


def test_two_keys_are_refused(url: str) -> None:
    headers = [("Idempotency-Key", "a"), ("Idempotency-Key", "b"), ("Content-Length", "0")]
    assert_problem(wire.exchange(f"{url}/runs", headers), 422, "invalid-parameter")


def test_a_key_of_255_signs_is_taken(url: str) -> None:
    assert ask(url, "~" * 255).status_code == 202
