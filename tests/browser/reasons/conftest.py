"""A server on which one model was taught, and no other: what stands under an answer is its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.vision.network import Network
from tests.browser.teaching.conftest import api, browser_context_args, taught
from tests.conftest import serving

__all__ = ["api", "browser_context_args", "taught"]


@pytest.fixture(scope="session")
def base_url(
    prepared: Network, data_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    data = tmp_path_factory.mktemp("reasons")
    with serving(data, BLOMST_PREPARED=str(data_folder / "derived")) as url:
        yield url
