"""kill -9 while somebody watches: the page says so, goes on by itself, and ends as it should."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from app.vision.network import Network
from tests.killing import MODEL, Killed
from tests.teaching.tiles import tiles
from tests.teaching.zips import zipped
from tests.web.photographs import different

pytestmark = pytest.mark.browser

PHOTO = tiles("coffee", 1)[0]
LONG = 120_000  # ms, for a training on a machine that has much else to do


@pytest.fixture(scope="module")
def server(
    prepared: Network, data_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Killed]:
    server = Killed(tmp_path_factory.mktemp("watched"), data_folder / "derived")
    server.client.post("/models", json={"name": MODEL})
    yield server
    server.stop()


@pytest.fixture
def watching(visitor: Callable[..., Page], server: Killed) -> Page:
    page = visitor(viewport={"width": 1280, "height": 900}, locale="en-GB")
    page.goto(f"{server.url}/models/{MODEL}")
    return page


def test_a_folder_goes_on_where_its_server_was_killed(
    watching: Page, server: Killed, folder: Path
) -> None:
    sent: list[str] = []

    def kill_first(route: Route) -> None:
        sent.append(route.request.url)
        if len(sent) == 1:
            server.kill()
        route.continue_()

    watching.route("**/images", kill_first)
    watching.locator("[data-upload-folder]").set_input_files(str(folder))
    watching.get_by_role("button", name="Add them", exact=True).click()
    trouble = watching.locator("[data-sent-trouble]")
    expect(trouble).to_contain_text(re.compile(r"Trying again in \d+ s"))
    server.start()
    expect(watching.locator("[data-report-title]")).to_have_text(
        "24 photos were added", timeout=LONG
    )
    for label in ("coffee", "flower"):
        expect(watching.locator(f"[data-images-of={label}]")).to_have_text("12 photos")
    assert len(server.photos()) == 24
    server.check(PHOTO)


def test_a_zip_goes_on_where_its_server_was_killed(
    watching: Page, server: Killed, tmp_path: Path
) -> None:
    archive = tmp_path / "noise.zip"
    archive.write_bytes(zipped({f"flower/{n}.jpg": different(n) for n in range(300)}))
    before = len(server.photos())
    watching.locator("[data-upload-files]").set_input_files(str(archive))
    expect(watching.locator("[data-sending-title]")).to_have_text("Looking through the zip")
    server.kill_and_start()
    expect(watching.locator("[data-report-title]")).to_contain_text("added", timeout=LONG)
    assert len(server.photos()) == before + 300
    server.check(PHOTO)


def test_a_training_is_watched_on_though_server_and_trainer_were_killed(
    watching: Page, server: Killed
) -> None:
    watching.locator(".train-settings summary").click()
    for name in ("epochs", "patience"):
        watching.locator(f".settings [name={name}]").fill("500")
    watching.locator(".train-go button").click()
    phase = watching.locator("[data-run-phase]")
    expect(phase).to_have_text("Learning", timeout=LONG)
    server.kill()
    expect(watching.locator("[data-run-trouble]")).to_contain_text(
        "does not answer right now", timeout=LONG
    )
    server.start()
    expect(watching.locator("[data-run-trouble]")).to_be_empty(timeout=LONG)
    expect(phase).to_have_text("Learning", timeout=LONG)
    assert server.kill_trainer()
    title = watching.locator("[data-outcome-title]")
    expect(title).to_have_text("Version 1 is live", timeout=LONG)
    server.check(PHOTO)


def test_a_page_loaded_after_a_kill_shows_what_is_there(watching: Page, server: Killed) -> None:
    server.kill_and_start()
    watching.reload()
    expect(watching.locator("tr.live")).to_contain_text("Version 1")
    expect(watching.locator("[data-images-of=coffee]")).to_have_text("12 photos")
