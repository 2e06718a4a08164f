"""The building blocks of the teaching pages, each on a page of its own over a made-up API."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from tests.browser.blocks.bench import Bench


@pytest.fixture(scope="session")
def bench() -> Iterator[Bench]:
    bench = Bench()
    config = uvicorn.Config(bench.app, host="127.0.0.1", port=0, log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    bench.url = f"http://127.0.0.1:{port}"
    yield bench
    server.should_exit = True
    server.force_exit = True
    thread.join()


@pytest.fixture(autouse=True)
def cleared(bench: Bench) -> None:
    bench.clear()


@pytest.fixture(scope="session")
def base_url(bench: Bench) -> str:
    return bench.url


@pytest.fixture(scope="session")
def browser_context_args(bench: Bench) -> dict[str, Any]:
    """Stands before the one of the folder above, whose address is the whole server's."""
    size = {"width": 1280, "height": 900}
    return {"locale": "en-GB", "viewport": size, "base_url": bench.url}
