"""Handing in zips and asking what became of them, for the tests of imports."""

import itertools
import time
from typing import Any

import httpx
import numpy as np

from tests.photos import encode, packaged
from tests.teaching.zips import zipped

Files = dict[str, bytes] | list[tuple[Any, bytes]]

OVER = ("succeeded", "failed", "cancelled")


def post(client: httpx.Client, model: str, content: bytes, **more: Any) -> httpx.Response:
    headers = {"Content-Type": "application/zip", **more.pop("headers", {})}
    return client.post(f"/models/{model}/imports", content=content, headers=headers, **more)


def finished(client: httpx.Client, accepted: httpx.Response) -> dict[str, Any]:
    """The import as it is when it is over."""
    assert accepted.status_code == 202, accepted.text
    deadline = time.monotonic() + 60
    while True:
        told: dict[str, Any] = client.get(
            accepted.headers["location"].removeprefix("/api/v1")
        ).json()
        if told["state"] in OVER:
            return told
        assert time.monotonic() < deadline, told
        time.sleep(0.05)


def done(client: httpx.Client, model: str, files: Files, **more: Any) -> dict[str, Any]:
    return finished(client, post(client, model, zipped(files), **more))


def report(client: httpx.Client, told: dict[str, Any], **query: Any) -> list[dict[str, Any]]:
    """All of it, page by page."""
    items, cursor = [], None
    while True:
        asked = {**query, "limit": 7, **({"cursor": cursor} if cursor else {})}
        page = client.get(f"/imports/{told['import']}/report", params=asked).json()
        items += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return items


def outcomes(client: httpx.Client, told: dict[str, Any]) -> dict[str, str]:
    return {item["file"]: item["outcome"] for item in report(client, told)}


def photos(client: httpx.Client, model: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    query: dict[str, Any] = {"limit": 200}
    while True:
        page = client.get(f"/models/{model}/images", params=query).json()
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        query["cursor"] = page["next_cursor"]


def labels(client: httpx.Client, model: str) -> dict[str, int]:
    items = client.get(f"/models/{model}/labels").json()["items"]
    return {label["label"]: label["images"]["total"] for label in items}


def big(count: int = 70) -> dict[str, bytes]:
    """Photos that take a few seconds."""
    draw = np.random.default_rng(3)
    pixels = packaged("coffee")
    found = {}
    for number in range(count):
        y, x = (int(draw.integers(0, limit)) for limit in (100, 200))
        tint = draw.integers(0, 60, 3)
        square = np.clip(pixels[y : y + 300, x : x + 400].astype(int) + tint, 0, 255)
        noise = draw.integers(0, 255, (10, 13, 3)).repeat(30, 0).repeat(31, 1)[:300, :400]
        mixed = (square + noise) // 2
        found[f"cups/{number:03}.jpg"] = encode(mixed.astype(np.uint8))
    return found


_numbers = itertools.count()


def new_model(client: httpx.Client) -> str:
    """One that no other test knows."""
    made = client.post("/models", json={"name": f"Model {next(_numbers)}"})
    assert made.status_code == 201, made.text
    return str(made.json()["model"])
