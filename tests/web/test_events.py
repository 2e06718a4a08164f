"""Events: one by one as they happen, from where a listener left off, and never in the way."""

import itertools
import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import serving
from tests.web.small_server import command


@pytest.fixture
def server(tmp_path: Path) -> serving:
    return serving(tmp_path, command=command(tmp_path))


@pytest.fixture
def url(server: serving) -> Iterator[str]:
    with server as address:
        yield address


def events(response: httpx.Response) -> Iterator[dict[str, Any]]:
    """What a browser would make of the stream: comments and `retry` are not events."""
    found: dict[str, Any] = {}
    for line in response.iter_lines():
        name, _, value = line.partition(": ")
        if not line and "data" in found:
            yield found
        if not line:
            found = {}
        elif name in ("id", "event", "data"):
            found[name] = json.loads(value) if name == "data" else value


def listeners_soon(url: str, count: int) -> bool:
    deadline = time.monotonic() + 3
    while time.monotonic() < deadline:
        if httpx.get(f"{url}/listening").json() == count:
            return True
        time.sleep(0.02)
    return False


def test_events_arrive_one_by_one_as_they_happen(url: str) -> None:
    with httpx.stream("GET", f"{url}/ticks?seconds=0.3") as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["cache-control"] == "no-store"
        assert len(response.headers["x-request-id"]) == 16
        coming, times, seen = events(response), [], []
        for _ in range(4):
            seen.append(next(coming))
            times.append(time.monotonic())
    assert seen[0] == {"id": "1", "event": "tick", "data": {"n": 1, "is": "blå"}}
    assert [e["data"]["n"] for e in seen] == [1, 2, 3, 4]
    gaps = [after - before for before, after in itertools.pairwise(times)]
    assert min(gaps) > 0.15


def test_a_stream_ends_with_its_source(url: str) -> None:
    answer = httpx.get(f"{url}/ticks?last=3&seconds=0")
    assert answer.text.startswith("retry: 1000\n\n")
    assert [e["id"] for e in events(answer)] == ["1", "2", "3"]
    assert listeners_soon(url, 0)


@pytest.mark.parametrize(
    ("seen", "first"),
    [("7", 8), ("0", 1), ("", 1), ("x", 1), ("-3", 1), ("1.5", 1), ("9" * 5000, 1), ("٣", 1)],
)
def test_a_listener_goes_on_where_it_left_off(url: str, seen: str, first: int) -> None:
    headers = {"Last-Event-ID": seen.encode()}
    with httpx.stream("GET", f"{url}/ticks", headers=headers) as response:  # type: ignore[arg-type]
        assert next(events(response))["data"]["n"] == first


def test_silence_is_broken_by_pings(url: str) -> None:
    with httpx.stream("GET", f"{url}/ticks?seconds=60&ping=0.05") as response:
        lines = response.iter_lines()
        heard = [next(lines) for _ in range(12)]
    assert heard.count(": still here") >= 3


def test_who_goes_is_not_told_any_more(url: str) -> None:
    with httpx.stream("GET", f"{url}/ticks?seconds=600") as response:
        coming = events(response)
        assert next(coming)["id"] == "1"
        assert listeners_soon(url, 1)
    assert listeners_soon(url, 0)


def test_asking_for_the_head_opens_no_stream(url: str) -> None:
    with httpx.Client(timeout=2) as client:
        answer = client.head(f"{url}/ticks")
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert client.get(f"{url}/listening").json() == 0


def test_a_stopping_server_does_not_wait_for_listeners(server: serving, url: str) -> None:
    with (
        httpx.stream("GET", f"{url}/ticks?seconds=600") as sleepy,
        httpx.stream("GET", f"{url}/ticks?seconds=0.01") as busy,
    ):
        quiet, loud = events(sleepy), events(busy)
        assert next(quiet)["id"] == next(loud)["id"] == "1"
        started = time.monotonic()
        os.kill(server.process.pid, signal.SIGTERM)
        assert list(quiet) == []  # a clean end, not a connection cut off
        assert len(list(loud)) < 100
        assert server.process.wait(5) == -signal.SIGTERM
        assert time.monotonic() - started < 1
