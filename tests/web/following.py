"""Trainings asked for, followed and looked for, as tests do it."""

import contextlib
import json
import os
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

RUNS = "/api/v1/models/flowers/runs"


def start(client: httpx.Client, seed: int, **more: Any) -> dict[str, Any]:
    body = {"settings": {"seed": seed}, "force": True, **more}
    answer = client.post(RUNS, json=body)
    assert answer.status_code == 202, answer.text
    told: dict[str, Any] = answer.json()
    assert answer.headers["Location"] == f"/api/v1/runs/{told['run']}"
    return told


def until(
    client: httpx.Client, run: int, *states: str, epoch: int = 0, seconds: float = 15
) -> dict[str, Any]:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        told: dict[str, Any] = client.get(f"/api/v1/runs/{run}").json()
        if told["state"] in states and told["epoch"] >= epoch:
            return told
        time.sleep(0.05)
    pytest.fail(f"still {told}")


def events(
    client: httpx.Client, run: int, last: int | None = None, most: int = 1000
) -> list[dict[str, Any]]:
    """So many events as they come, fewer when they end."""
    headers = {} if last is None else {"Last-Event-ID": str(last)}
    found: list[dict[str, Any]] = []
    with client.stream("GET", f"/api/v1/runs/{run}/events", headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        event: dict[str, Any] = {}
        for line in answer.iter_lines():
            name, _, value = line.partition(": ")
            if name in ("id", "event", "data"):
                event[name] = json.loads(value) if name != "event" else value
            elif not line and "event" in event:
                found.append(event)
                event = {}
                if len(found) == most:
                    break
    return found


def trainers_of(data: Path) -> list[int]:
    wanted = str(data.resolve() / "runs").encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if wanted in (process / "cmdline").read_bytes():
                found.append(int(process.name))
    return found


def until_gone(pids: list[int], seconds: float = 5) -> None:
    ends = time.monotonic() + seconds
    while pids and time.monotonic() < ends:
        pids = [pid for pid in pids if _is_there(pid)]
        time.sleep(0.02)
    assert not pids


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
