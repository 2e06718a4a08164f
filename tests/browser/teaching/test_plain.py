"""The whole path again without JavaScript: forms, links, and a page to load again."""

import re
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.teaching.tiles import tiles
from tests.teaching.zips import zipped

pytestmark = pytest.mark.browser


def test_forms_alone_lead_from_photos_to_a_model_and_back(
    visitor: Callable[..., Page], api: httpx.Client, folder: Path, tmp_path: Path
) -> None:
    page = visitor(java_script_enabled=False, locale="en-GB")
    page.goto("/models")
    page.get_by_label("Name").fill("Plain")
    page.get_by_label("Labels, with commas between").fill("coffee")
    page.get_by_role("button", name="Make it").click()
    page.get_by_label("Name of the new label").fill("flower")
    page.get_by_role("button", name="Add a label").click()
    by_form(page, sorted((folder / "coffee").glob("[0-9]*.jpg")), folder / "coffee" / "broken.jpg")
    by_zip(page, tmp_path)
    trained(page, 1)
    in_gallery(page)
    trained(page, 2)
    page.get_by_role("button", name="Make version 1 live").click()
    expect(page.locator("tr.live")).to_contain_text("Version 1")
    assert api.get("/models/plain").json()["version"] == 1


def by_form(page: Page, photos: list[Path], broken: Path) -> None:
    files = [str(photo) for photo in (*photos, broken)]
    page.get_by_label("Add photos of coffee").set_input_files(files)
    page.locator(".label-row").filter(has_text="coffee").get_by_role(
        "button", name="Add them"
    ).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("12 photos were added to coffee")
    expect(page.locator(".refused")).to_contain_text("broken.jpg")
    page.get_by_role("link", name="Back to Plain").click()


def by_zip(page: Page, folder: Path) -> None:
    field = page.get_by_label("Or a zip with one folder for each label")
    form = page.locator("form").filter(has=field)
    lie = folder / "lie.zip"
    lie.write_bytes(b"This is no zip.")
    field.set_input_files(str(lie))
    form.locator("button").click()
    expect(page.get_by_role("alert")).not_to_be_empty()
    archive = folder / "flowers.zip"
    tiled = {f"flower/{n}.jpg": tile for n, tile in enumerate(tiles("flower", 12))}
    archive.write_bytes(zipped(tiled))
    field.set_input_files(str(archive))
    form.locator("button").click()
    expect(page).to_have_url(re.compile(r"/imports/\d+$"))
    again_until(page, page.get_by_text("Finished."))
    expect(page.locator(".import-counts")).to_have_text(re.compile("12 new photos"))
    page.get_by_role("link", name="Back to Plain").click()


def trained(page: Page, version: int) -> None:
    page.locator(".train-go button").click()
    expect(page).to_have_url(re.compile(r"/runs/\d+$"))
    again_until(page, page.get_by_role("heading", name=f"Version {version} is live"))
    page.get_by_text("The numbers as a table").click()
    assert page.locator("[data-epochs] tr").count() > 3
    page.get_by_role("link", name="Back to Plain").click()


def in_gallery(page: Page) -> None:
    page.get_by_role("link", name="All 24 photos").click()
    page.locator("input[name=images]").first.check()
    page.locator("select[name=label]").select_option("coffee")
    page.get_by_role("button", name="Relabel").click()
    page.locator("input[name=images]").nth(1).check()
    page.get_by_role("button", name="Remove").click()
    page.get_by_role("link", name="Plain").click()
    expect(page.locator(".label-count").filter(has_text="13 photos")).to_be_visible()
    expect(page.locator(".label-count").filter(has_text="10 photos")).to_be_visible()


def again_until(page: Page, there: object) -> None:
    """Loads the page again, as it says, until that is on it."""
    for _ in range(240):
        if there.is_visible():  # type: ignore[attr-defined]
            return
        page.wait_for_timeout(500)
        page.reload()
    pytest.fail(f"never came to {there}")
