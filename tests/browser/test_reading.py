"""Everybody can read the pages: in both languages, light or dark, without scripts, by ear."""

import re
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.steps import answers, asked, choose

pytestmark = pytest.mark.browser

Visitor = Callable[..., Page]

PAGES = ("/", "/docs", "/problems", "/problems/truncated-image", "/nowhere")


def violations(page: Page) -> str:
    found = Axe().run(page)
    return found.generate_report() if found.violations_count else ""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en-GB", "nb-NO"])
def test_every_page_passes_axe(
    visitor: Visitor, photos: dict[str, Path], scheme: str, locale: str
) -> None:
    page = visitor(locale=locale, color_scheme=scheme)
    for path in PAGES:
        page.goto(path)
        expect(page.locator("html")).to_have_attribute("lang", locale[:2])
        assert violations(page) == "", path
    page.goto("/")
    choose(page, photos["chelsea"], photos["text"], photos["coffee"])
    answers(page, 2)
    page.locator("summary").first.click()
    assert violations(page) == "", "with answers"


@pytest.mark.parametrize("width", [320, 360, 768, 1280, 1920])
def test_nothing_reaches_over_the_edge(home: Page, photos: dict[str, Path], width: int) -> None:
    home.set_viewport_size({"width": width, "height": 800})
    for summary in asked(home, photos["chelsea"]).locator("summary").all():
        summary.click()
    for path in (None, "/docs", "/problems"):
        if path:
            home.goto(path)
        assert home.evaluate("document.documentElement.scrollWidth") <= width, path


def test_everything_to_press_is_large_enough(home: Page, photos: dict[str, Path]) -> None:
    asked(home, photos["chelsea"], photos["coffee"])
    small = home.evaluate(
        """() => [...document.querySelectorAll("button, summary, input, a")]
            .filter((each) => each.checkVisibility() && !each.closest(".skip, p"))
            .map((each) => [each.outerHTML.slice(0, 80), each.getBoundingClientRect()])
            .filter(([, size]) => size.width > 0 && (size.width < 24 || size.height < 24))
            .map(([html]) => html)"""
    )
    assert small == []


def test_the_language_is_switched_by_a_link_and_remembered(home: Page) -> None:
    home.get_by_role("link", name="Norsk").click()
    expect(home.get_by_role("heading", level=1)).to_have_text("Hva er det på bildet?")
    home.goto("/")
    expect(home.locator("html")).to_have_attribute("lang", "nb")
    home.get_by_role("link", name="English").click()
    expect(home.get_by_role("heading", level=1)).to_have_text("What is in the photo?")


def test_answers_go_with_the_language_only_when_that_is_wanted(
    home: Page, photos: dict[str, Path]
) -> None:
    asked(home, photos["chelsea"])
    norsk = home.get_by_role("link", name="Norsk")
    norsk.press("Enter")
    question = home.get_by_role("group", name="Changing language clears the answers.")
    expect(question.get_by_role("button", name="Stay")).to_be_focused()
    assert violations(home) == ""
    home.keyboard.press("Escape")
    expect(question).to_be_hidden()
    expect(norsk).to_be_focused()
    answers(home, 1)
    norsk.click()
    question.get_by_role("link", name="Change").click()
    expect(home.locator("html")).to_have_attribute("lang", "nb")


def test_answers_and_errors_are_norwegian_on_a_norwegian_page(
    page: Page, photos: dict[str, Path]
) -> None:
    page.goto("/?lang=nb")
    choose(page, photos["chelsea"], photos["text"])
    answer = answers(page)
    expect(answer.locator("[data-sure]")).to_contain_text(re.compile(r"\d\u00a0%"))
    expect(answer.locator("[data-where]")).to_contain_text("så nettverket")
    expect(page.get_by_role("alert").filter(has_text=re.compile("[a-z]"))).not_to_contain_text(
        "image"
    )


def test_colours_go_round_and_are_remembered(home: Page) -> None:
    html = home.locator("html")
    button = home.get_by_role("button", name=re.compile("^Colours"))
    button.click()
    expect(html).to_have_attribute("data-theme", "light")
    button.click()
    expect(button).to_have_accessible_name("Colours: dark")
    home.reload()
    expect(html).to_have_attribute("data-theme", "dark")
    button.click()
    expect(html).not_to_have_attribute("data-theme", re.compile("."))


def test_the_keyboard_reaches_the_content_first(home: Page) -> None:
    home.keyboard.press("Tab")
    expect(home.get_by_role("link", name="Skip to the content")).to_be_focused()
    home.keyboard.press("Enter")
    home.keyboard.press("Tab")
    expect(home.locator("[data-choose]")).to_be_focused()


def espresso_map(page: Page, photo: Path) -> str:
    """The heat map of what the photo looks like, which is on the list of another model."""
    query = "model=flowers&model=imagenet&top_k=5&explain=heatmap"
    files = {"images": photo.read_bytes()}
    told = httpx.post(f"{page.url}api/v1/predict?{query}", files=files)
    _, imagenet = told.json()["results"][0]["models"]
    found: str = imagenet["predictions"][0]["heatmap"]
    return found


@pytest.mark.parametrize("locale", ["en-GB", "nb-NO"])
def test_without_scripts_the_form_still_works(
    visitor: Visitor, photos: dict[str, Path], locale: str
) -> None:
    page = visitor(java_script_enabled=False, locale=locale)
    page.goto("/")
    page.locator("input[name=images]").set_input_files(
        [str(photos[name]) for name in ("coffee", "text")]
    )
    page.locator("button[type=submit]").click()
    answer = page.locator(".answer")
    expect(answer).to_have_count(2)
    expect(answer.first.locator(".headline")).to_contain_text("espresso", ignore_case=True)
    expect(answer.first.locator("image")).to_have_attribute("href", re.compile("^data:image/png"))
    shown = answer.first.locator("image").get_attribute("href")
    assert shown == espresso_map(page, photos["coffee"])
    expect(answer.last.get_by_role("alert")).not_to_be_empty()
    expect(answer.last.locator("img")).to_have_count(0)
    expect(page.get_by_role("button")).to_have_count(2)  # choose and submit: nothing that is dead
