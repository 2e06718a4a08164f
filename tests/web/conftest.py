"""What every test of bad input has in common: the server is alive afterwards. And a server with a
data folder of its own, for tests that change what is in it."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from app.vision.network import Network
from tests.conftest import serving


class Own(NamedTuple):
    """A server that nobody else asks, and its data folder."""

    client: httpx.Client
    data: Path


@pytest.fixture(scope="module")
def own(
    prepared: Network, data_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Own]:
    data = tmp_path_factory.mktemp("own")
    with (
        serving(data, BLOMST_PREPARED=str(data_folder / "derived")) as url,
        httpx.Client(base_url=f"{url}/api/v1", timeout=30) as client,
    ):
        yield Own(client, data)


@pytest.fixture
def alive_after(client: httpx.Client) -> Iterator[None]:
    yield
    assert client.get("/livez", timeout=1).json() == {"alive": True}
