"""The ways in which photos come to the page."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import answers, asked, choose, drop

pytestmark = pytest.mark.browser


def test_a_chosen_photo_is_shown_large_and_answered(home: Page, photos: dict[str, Path]) -> None:
    answer = asked(home, photos["chelsea"])
    expect(answer.locator("[data-headline]")).to_contain_text("cat", ignore_case=True)
    photo = answer.locator("[data-photo]").bounding_box()
    assert photo is not None
    assert photo["width"] > 600


def test_the_input_accepts_only_what_the_server_reads(home: Page) -> None:
    kinds = home.locator("[data-choose]").get_attribute("accept")
    assert kinds is not None
    assert set(kinds.split(",")) == {"image/jpeg", "image/png", "image/webp", "image/avif"}


def test_photos_can_be_dropped_anywhere(home: Page, photos: dict[str, Path]) -> None:
    drop(home, {"a.jpg": photos["chelsea"].read_bytes(), "b.jpg": photos["coffee"].read_bytes()})
    answers(home, 2)
    expect(home.locator("[data-drop]")).to_be_hidden()


def test_what_is_carried_over_the_page_shows_that_it_may_be_dropped(home: Page) -> None:
    carried = home.evaluate_handle(
        "() => { const d = new DataTransfer(); d.items.add(new File([], 'a.jpg')); return d; }"
    )
    home.dispatch_event("main", "dragenter", {"dataTransfer": carried})
    expect(home.locator("[data-drop]")).to_be_visible()
    home.dispatch_event("main", "dragleave", {"dataTransfer": carried})
    expect(home.locator("[data-drop]")).to_be_hidden()


def test_a_copied_photo_can_be_pasted(home: Page, photos: dict[str, Path]) -> None:
    home.context.grant_permissions(["clipboard-read", "clipboard-write"])
    home.evaluate(
        """async (bytes) => {
            const jpeg = new Blob([new Uint8Array(bytes)], {type: "image/jpeg"});
            const bitmap = await createImageBitmap(jpeg);
            const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
            canvas.getContext("2d").drawImage(bitmap, 0, 0);
            const png = await canvas.convertToBlob({type: "image/png"});
            await navigator.clipboard.write([new ClipboardItem({"image/png": png})]);
        }""",
        list(photos["coffee"].read_bytes()),
    )
    home.keyboard.press("Control+v")
    expect(answers(home).locator("[data-file]")).to_have_text("pasted.png")


def test_the_camera_shows_a_live_picture_and_is_let_go(home: Page) -> None:
    home.get_by_role("button", name="Take a photo").click()
    shutter = home.get_by_role("dialog").get_by_role("button", name="Take the photo")
    expect(shutter).to_be_enabled()
    stream = home.locator("[data-video]").evaluate_handle("video => video.srcObject")
    assert home.locator("[data-video]").evaluate("video => video.videoWidth") > 0
    shutter.click()
    expect(home.get_by_role("dialog")).to_be_hidden()
    expect(answers(home).locator("[data-file]")).to_have_text("camera.jpg")
    tracks = stream.evaluate("stream => stream.getTracks().map((track) => track.readyState)")
    assert tracks == ["ended"]


def test_closing_the_camera_takes_no_photo(home: Page) -> None:
    home.get_by_role("button", name="Take a photo").click()
    expect(home.locator("[data-shoot]")).to_be_enabled()
    home.keyboard.press("Escape")
    expect(home.get_by_role("dialog")).to_be_hidden()
    expect(home.locator("[data-answer]")).to_have_count(0)


def test_a_refused_camera_says_what_to_do(page: Page, live_server: str) -> None:
    page.add_init_script(
        "navigator.mediaDevices.getUserMedia = async () => {"
        " throw new DOMException('no', 'NotAllowedError'); }"
    )
    page.goto(live_server)
    page.get_by_role("button", name="Take a photo").click()
    expect(page.get_by_role("dialog")).to_contain_text("Allow it in the address bar")


def test_without_a_secure_context_the_device_takes_the_photo(
    page: Page, live_server: str, photos: dict[str, Path]
) -> None:
    page.add_init_script(
        "Object.defineProperty(window, 'isSecureContext', {value: false});"
        "Object.defineProperty(navigator, 'mediaDevices', {value: undefined});"
    )
    page.goto(live_server)
    expect(page.get_by_text("needs an https address")).to_be_visible()
    capture = page.locator("[data-capture]")
    expect(capture).to_have_attribute("capture", "environment")
    capture.set_input_files(str(photos["chelsea"]))
    answer = answers(page)
    answer.get_by_text("For your own programs").click()
    expect(answer.get_by_text("only lets pages copy on https")).to_be_visible()
    assert '"results"' in answer.get_by_label("The answer as JSON").input_value()


def test_choosing_more_photos_puts_the_newest_first(home: Page, photos: dict[str, Path]) -> None:
    asked(home, photos["chelsea"])
    choose(home, photos["coffee"], photos["rocket"])
    answers(home, 3)
    names = home.locator("[data-file]").all_text_contents()
    assert names == ["coffee.jpg", "rocket.jpg", "chelsea.jpg"]
