"""Holding a button takes a stream of pictures that stay together."""

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.blocks.bench import Bench
from tests.browser.blocks.test_uploading import added
from tests.browser.test_reading import violations

pytestmark = pytest.mark.browser

IMAGES = "POST /models/waste/images"
BESIDE = """
<p><span data-images-of="glass" data-n="0">0 photos</span>
<span data-holds-of="glass" data-n="0">0 holds</span>
<button type="button" hidden data-hold-open="glass" data-name="Glass">Record Glass</button>
<label class="pick" hidden data-hold-file="glass">
  Take <input type="file" capture="environment">
</label></p>
<p hidden data-hold-why="insecure">This needs https.</p>
<p hidden data-hold-why="none">No camera here.</p>
<p role="status" data-hold-result></p>
"""


@pytest.fixture
def path(bench: Bench) -> str:
    bench.answers[IMAGES] = added
    return bench.page("hold", "_hold.html", model="waste", beside=BESIDE)


@pytest.fixture
def opened(page: Page, path: str) -> Page:
    page.goto(path)
    page.get_by_role("button", name="Record Glass").click()
    expect(page.locator("[data-record]")).to_be_enabled()
    return page


def test_pictures_of_one_hold_stay_together(opened: Page, bench: Bench) -> None:
    expect(opened.locator("[data-holds-advice]")).to_contain_text("no test of anything")
    assert violations(opened) == ""
    opened.locator("[data-record]").hover()
    for hold in (1, 2, 3):
        opened.mouse.down()
        expect(opened.locator("[data-record]")).to_have_text("Let go to stop")
        expect(opened.locator("[data-previews] img").nth(2)).to_be_visible()
        opened.mouse.up()
        told = opened.locator("[data-holds-said]")
        expect(told).to_have_text(f"Holds so far: {hold} of at least 3")
    expect(opened.locator("[data-holds-advice]")).to_contain_text("Enough to learn from")
    asked = bench.requests(IMAGES)
    assert len({one.body["hold"] for one in asked}) == 3
    assert {one.body["label"] for one in asked} == {"glass"}
    assert all(len(one.files) >= 3 for one in asked)
    count = sum(len(one.files) for one in asked)
    expect(opened.locator("[data-images-of]")).to_have_text(f"{count} photos")
    expect(opened.locator("[data-holds-of]")).to_have_text("3 holds")


def test_a_held_key_records_until_it_is_let_go(opened: Page, bench: Bench) -> None:
    opened.keyboard.down("Space")
    opened.keyboard.down("Space")
    expect(opened.locator("[data-previews] img").nth(1)).to_be_visible()
    opened.keyboard.up("Space")
    expect(opened.locator("[data-holds-said]")).to_contain_text("1 of at least 3")
    assert len({one.body["hold"] for one in bench.requests(IMAGES)}) == 1


def test_who_cannot_hold_presses_twice(opened: Page, bench: Bench) -> None:
    opened.get_by_label("I cannot hold a button").check()
    opened.get_by_role("button", name="Press to record").click()
    expect(opened.locator("[data-previews] img").nth(1)).to_be_visible()
    assert bench.requests(IMAGES) == []
    opened.get_by_role("button", name="Press to stop").press("Enter")
    expect(opened.locator("[data-holds-said]")).to_contain_text("1 of at least 3")


def test_closing_lets_the_camera_go_and_keeps_what_was_taken(opened: Page, bench: Bench) -> None:
    stream = opened.locator("[data-hold-video]").evaluate_handle("video => video.srcObject")
    opened.locator("[data-record]").hover()
    opened.mouse.down()
    expect(opened.locator("[data-previews] img").nth(1)).to_be_visible()
    opened.keyboard.press("Escape")
    expect(opened.locator("[data-holds-of]")).to_have_text("1 hold")
    tracks = stream.evaluate("stream => stream.getTracks().map((track) => track.readyState)")
    assert tracks == ["ended"]
    expect(opened.get_by_role("button", name="Record Glass")).to_be_focused()


def test_where_pages_get_no_camera_the_device_takes_photos(
    page: Page, path: str, bench: Bench
) -> None:
    page.add_init_script(
        "Object.defineProperty(window, 'isSecureContext', {value: false});"
        "Object.defineProperty(navigator, 'mediaDevices', {value: undefined});"
    )
    page.goto(path)
    expect(page.get_by_text("This needs https.")).to_be_visible()
    expect(page.get_by_role("button", name="Record Glass")).to_be_hidden()
    photo = FilePayload(name="a.jpg", mimeType="image/jpeg", buffer=b"photo")
    page.locator("[data-hold-file] input").set_input_files([photo])
    expect(page.locator("[data-hold-result]")).to_have_text("1 picture added.")
    (asked,) = bench.requests(IMAGES)
    assert asked.body == {"label": "glass"}
