"""Photos by zip and by camera, and what is done with them in the gallery."""

from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.teaching.conftest import LABELS, add, new_model
from tests.teaching.tiles import tiles
from tests.teaching.zips import zipped

pytestmark = pytest.mark.browser


def test_a_zip_fills_the_labels_and_leaves_its_report(
    page: Page, api: httpx.Client, tmp_path: Path
) -> None:
    model = new_model(api, "By zip")
    page.goto(f"/models/{model}")
    archive = tmp_path / "box.zip"
    photos = {f"box/{label}/{n}.jpg": p for label in LABELS for n, p in enumerate(tiles(label, 8))}
    archive.write_bytes(zipped({**photos, "box/flower/half.jpg": tiles("flower", 1)[0][:600]}))
    page.locator("[data-upload-files]").set_input_files(str(archive))
    expect(page.locator("[data-report-title]")).to_have_text("16 photos were added", timeout=60_000)
    expect(page.locator("[data-images-of=coffee]")).to_have_text("8 photos")
    page.get_by_role("link", name="What came of the last zip").click()
    expect(page.locator(".lead")).to_have_text("Finished.")
    expect(page.locator(".import-counts")).to_contain_text("16 new photos")
    expect(page.locator(".file-list")).to_contain_text("box/flower/half.jpg")
    page.get_by_role("link", name="Back to By zip").click()
    expect(page.locator(".label-row")).to_have_count(2)


def test_holds_come_in_as_groups(page: Page, api: httpx.Client) -> None:
    model = new_model(api, "By camera", LABELS)
    page.goto(f"/models/{model}")
    opener = page.get_by_role("button", name="Record flower with the camera")
    opener.click()
    record = page.locator("[data-record]")
    expect(record).to_be_enabled()
    record.hover()
    for hold in (1, 2):
        page.mouse.down()
        expect(page.locator("[data-previews] img").nth(2)).to_be_visible()
        page.mouse.up()
        expect(page.locator("[data-holds-said]")).to_contain_text(f"Holds so far: {hold}")
    page.get_by_role("button", name="Done").click()
    expect(opener).to_be_focused()
    kept = api.get(f"/models/{model}/images", params={"limit": 200}).json()["items"]
    assert {photo["source"] for photo in kept} == {"camera"}
    assert len({photo["group"] for photo in kept}) <= 2
    expect(page.locator("[data-images-of=flower]")).to_have_text(f"{len(kept)} photos")
    expect(page.locator("[data-holds-of=flower]")).to_have_attribute("data-n", "2")


def test_a_label_is_changed_by_keyboard_and_undone(page: Page, api: httpx.Client) -> None:
    model = new_model(api, "By keyboard", LABELS)
    add(api, model, "coffee", tiles("coffee", 6))

    def labels() -> dict[str, int]:
        items = api.get(f"/models/{model}/labels").json()["items"]
        return {one["label"]: one["images"]["total"] for one in items}

    page.goto(f"/models/{model}/photos?label=coffee")
    first = page.locator("[data-photo] input").first
    first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(page.locator("[data-selected]")).to_have_text("2 selected")
    page.keyboard.press("2")
    said = page.locator("[data-gallery-said]")
    expect(said).to_have_text("2 photos are now flower.")
    expect(page.locator("[data-photo]")).to_have_count(4)
    page.wait_for_load_state("networkidle")
    assert labels() == {"coffee": 4, "flower": 2}
    page.keyboard.press("Control+z")
    expect(said).to_have_text("Undone: 2 photos are back.")
    expect(page.locator("[data-photo]")).to_have_count(6)
    page.wait_for_load_state("networkidle")
    assert labels() == {"coffee": 6, "flower": 0}


def test_removed_photos_are_brought_back_on_their_page(page: Page, api: httpx.Client) -> None:
    model = new_model(api, "Photos come back", LABELS)
    add(api, model, "coffee", tiles("coffee", 3))
    page.goto(f"/models/{model}/photos")
    page.locator("[data-photo] input").first.check()
    page.get_by_role("button", name="Remove").click()
    expect(page.locator("[data-gallery-said]")).to_contain_text("1 photo was removed")
    page.wait_for_load_state("networkidle")
    page.goto(f"/models/{model}")
    page.locator(".label-links").get_by_role("link", name="removed").click()
    page.locator("input[name=images]").check()
    page.get_by_role("button", name="Bring back").click()
    expect(page.get_by_text("No photos here.")).to_be_visible()
    page.goto(f"/models/{model}")
    expect(page.locator("[data-images-of=coffee]")).to_have_text("3 photos")
