"""Chromium, photos to hand it, and a watch over everything it complains about."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.photos import encode, packaged

CHROMIUM = Path(os.environ.get("BLOMST_CHROMIUM", "/usr/bin/chromium"))
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]

# Playwright means 5 s for a machine that does nothing else; here trainings share its two cores.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def base_url(live_server: str) -> str:
    return live_server


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    if not CHROMIUM.exists():
        missing = f"no Chromium at {CHROMIUM}: apt-get install chromium, or set BLOMST_CHROMIUM"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return {**browser_type_launch_args, "executable_path": str(CHROMIUM), "args": ARGUMENTS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "locale": "en-GB", "viewport": {"width": 1280, "height": 900}}


@pytest.fixture(autouse=True)
def complaints(context: BrowserContext) -> Iterator[list[str]]:
    """Fails a test in which a script broke or the Content-Security-Policy stopped something."""
    heard: list[str] = []
    listen(context, heard)
    yield heard
    assert heard == []


def listen(context: BrowserContext, heard: list[str]) -> None:
    def console(message: ConsoleMessage) -> None:
        # Refused requests are part of what is tested; Chromium reports each of them.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            heard.append(message.text)

    context.on("console", console)
    context.on("weberror", lambda error: heard.append(str(error.error)))


@pytest.fixture
def visitor(
    browser: Browser, base_url: str, complaints: list[str]
) -> Iterator[Callable[..., Page]]:
    """Someone with another browser: makes a page with what `new_context` takes."""
    with ExitStack() as contexts:

        def arrive(**options: Any) -> Page:
            context = browser.new_context(base_url=base_url, **options)
            contexts.callback(context.close)
            listen(context, complaints)
            return context.new_page()

        yield arrive


@pytest.fixture
def home(page: Page) -> Page:
    """The empty page, in English, with its scripts running."""
    page.goto("/")
    page.locator("[data-camera-button]").wait_for()
    return page


@pytest.fixture(scope="session")
def photos(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Photos by name: chelsea (a cat), coffee, rocket, flower; `text` is no photo at all."""
    folder = tmp_path_factory.mktemp("photos")
    found = {}
    for name in ("chelsea", "coffee", "rocket", "flower"):
        found[name] = folder / f"{name}.jpg"
        found[name].write_bytes(encode(packaged(name), quality=90))
    found["text"] = folder / "notes.jpg"
    found["text"].write_text("This is not a photo.")
    return found
