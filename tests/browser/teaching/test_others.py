"""Not these, in a browser without scripts: what got through is seen and taken out of its set."""

import re
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_reading import violations
from tests.photos import encode, packaged
from tests.teaching.tiles import tiles

pytestmark = pytest.mark.browser


def photos_in(folder: Path) -> list[str]:
    """Cups, and a rose that is no stranger to a model of flowers."""
    found = {f"cup-{at}.jpg": tile for at, tile in enumerate(tiles("coffee", 8))}
    found["rose.jpg"] = encode(packaged("flower"), quality=90)
    for name, content in found.items():
        (folder / name).write_bytes(content)
    return [str(folder / name) for name in found]


def test_what_gets_through_is_found_and_taken_out(
    visitor: Callable[..., Page], api: httpx.Client, tmp_path: Path
) -> None:
    page = visitor(java_script_enabled=False, locale="en-GB")
    page.goto("/models/flowers")
    page.get_by_role("link", name="Not these: photos it must refuse").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Not these")
    page.get_by_label("What they show").fill("Cups")
    page.get_by_label(re.compile("^Photos, up to 50")).last.set_input_files(photos_in(tmp_path))
    page.get_by_role("button", name="Look at them").click()
    section = page.locator("section").filter(has=page.get_by_role("heading", name="Cups"))
    expect(section.locator(".others-said")).to_contain_text(re.compile("of 9 photos are refused"))
    first = section.locator("form.gallery > .grid .tile").first
    expect(first).to_contain_text("would be rose,")
    first.get_by_role("checkbox").check()
    section.get_by_role("button", name="Take the chosen ones out").click()
    expect(section.locator(".others-said")).to_contain_text(re.compile("of 8 photos are refused"))
    assert api.get("/models/flowers/others/cups").json()["photos"] == 8
    page.get_by_role("link", name="When is a photo unknown?").click()
    expect(page.locator("#unknown")).to_contain_text("Cups: ")
    page.locator("#unknown").get_by_role("link", name="See them").click()
    section.get_by_role("button", name="Remove the set Cups").click()
    expect(section).to_have_count(0)
    page.locator("summary").filter(has_text="One set was removed").click()
    page.get_by_role("button", name="Bring back Cups").click()
    expect(section).to_have_count(1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en-GB", "nb-NO"])
def test_the_page_can_be_read_by_everyone(
    visitor: Callable[..., Page], api: httpx.Client, scheme: str, locale: str
) -> None:
    made = api.post("/models/flowers/others", json={"name": "Cups for everyone"})
    assert made.status_code in (200, 201)
    files = [("images", (f"{at}.jpg", tile)) for at, tile in enumerate(tiles("coffee", 3))]
    api.post("/models/flowers/others/cups-for-everyone/images", files=files)
    page = visitor(color_scheme=scheme, locale=locale, viewport={"width": 360, "height": 740})
    page.goto("/models/flowers/others")
    for summary in page.locator("summary").all():
        summary.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert violations(page) == ""
