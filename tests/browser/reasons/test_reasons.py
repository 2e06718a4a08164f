"""Why an answer is what it is, on the page: photos that were learned from, a close call, and the
score without what spoke for it."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.steps import asked, changed_answers
from tests.browser.test_reading import violations
from tests.photos import encode, packaged
from tests.teaching.tiles import tiles

pytestmark = pytest.mark.browser

Visitor = Callable[..., Page]


@pytest.fixture
def cup(api: httpx.Client, taught: str, tmp_path: Path) -> Path:
    """A photo that the model learned from."""
    (one, *_) = api.get(f"/models/{taught}/images?label=coffee&split=train").json()["items"]
    photo = tmp_path / "cup.jpg"
    photo.write_bytes(tiles("coffee", 10)[int(one["filename"].removesuffix(".jpg"))])
    return photo


@pytest.fixture
def cat(tmp_path: Path) -> Path:
    photo = tmp_path / "cat.jpg"
    photo.write_bytes(encode(packaged("chelsea")))
    return photo


def arrived(page: Page, language: str = "en") -> Page:
    page.goto(f"/?lang={language}")
    page.locator("[data-camera-button]").wait_for()
    return page


def neighbours(answer: Locator) -> Locator:
    return answer.locator("[data-nearest]").get_by_role("link")


def test_the_photos_most_like_it_are_shown_with_label_and_likeness(page: Page, cup: Path) -> None:
    answer = asked(arrived(page), cup)
    expect(answer.locator("[data-headline]")).to_have_text("coffee")
    shown = neighbours(answer)
    expect(shown).to_have_count(5)
    expect(shown.first).to_have_accessible_name("coffee nearly the same photo")
    for photo in shown.all():
        expect(photo.locator("img")).to_have_js_property("naturalWidth", 96)
    expect(answer.locator("[data-because-said]")).to_contain_text("show coffee")
    expect(shown.first).to_have_attribute("href", re.compile("^/api/v1/models/tableware/images/"))
    expect(shown.first).to_have_attribute("target", "_blank")  # the answers stay


def test_flowers_that_shipped_lead_to_where_they_are(page: Page, tmp_path: Path) -> None:
    flower = tmp_path / "flower.jpg"
    flower.write_bytes(encode(packaged("flower")))
    answer = asked(arrived(page), flower)
    answer.get_by_role("heading", name="Flowers").wait_for()
    answer.locator("[data-model]", has_text="Flowers").locator("[data-label]").first.click()
    shown = neighbours(answer)
    expect(shown).to_have_count(5)
    for photo in shown.all():
        expect(photo).to_have_attribute("href", re.compile("^https://www.flickr.com/"))
        expect(photo).to_have_accessible_name(re.compile("Photo: ."))


def test_the_reasons_follow_the_label_that_is_looked_at(page: Page, cup: Path) -> None:
    answer = asked(arrived(page), cup)
    check = answer.locator("[data-check-go]")
    expect(check).to_have_text("Cover what spoke for coffee")
    imagenet = answer.locator("[data-model]", has_text="ImageNet").locator("[data-label]").first
    imagenet.click()
    name = imagenet.locator("[data-name]").inner_text()
    expect(check).to_have_text(f"Cover what spoke for {name}")
    expect(answer.locator("[data-because-said]")).to_contain_text("ImageNet learned from")
    expect(answer.locator("[data-nearest]")).to_be_hidden()


def test_the_hot_part_is_covered_and_the_score_told(page: Page, cup: Path) -> None:
    answer = asked(arrived(page), cup)
    check = answer.locator("[data-check]")
    expect(check.locator("[data-covered]")).to_be_hidden()
    check.get_by_role("button", name="Cover what spoke for coffee").click()
    said = check.get_by_role("status")
    expect(said).to_contain_text(
        re.compile("With the hot part covered it is .*%; with a cold part")
    )
    pictures = check.get_by_role("img")
    expect(pictures).to_have_count(2)
    for picture in pictures.all():
        expect(picture).to_have_js_property("naturalWidth", 224)
    expect(check.locator("[data-score-hot]")).to_have_text(re.compile("^Hot part covered: .*%$"))
    answer.locator("[data-label]").nth(1).click()
    expect(check.locator("[data-covered]")).to_be_hidden()
    expect(said).to_have_text("")


def test_any_other_label_can_be_looked_for(page: Page, cat: Path) -> None:
    answer = asked(arrived(page), cat)
    other = answer.locator("[data-other]")
    answer.locator("[data-model]", has_text="Flowers").locator("[data-label]").first.click()
    expect(other).to_be_hidden()  # all of its labels are listed
    answer.locator("[data-model]", has_text="ImageNet").locator("[data-label]").first.click()
    other.locator("summary").click()
    label = other.get_by_label("Label of ImageNet")
    expect(label.get_by_role("option")).to_have_count(995)
    before = answer.locator("[data-map]").get_attribute("href")
    label.select_option("goldfish")
    other.get_by_role("button", name="Show it").click()
    expect(answer.locator("[data-check-said]")).to_contain_text("goldfish")
    expect(answer.locator("[data-where]")).to_contain_text("For goldfish the network looked")
    assert answer.locator("[data-map]").get_attribute("href") != before
    expect(answer.locator('[aria-pressed="true"]')).to_have_count(0)


def close_call(result: dict[str, Any]) -> None:
    """Between coffee and flower."""
    for model in result["models"]:
        if model["model"] == "tableware":
            model |= {"unknown": False, "decision": model["predictions"][0]["label"]}
            model["hesitated"]["close"] = True
            for prediction, score in zip(model["predictions"], (0.52, 0.48), strict=True):
                prediction["score"] = score
        else:
            model |= {"unknown": None}


def test_a_close_call_ends_in_an_action(page: Page, cup: Path) -> None:
    changed_answers(arrived(page), close_call)
    answer = asked(page, cup)
    call = answer.locator("[data-close]")
    expect(call).to_contain_text("A close call between coffee and flower. If you know which it is")
    expect(call.locator("[data-close-move]")).to_be_hidden()
    for name in ("coffee", "flower"):
        photos = call.get_by_role("link", name=f"Photos of {name}")
        expect(photos).to_have_attribute("href", f"/models/tableware/photos?label={name}")
    call.get_by_role("button", name="I know which it is").click()
    expect(answer.locator("[data-teach-label]")).to_be_focused()


def test_where_nothing_can_be_taught_the_square_is_to_be_moved(page: Page, cup: Path) -> None:
    def close(result: dict[str, Any]) -> None:
        result["models"] = [m for m in result["models"] if m["model"] == "imagenet"]
        result["models"][0]["hesitated"]["close"] = True

    changed_answers(arrived(page), close)
    call = asked(page, cup).locator("[data-close]")
    expect(call).to_contain_text("Move the square closer around what you mean")
    expect(call.get_by_role("button")).to_have_count(0)
    expect(call.get_by_role("link")).to_have_count(0)


def test_a_refusal_is_told_in_its_words(page: Page, cup: Path) -> None:
    answer = asked(arrived(page), cup)
    page.route("**/*:occlude?*", lambda route: route.abort("connectionrefused"))
    answer.locator("[data-check-go]").click()
    expect(answer.locator("[data-check-said]")).to_contain_text("The server cannot be reached")
    expect(answer.locator("[data-covered]")).to_be_hidden()


@pytest.mark.parametrize("language", ["en", "nb"])
def test_without_scripts_the_reasons_are_there_too(
    visitor: Visitor, cup: Path, language: str
) -> None:
    page = visitor(java_script_enabled=False)
    page.goto(f"/?lang={language}")
    page.locator("input[name=images]").set_input_files(str(cup))
    page.locator("button[type=submit]").click()
    answer = page.locator(".answer")
    expect(answer.locator(".because h3")).to_have_text(
        {"en": "Why this answer", "nb": "Hvorfor dette svaret"}[language]
    )
    shown = answer.locator(".nearest").get_by_role("link")
    expect(shown).to_have_count(5)
    alike = {"en": "nearly the same photo", "nb": "nesten samme bilde"}[language]
    expect(shown.first).to_contain_text(alike)
    expect(answer.locator(".because p").first).to_contain_text(
        {"en": "show coffee", "nb": "viser"}[language]
    )
    expect(answer.get_by_role("button")).to_have_count(0)


@pytest.mark.parametrize("language", ["en", "nb"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_reaches_over_the_edge_and_axe_is_content(
    visitor: Visitor, cup: Path, cat: Path, language: str, scheme: str
) -> None:
    page = visitor(color_scheme=scheme, viewport={"width": 360, "height": 740})
    changed_answers(arrived(page, language), close_call)
    answer = asked(page, cup)
    answer.locator("[data-check-go]").click()
    expect(answer.locator("[data-covered]")).to_be_visible()
    for summary in answer.locator("summary").all():
        if summary.is_visible():
            summary.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert violations(page) == ""
    page.unroute_all()
    asked(page, cat)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert violations(page) == ""
