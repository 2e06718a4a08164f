"""The chapters on pictures, with the drawn one or a photo of one's own, by pointer and by keys."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser

Visitor = Callable[..., Page]

TIMES = "\N{MULTIPLICATION SIGN}"
CHAPTERS = ("images", "classification", "convolution", "pooling", "architecture")


def numbers(grid: Locator) -> list[list[str]]:
    return [row.locator("td").all_inner_texts() for row in grid.locator("tr").all()]


def slide_to(slider: Locator, value: float) -> None:
    script = """(each, value) => {
        each.value = value;
        each.dispatchEvent(new Event("input", {bubbles: true}));
    }"""
    slider.evaluate(script, value)


def send_through(page: Page) -> None:
    """The first time the server may have to make its file."""
    page.locator("[data-send]:enabled").click()
    page.locator("[data-stage=stem]").click()
    expect(page.locator("[data-maps] img")).to_have_count(12, timeout=180_000)


@pytest.mark.parametrize("locale", ["en-GB", "nb-NO"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_part_passes_axe_and_stays_within_a_phone(
    visitor: Visitor, locale: str, scheme: str
) -> None:
    page = visitor(locale=locale, color_scheme=scheme, viewport={"width": 360, "height": 800})

    def check(where: str) -> None:
        found = Axe().run(page)
        assert found.violations_count == 0, f"{where}: {found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, where

    for slug in CHAPTERS:
        page.goto(f"/lab/{slug}")
        page.wait_for_load_state("networkidle")
        for closed in page.locator("details").all():
            closed.evaluate("each => { each.open = true; }")
        for value in [each.get_attribute("value") for each in page.locator("[name=part]").all()]:
            page.locator(f"[name=part][value={value}]").check(force=True)
            page.wait_for_load_state("networkidle")
            check(f"{slug} {value}")
        if slug == "architecture":
            send_through(page)
            check("architecture, a stage")
            page.locator("[data-stage=answer]").click()
        check(slug)


def test_a_photo_chosen_in_one_chapter_is_there_in_the_others(
    page: Page, photos: dict[str, Path]
) -> None:
    page.goto("/lab/images")
    expect(page.locator("[data-size]")).to_contain_text(
        f"360 high {TIMES} 480 wide {TIMES} 3 colours = 518,400"
    )
    page.locator("[data-photo-file]").set_input_files(str(photos["coffee"]))
    expect(page.locator("[data-photo-name]")).to_contain_text(f"Your photo, 512 {TIMES} 341")
    page.goto("/lab/pooling")
    expect(page.locator("[data-photo-name]")).to_contain_text(f"Your photo, 512 {TIMES} 341")
    page.goto("/lab/classification")
    page.locator("[data-model]").select_option("imagenet")
    expect(page.locator("[data-rows] tr").first).to_contain_text("espresso")
    page.get_by_role("button", name="Use the drawn picture").click()
    expect(page.locator("[data-rows] tr").first).to_contain_text("daisy")


def test_what_is_no_picture_is_refused_in_words(page: Page, photos: dict[str, Path]) -> None:
    page.goto("/lab/images")
    page.locator("[data-photo-file]").set_input_files(str(photos["text"]))
    expect(page.locator("[data-photo-failed]")).to_contain_text("cannot read that file")
    expect(page.locator("[data-photo-name]")).to_contain_text("drawn picture")


def test_the_pixel_that_is_told_has_the_colours_of_the_picture(page: Page) -> None:
    page.goto("/lab/images")
    said = page.locator("[data-said]")
    slide_to(page.locator("[data-closer]"), 100)
    expect(page.locator("[data-spot]")).to_contain_text(f"6 {TIMES} 6")
    found = re.findall(r"\d+", said.inner_text())
    row, column, *told = (int(number) for number in found)
    real = page.evaluate(
        """async ([row, column]) => {
            const image = new Image();
            image.src = "/static/lab/daisy.svg";
            await image.decode();
            const canvas = document.createElement("canvas");
            Object.assign(canvas, {width: 480, height: 360});
            const pen = canvas.getContext("2d");
            pen.drawImage(image, 0, 0, 480, 360);
            return [...pen.getImageData(column, row, 1, 1).data].slice(0, 3);
        }""",
        [row, column],
    )
    assert told == real
    slide_to(page.locator("[data-share=red]"), 0)
    expect(said).to_contain_text("red 0, ")
    page.get_by_role("button", name="All colours as they were").click()
    expect(said).to_contain_text(f"red {told[0]}, ")


def test_each_plane_shows_its_own_colour_and_nothing_else(page: Page) -> None:
    page.goto("/lab/images")
    expect(page.locator("[data-size]")).to_contain_text("518,400")
    seen = """(canvas) => {
        const copy = Object.assign(document.createElement("canvas"), {width: 480, height: 360});
        const pen = copy.getContext("2d", {willReadFrequently: true});
        pen.drawImage(canvas, 0, 0);
        const { data } = pen.getImageData(0, 0, 480, 360);
        return [0, 1, 2].map((colour) => {
            let most = 0;
            for (let at = colour; at < data.length; at += 4) most = Math.max(most, data[at]);
            return most;
        });
    }"""
    for at, colour in enumerate(("red", "green", "blue")):
        most = page.locator(f"[data-plane={colour}]").evaluate(seen)
        assert most.pop(at) > 200
        assert most == [0, 0]
    slide_to(page.locator("[data-share=green]"), 0)
    assert page.locator("[data-plane=green]").evaluate(seen) == [0, 0, 0]


def test_the_window_moves_by_keys_and_by_pointer(page: Page) -> None:
    page.goto("/lab/images")
    said = page.locator("[data-said]")
    before = said.inner_text()
    for _ in range(60):
        page.locator("[data-across]").press("ArrowRight")
    expect(said).not_to_have_text(before)
    box = page.locator("[data-picture]").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 2, box["y"] + 2)
    expect(page.locator("[data-across]")).to_have_value("0")


def test_the_pattern_reaches_the_lectures_numbers_step_by_step(page: Page) -> None:
    page.goto("/lab/convolution")
    step, first, second = (
        page.locator(name) for name in ("[data-step]", "[data-grid=map-0]", "[data-grid=map-1]")
    )
    assert numbers(first) == [[""] * 3] * 3
    step.press("Enter")
    assert numbers(first)[0] == ["3", "", ""]
    step.press("Enter")
    assert numbers(first)[0] == ["3", "0", ""]
    expect(page.locator("[data-said]")).to_contain_text("row 1, column 2")
    for _ in range(7):
        step.press("Enter")
    assert numbers(first) == [["3", "0", "1"], ["0", "3", "0"], ["1", "0", "3"]]
    assert numbers(second) == [[""] * 3] * 3
    slide_to(page.locator("[data-place]"), 27)
    assert numbers(second) == [["1", "0", "3"], ["0", "3", "0"], ["3", "0", "1"]]
    expect(page.locator("[data-said]")).to_contain_text("three channels")
    expect(step).to_be_disabled()


def test_any_pattern_can_be_typed_and_the_map_follows(page: Page) -> None:
    page.goto("/lab/convolution")
    page.get_by_text("Your photo", exact=True).click()
    weights = page.locator(".lab-weights input")
    told = page.locator("[data-told]")
    for at in range(9):
        weights.nth(at).fill("0")
    expect(told).to_contain_text("finds nothing")
    weights.nth(4).fill("1")
    expect(told).to_contain_text("to 255")
    weights.nth(4).fill("-1")
    expect(told).to_contain_text("from -255")
    page.get_by_role("button", name="Outlines").click()
    expect(weights.nth(4)).to_have_value("8")


def test_the_networks_patterns_are_chosen_by_keys(page: Page) -> None:
    page.goto("/lab/convolution")
    page.locator("[name=part]").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    said = page.locator("[data-chosen]")
    expect(said).to_contain_text("Pattern 1,")
    expect(page.locator(".lab-tile")).to_have_count(32)
    page.locator("[name=learned]").first.focus()
    page.keyboard.press("ArrowRight")
    expect(said).to_contain_text("Pattern 2,")


def test_pooling_reaches_the_lectures_numbers(page: Page) -> None:
    page.goto("/lab/pooling")
    pooled = page.locator("[data-grid=pooled]")
    assert numbers(pooled) == [["", ""], ["", ""]]
    for _ in range(4):
        page.locator("[data-step]").press("Enter")
    assert numbers(pooled) == [["5", "7"], ["13", "15"]]
    expect(page.locator("[data-said]")).to_contain_text("5 7 / 13 15")
    page.get_by_text("Your photo", exact=True).click()
    slide_to(page.locator("[data-halvings]"), 3)
    expect(page.locator("[data-told]")).to_contain_text(f"60 {TIMES} 45")
    assert page.locator("[data-after]").evaluate("each => [each.width, each.height]") == [60, 45]


def test_a_wrong_answer_costs_more_the_surer_it_is(page: Page) -> None:
    page.goto("/lab/classification")
    rows = page.locator("[data-rows] tr")
    expect(rows.first.locator("input[type=range]")).to_be_visible()
    shown = page.locator("[data-sum]")

    def cost() -> float:
        return float(shown.inner_text().rsplit("= ", 1)[1])

    rows.nth(1).locator("input[type=radio]").check()
    wrong = cost()
    slide_to(page.locator("[data-sureness]"), 2)
    assert cost() > 1.5 * wrong
    expect(page.locator("[data-said]")).to_contain_text("Twice as sure")
    rows.first.locator("input[type=radio]").check()
    assert cost() < 0.1


def test_scores_are_dragged_and_shares_always_sum_to_one(page: Page) -> None:
    page.goto("/lab/classification")
    rows = page.locator("[data-rows] tr")
    expect(rows.first.locator("input[type=range]")).to_be_visible()
    slide_to(rows.nth(2).locator("input[type=range]"), 15)
    shares = [
        float(text.strip("<% "))
        for text in page.locator("td:nth-child(3) .value").all_inner_texts()
    ]
    assert sum(shares) == pytest.approx(100, abs=0.3)
    assert shares.index(max(shares)) == 2
    page.get_by_role("button", name="As the network answered").click()
    assert "daisy" in rows.first.inner_text()
    expect(rows.first.locator("input[type=radio]")).to_be_checked()


def test_the_photo_is_followed_through_the_network_to_its_answer(page: Page) -> None:
    page.goto("/lab/architecture")
    said = page.locator("[data-said]")
    expect(said).to_contain_text(f"224 {TIMES} 224")
    page.locator("[data-step]").press("Enter")
    expect(said).to_contain_text("Send the photo through")
    send_through(page)
    expect(said).to_contain_text(f"112 {TIMES} 112 {TIMES} 32 = 401,408 numbers")
    page.locator("[data-stage=feature_map]").click()
    expect(said).to_contain_text(f"7 {TIMES} 7 {TIMES} 1,280 = 62,720 numbers")
    page.locator("[data-step]").press("Enter")
    expect(said).to_contain_text("Flowers says daisy with")
    expect(page.locator("[data-heat]")).to_have_attribute(
        "aria-label", re.compile("daisy was seen mostly")
    )
    added = [
        float(text.replace(",", ""))
        for text in page.locator("[data-sum] td:last-child").all_inner_texts()
    ]
    *parts, total = added
    assert sum(parts) == pytest.approx(total, abs=0.02)
    page.locator("[data-model]").select_option("imagenet")
    expect(said).to_contain_text("ImageNet says daisy with")


def test_while_the_file_is_made_it_says_how_far_and_asks_again(page: Page) -> None:
    asked = []

    def handle(route: object) -> None:
        asked.append(True)
        if len(asked) > 1:
            route.continue_()  # type: ignore[attr-defined]
            return
        told = {
            "title": "Made",
            "detail": "It is being made: step 2 of 4.",
            "code": "inside-not-ready",
        }
        route.fulfill(status=503, json=told, headers={"Retry-After": "1"})  # type: ignore[attr-defined]

    page.route("**/models/*:inside", handle)
    page.goto("/lab/architecture")
    page.locator("[data-send]:enabled").click()
    expect(page.locator("[data-trouble]")).to_contain_text("step 2 of 4")
    expect(page.locator("[data-trouble] progress")).to_be_visible()
    page.locator("[data-stage=stem]").click()
    expect(page.locator("[data-maps] img")).to_have_count(12, timeout=180_000)
    expect(page.locator("[data-trouble]")).to_be_hidden()


def test_without_scripts_there_are_the_numbers_and_the_formula(visitor: Visitor) -> None:
    page = visitor(locale="nb-NO", java_script_enabled=False)
    for slug in CHAPTERS:
        page.goto(f"/lab/{slug}")
        expect(page.get_by_text("trenger skript")).to_be_visible()
        expect(page.locator("math").first).to_be_visible()
    page.goto("/lab/convolution")
    assert numbers(page.locator("[data-grid=map-1]")) == [
        ["1", "0", "3"],
        ["0", "3", "0"],
        ["3", "0", "1"],
    ]
    page.goto("/lab/architecture")
    expect(page.locator("[data-stage=stage_6]")).to_contain_text(f"7 {TIMES} 7 {TIMES} 192")
