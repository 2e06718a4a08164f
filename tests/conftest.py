"""A real server on loopback, with a network that is prepared once for the whole session."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import pytest

from app.vision import network
from app.vision.engine import Engine
from app.vision.network import Network
from tests.photos import encode, packaged

ROOT = Path(__file__).parents[1]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: Playwright leaves an event loop running that others would trip over."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of this session. BLOMST_TEST_DATA names one to keep between sessions."""
    kept = os.environ.get("BLOMST_TEST_DATA")
    return Path(kept) if kept else tmp_path_factory.mktemp("data")


@pytest.fixture(scope="session")
def prepared(data_folder: Path) -> Network:
    return network.prepare(data_folder / "derived")


@pytest.fixture(scope="session")
def engine(prepared: Network) -> Engine:
    return Engine(prepared.content, 2)


@pytest.fixture(scope="session")
def live_server(prepared: Network, data_folder: Path) -> Iterator[str]:
    """The address of `blomst serve` in a process of its own."""
    with serving(data_folder) as url:
        yield url


class serving:  # noqa: N801  (reads as a phrase: with serving(folder) as url)
    """Runs a server, `python -m app serve` on a free port, until the block is left.

    Its address is the first one that it prints, or logs where `log` is set.
    """

    def __init__(
        self, data: Path, *, command: Sequence[str] = (), folder: Path = ROOT, log: bool = False,
        port: int = 0,         **variables: str,
    ) -> None:  # fmt: skip
        own = [sys.executable, "-m", "app", "serve", "--port", str(port), "--data", str(data)]
        self._log = log
        self.process = subprocess.Popen(
            command or own,
            env={**os.environ, "LC_ALL": "C.UTF-8", **variables},
            cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def __enter__(self) -> str:
        assert self.process.stdout is not None and self.process.stderr is not None
        told = self.process.stderr if self._log else self.process.stdout
        for line in told:
            if found := re.search(r"http://[0-9.:]+", line):
                return found[0]
        pytest.fail(f"the server did not start:\n{self.process.stderr.read()}")

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.communicate(timeout=30)


@pytest.fixture
def client(live_server: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=live_server, timeout=30) as client:
        yield client


@pytest.fixture(scope="session")
def cat() -> bytes:
    return encode(packaged("chelsea"))


@pytest.fixture(scope="session")
def coffee() -> bytes:
    return encode(packaged("coffee"))
