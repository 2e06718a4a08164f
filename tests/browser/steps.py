"""What a person does on the page, and what they then wait for."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Locator, Page, Route, expect

from tests.photos import encode, packaged

ANSWERED = '[data-answer][data-state="done"]'
PREDICT = "**/api/v1/predict?*"

Change = Callable[[dict[str, Any]], None]


def choose(page: Page, *files: Path) -> None:
    page.locator("[data-choose]").set_input_files([str(file) for file in files])


def answers(page: Page, count: int = 1) -> Locator:
    """The answered photos, once there are so many."""
    found = page.locator(ANSWERED)
    expect(found).to_have_count(count, timeout=20_000)
    return found


def asked(page: Page, *files: Path) -> Locator:
    """The first of the answers to these photos."""
    choose(page, *files)
    return answers(page, len(files)).first


def train(page: Page, epochs: int) -> None:
    """Presses Train in the lab and waits until all epochs are over."""
    button = page.locator("[data-run]")
    expect(button).to_be_enabled()
    word = button.inner_text()
    button.press("Enter")
    expect(page.locator("[data-epochs]")).to_have_text(str(epochs), timeout=60_000)
    expect(button).to_have_text(word)


def drop(page: Page, files: dict[str, bytes]) -> None:
    """Lets files go somewhere on the page."""
    carried = page.evaluate_handle(
        """(files) => {
            const carried = new DataTransfer();
            for (const [name, bytes] of files) {
                carried.items.add(new File([new Uint8Array(bytes)], name, {type: "image/jpeg"}));
            }
            return carried;
        }""",
        [[name, list(content)] for name, content in files.items()],
    )
    for event in ("dragenter", "dragover", "drop"):
        page.dispatch_event("footer", event, {"dataTransfer": carried})


def changed_answers(page: Page, change: Change) -> None:
    """Answers for the page that differ from the server's in what `change` does to them.

    Chromium does not show Playwright what is in a file on its way, so another photo is asked about.
    """

    def handle(route: Route) -> None:
        photo = {"images": ("other.jpg", encode(packaged("coffee")))}
        body = httpx.post(route.request.url, files=photo).raise_for_status().json()
        change(body["results"][0])
        route.fulfill(json=body)

    page.route(PREDICT, handle)
