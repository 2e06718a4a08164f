"""The lab's frame: everybody can read it, in both languages, on paper, without scripts."""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from app.lab.chapters import CHAPTERS, QUESTIONS, written

pytestmark = pytest.mark.browser

Visitor = Callable[..., Page]

OWN = ("models", "cost", "training", "neurons")
PAGES = ("/lab", "/lab/teach", "/lab/sheet", *(f"/lab/{slug}" for slug in OWN))


def violations(page: Page) -> str:
    found = Axe().run(page)
    return found.generate_report() if found.violations_count else ""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en-GB", "nb-NO"])
def test_every_page_of_the_lab_passes_axe(visitor: Visitor, scheme: str, locale: str) -> None:
    page = visitor(locale=locale, color_scheme=scheme)
    for path in PAGES:
        page.goto(path)
        for closed in page.locator("details").all():
            closed.evaluate("each => { each.open = true; }")
        assert violations(page) == "", path


@pytest.mark.parametrize("locale", ["en-GB", "nb-NO"])
@pytest.mark.parametrize("width", [320, 360, 1280, 1920])
def test_nothing_in_the_lab_reaches_over_the_edge(
    visitor: Visitor, width: int, locale: str
) -> None:
    page = visitor(locale=locale, viewport={"width": width, "height": 900})
    for path in PAGES:
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_the_chapters_are_walked_through_by_their_links(page: Page) -> None:
    page.goto("/lab")
    page.get_by_role("link", name="Begin").click()
    for number, chapter in enumerate(written(), 1):
        expect(page.locator("article")).to_have_attribute("data-chapter", chapter.slug)
        expect(page.locator(".lab-crumbs")).to_contain_text(f"Chapter {number} of")
        if number < len(written()):
            page.locator("a[rel=next]").click()
    expect(page.locator("a[rel=next]")).to_have_count(0)


def test_the_answer_to_the_question_unfolds(page: Page) -> None:
    page.goto("/lab/models")
    answer = page.locator(".lab-question > p")
    expect(answer).to_be_hidden()
    page.locator(".lab-question summary").press("Enter")
    expect(answer).to_be_visible()


def test_the_plan_fills_three_quarters_of_an_hour(page: Page) -> None:
    assert sum(chapter.minutes for chapter in CHAPTERS) == 45
    page.goto("/lab/teach")
    for chapter in written():
        expect(page.locator(f".lab-plan a[href='/lab/{chapter.slug}']")).to_be_visible()


def test_the_sheet_asks_the_seven_questions_and_says_where_to_try(page: Page) -> None:
    page.goto("/lab/sheet?lang=nb")
    asked = page.locator(".lab-asked > li")
    expect(asked).to_have_count(len(QUESTIONS))
    expect(asked.nth(1)).to_contain_text("kostfunksjon")
    expect(asked.nth(1).get_by_role("link")).to_have_attribute("href", "/lab/cost")
    page.emulate_media(media="print")
    expect(page.locator("[data-print]")).to_be_hidden()
    expect(asked.first).to_be_visible()


@pytest.mark.parametrize("locale", ["en-GB", "nb-NO"])
def test_without_scripts_a_chapter_is_text_formulas_and_a_picture(
    visitor: Visitor, locale: str
) -> None:
    page = visitor(java_script_enabled=False, locale=locale)
    for slug in OWN:
        page.goto(f"/lab/{slug}")
        expect(page.locator(".lab-live .notice")).to_be_visible()
        expect(page.locator(".lab-formula math").first).to_be_visible()
        expect(page.locator(".lab-live svg[role=img]")).to_be_visible()
        expect(page.get_by_role("button")).to_have_count(0)
        expect(page.get_by_role("spinbutton")).to_have_count(0)


def test_a_chapter_that_does_not_exist_is_not_found(page: Page) -> None:
    response = page.goto("/lab/nowhere")
    assert response is not None and response.status == 404


@pytest.mark.parametrize("locale", ["en-GB", "nb-NO"])
def test_every_chapter_is_one_screen_of_a_projector(visitor: Visitor, locale: str) -> None:
    page = visitor(locale=locale, viewport={"width": 1920, "height": 1080})
    for chapter in written():
        page.goto(f"/lab/{chapter.slug}")
        page.wait_for_load_state("networkidle")
        ends = page.locator("article").evaluate("each => each.getBoundingClientRect().bottom")
        assert ends <= 1080, chapter.slug


@pytest.mark.parametrize("locale", ["en-GB", "nb-NO"])
def test_every_chapter_and_the_questions_are_one_sheet_of_paper(
    visitor: Visitor, locale: str
) -> None:
    page = visitor(locale=locale)
    for slug in ("sheet", *(chapter.slug for chapter in written())):
        page.goto(f"/lab/{slug}")
        page.wait_for_load_state("networkidle")
        printed = page.pdf(
            format="A4", margin={"top": "12mm", "bottom": "12mm", "left": "14mm", "right": "14mm"}
        )
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1, slug


def test_each_of_the_seven_questions_leads_to_where_it_can_be_tried(page: Page) -> None:
    page.goto("/lab")
    asked = page.locator(".lab-seven li")
    expect(asked).to_have_count(len(QUESTIONS))
    for chapter in written():
        link = asked.nth(chapter.answers - 1).locator(f"a[href='/lab/{chapter.slug}']")
        expect(link).to_be_visible()


SPENT = """() => {
    window.spent = [];
    const ask = window.requestAnimationFrame.bind(window);
    window.requestAnimationFrame = (draw) => ask((time) => {
        const began = performance.now();
        draw(time);
        window.spent.push(performance.now() - began);
    });
}"""
"""Milliseconds that each frame from now on takes to compute."""

MEDIAN = """() => new Promise((resolve) => {
    const look = () => {
        if (window.spent.length < 60) setTimeout(look, 50);
        else resolve(window.spent.toSorted((a, b) => a - b)[30]);
    };
    look();
})"""


def test_what_a_frame_computes_fits_into_a_sixtieth_of_a_second(page: Page) -> None:
    page.goto("/lab/training")
    page.evaluate(SPENT)
    page.get_by_role("button", name="too small").click()
    page.get_by_role("button", name="Run").click()
    assert page.evaluate(MEDIAN) < 1000 / 60
    page.goto("/lab/neurons")
    page.evaluate(SPENT)
    page.get_by_role("button", name="spiral").click()
    for _ in range(2):
        page.get_by_role("button", name="Add a layer").click()
    for more in page.locator("[data-more]").all():
        while more.is_enabled():
            more.click()
    page.get_by_role("button", name="Train").click()
    assert page.evaluate(MEDIAN) < 1000 / 60
