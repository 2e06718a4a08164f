"""Large photos travel small; small ones and unknown ones travel as they are."""

import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.browser.steps import PREDICT, asked, choose
from tests.photos import packaged

pytestmark = pytest.mark.browser


def large(path: Path, width: int, height: int, orientation: int = 1) -> Path:
    exif = Image.Exif()
    exif[0x0112] = orientation
    photo = Image.fromarray(packaged("flower")).resize((width, height))
    photo.save(path, quality=95, exif=exif)
    return path


def sent(page: Page, photo: Path) -> tuple[int, int, int]:
    """Width and height as the server saw them, and how many bytes came to it."""
    with page.expect_response(PREDICT) as response:
        asked(page, photo)
    result = response.value.json()["results"][0]
    page.wait_for_timeout(100)
    return result["width"], result["height"], response.value.request.sizes()["requestBodySize"]


def test_a_large_photo_is_shrunk_to_768_on_its_shorter_side(home: Page, tmp_path: Path) -> None:
    photo = large(tmp_path / "large.jpg", 4000, 3000)
    assert photo.stat().st_size > 1_000_000
    width, height, size = sent(home, photo)
    assert (width, height) == (1024, 768)
    assert size < 0.3 * photo.stat().st_size


def test_a_turned_photo_is_sent_upright(home: Page, tmp_path: Path) -> None:
    width, height, _ = sent(home, large(tmp_path / "turned.jpg", 4000, 3000, orientation=6))
    assert (width, height) == (768, 1024)


def test_the_photo_on_the_page_is_upright_too(home: Page, tmp_path: Path) -> None:
    answer = asked(home, large(tmp_path / "turned.jpg", 900, 600, orientation=6))
    shown = answer.locator("[data-photo]").bounding_box()
    assert shown is not None
    assert shown["height"] == pytest.approx(1.5 * shown["width"], rel=0.01)


def test_a_small_photo_is_sent_as_it_is(home: Page, photos: dict[str, Path]) -> None:
    with Image.open(photos["chelsea"]) as image:
        size = image.size
    width, height, _ = sent(home, photos["chelsea"])
    assert (width, height) == size


def test_a_heavy_photo_of_few_pixels_keeps_all_of_them(home: Page, tmp_path: Path) -> None:
    noise = Image.effect_noise((600, 600), 90).convert("RGB")
    content = io.BytesIO()
    noise.save(content, "PNG")
    photo = tmp_path / "noise.png"
    photo.write_bytes(content.getvalue() + bytes(3 * 2**20))
    width, height, size = sent(home, photo)
    assert (width, height) == (600, 600)
    assert size < 2**20


def test_what_is_too_large_to_send_is_said_before_it_travels(home: Page, tmp_path: Path) -> None:
    photo = tmp_path / "endless.jpg"
    photo.write_bytes(bytes(15_040_000))
    choose(home, photo)
    alert = home.locator("[data-problem]")
    alert.get_by_text("The file is too large").wait_for()
    assert "15.1 MB; at most 15 MB" in alert.inner_text()
