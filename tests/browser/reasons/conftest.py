"""A server on which one model was taught, and no other: what stands under an answer is its own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.vision.network import Network
from tests.browser.teaching.conftest import LABELS, add, new_model, train
from tests.conftest import serving
from tests.teaching.tiles import tiles


@pytest.fixture(scope="session")
def base_url(
    prepared: Network, data_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    data = tmp_path_factory.mktemp("reasons")
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


@pytest.fixture(scope="session")
def taught(api: httpx.Client) -> str:
    model = new_model(api, "Tableware", LABELS)
    for label in LABELS:
        add(api, model, label, tiles(label, 10))
    train(api, model)
    return model
