"""The teaching pages of a server with a data folder of its own, and photos to teach it with."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.vision.network import Network
from tests.conftest import serving
from tests.teaching.tiles import tiles

LABELS = ("coffee", "flower")


@pytest.fixture(scope="session")
def base_url(
    prepared: Network, data_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    data = tmp_path_factory.mktemp("teaching")
    with serving(data, BLOMST_PREPARED=str(data_folder / "derived")) as url:
        yield url


@pytest.fixture(scope="session")
def browser_context_args(base_url: str) -> dict[str, Any]:
    size = {"width": 1280, "height": 900}
    return {"locale": "en-GB", "viewport": size, "base_url": base_url}


@pytest.fixture(scope="session")
def api(base_url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{base_url}/api/v1", timeout=60) as api:
        yield api


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One sub-folder a label, and what real folders hold beside photos."""
    root = tmp_path / "things"
    for label in LABELS:
        (root / label).mkdir(parents=True)
        for number, tile in enumerate(tiles(label, 12)):
            (root / label / f"{number:02}.jpg").write_bytes(tile)
    (root / "coffee" / ".DS_Store").write_bytes(b"\0")
    (root / "coffee" / "broken.jpg").write_bytes(tiles("coffee", 1)[0][:700])
    (root / "notes.txt").write_text("Two kinds of things.")
    return root


@pytest.fixture(scope="session")
def taught(api: httpx.Client) -> str:
    """A model with one version, which is live."""
    model = new_model(api, "Tableware", LABELS)
    for label in LABELS:
        add(api, model, label, tiles(label, 10))
    train(api, model)
    return model


def new_model(api: httpx.Client, name: str, labels: tuple[str, ...] = ()) -> str:
    made = api.post("/models", json={"name": name, "labels": list(labels)})
    assert made.status_code == 201, made.text
    return str(made.json()["model"])


def add(api: httpx.Client, model: str, label: str, photos: list[bytes]) -> None:
    files = [("images", (f"{at}.jpg", photo)) for at, photo in enumerate(photos)]
    sent = api.post(f"/models/{model}/images", data={"label": label}, files=files)
    assert sent.status_code == 201, sent.text


def looked_over(api: httpx.Client, model: str) -> dict[str, Any]:
    """What was found in its photos as they are now."""
    ends = time.monotonic() + 120
    while (told := api.get(f"/models/{model}/care").json())["current"] is not True:
        assert time.monotonic() < ends, told
        time.sleep(0.3)
    return dict(told)


def grown(api: httpx.Client, model: str) -> dict[str, Any]:
    """Its learning curves as its photos are now."""
    ends = time.monotonic() + 120
    while (told := api.get(f"/models/{model}/growth").json())["current"] is not True:
        assert time.monotonic() < ends, told
        time.sleep(0.3)
    return dict(told)


def wait_for_labels(api: httpx.Client, model: str, photos: list[bytes]) -> None:
    files = [("images", (f"{at}.jpg", photo)) for at, photo in enumerate(photos)]
    sent = api.post(f"/models/{model}/inbox", files=files)
    assert sent.is_success, sent.text


def train(api: httpx.Client, model: str) -> dict[str, Any]:
    """The run once it is over."""
    started = api.post(f"/models/{model}/runs", json={"settings": {"epochs": 5}, "force": True})
    assert started.status_code == 202, started.text
    address = f"/runs/{started.json()['run']}"
    ends = time.monotonic() + 90
    while (run := api.get(address).json())["state"] in ("queued", "running"):
        assert time.monotonic() < ends, run
        time.sleep(0.2)
    assert run["state"] == "succeeded", run
    return dict(run)
