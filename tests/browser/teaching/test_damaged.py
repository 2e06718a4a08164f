"""A version whose files were altered: said on the page of its model, and never put live."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.vision.network import Network
from tests.browser.teaching.conftest import LABELS, add, new_model, train
from tests.browser.test_reading import violations
from tests.killing import Killed
from tests.teaching.tiles import tiles

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(
    prepared: Network, data_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Killed]:
    """Of a model with two versions, the newer of them live and damaged."""
    server = Killed(tmp_path_factory.mktemp("damaged"), data_folder / "derived")
    model = new_model(server.client, "Cups", LABELS)
    for label in LABELS:
        add(server.client, model, label, tiles(label, 10))
    for _ in range(2):
        version = train(server.client, model)["version"]
    server.client.put(f"/models/{model}/live", json={"version": version})
    server.kill()
    damage(server.data, version)
    server.start()
    yield server
    server.stop()


def damage(data: Path, version: int) -> None:
    head = data / "versions" / "cups" / str(version) / "head.safetensors"
    content = bytearray(head.read_bytes())
    content[-1] ^= 1
    head.chmod(0o644)
    head.write_bytes(content)


def test_a_damaged_version_is_said_and_refused(
    visitor: Callable[..., Page], server: Killed
) -> None:
    page = visitor(locale="en-GB")
    page.goto(f"{server.url}/models/cups")
    expect(page.get_by_role("alert")).to_contain_text("Version 1 answers meanwhile.")
    expect(page.locator(".lead")).to_contain_text("Version 1 answers.")
    expect(page.locator("tr").filter(has_text="damaged")).to_contain_text("Version 2")
    assert violations(page) == ""
    page.get_by_role("link", name="Version 1").click()
    page.get_by_role("button", name="Make version 1 live").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    page.get_by_role("button", name="Make version 2 live").click()
    expect(page.get_by_role("alert")).to_contain_text("This version is damaged")
    expect(page.get_by_role("heading", level=1)).to_have_text("Cups")
    expect(page.locator("tr.live")).to_contain_text("Version 1")
