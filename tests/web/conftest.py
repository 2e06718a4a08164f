"""What every test of bad input has in common: the server is alive afterwards."""

from collections.abc import Iterator

import httpx
import pytest


@pytest.fixture
def alive_after(client: httpx.Client) -> Iterator[None]:
    yield
    assert client.get("/livez", timeout=1).json() == {"alive": True}
