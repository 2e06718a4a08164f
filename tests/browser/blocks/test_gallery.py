"""Photos are put right many at a time, and any change can be taken back."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.blocks.bench import LABELS, Asked, Bench, problem
from tests.browser.blocks.made import image, sha
from tests.browser.test_reading import violations

pytestmark = pytest.mark.browser

IMAGES = "POST /models/waste/images"


def changed(asked: Asked) -> tuple[int, Any]:
    return 200, {"changed": [{"sha256": one} for one in asked.body["images"]]}


@pytest.fixture
def path(bench: Bench) -> str:
    for verb in ("relabel", "remove", "restore"):
        bench.answers[f"{IMAGES}:{verb}"] = changed
    images = [image(n, absent=n == 2) for n in range(23)]
    count = '<span data-images-of="glass" data-n="23">23 photos</span>'
    return bench.page(
        "gallery", "_gallery.html", model="waste", label=LABELS[0], labels=LABELS,
        images=images, action="/models/waste/photos", beside=count,
    )  # fmt: skip


@pytest.fixture
def grid(page: Page, path: str) -> Locator:
    page.goto(path)
    expect(page.locator("[data-gallery-undo]")).to_be_disabled()
    return page.locator("[data-grid]")


def tile(grid: Locator, number: int) -> Locator:
    return grid.locator(f'[data-photo="{sha(number)}"]')


def pick(grid: Locator, number: int, *keys: Any) -> None:
    tile(grid, number).locator("label").click(position={"x": 70, "y": 70}, modifiers=list(keys))


def chosen(grid: Locator) -> int:
    return grid.locator("input:checked").count()


def test_a_click_chooses_and_a_click_with_shift_takes_all_between(grid: Locator) -> None:
    pick(grid, 1)
    pick(grid, 9, "Shift")
    expect(grid.page.locator("[data-selected]")).to_have_text("9 selected")
    pick(grid, 3)
    assert chosen(grid) == 8


def test_arrow_keys_go_by_rows_and_columns(grid: Locator) -> None:
    tile(grid, 0).locator("input").focus()
    keys = grid.page.keyboard
    columns = int(grid.evaluate("e => getComputedStyle(e).gridTemplateColumns.split(' ').length"))
    for key, at in (("ArrowRight", 1), ("ArrowDown", 1 + columns), ("ArrowLeft", columns)):
        keys.press(key)
        expect(tile(grid, at).locator("input")).to_be_focused()
    keys.press("End")
    keys.press("ArrowDown")
    expect(tile(grid, 22).locator("input")).to_be_focused()
    keys.press("Home")
    keys.press("Space")
    keys.press("Shift+ArrowDown")
    assert chosen(grid) == columns + 1
    keys.press("Escape")
    assert chosen(grid) == 0
    keys.press("Control+a")
    assert chosen(grid) == 23
    assert grid.locator("input[tabindex='0']").count() == 1


def test_a_digit_relabels_and_undo_brings_back_to_the_same_place(
    grid: Locator, bench: Bench
) -> None:
    page = grid.page
    pick(grid, 4)
    pick(grid, 5, "Shift")
    page.keyboard.press("2")
    expect(grid.locator("[data-photo]")).to_have_count(21)
    expect(page.locator("[data-gallery-said]")).to_have_text("2 photos are now Metal.")
    expect(page.locator("[data-images-of]")).to_have_text("21 photos")
    expect(tile(grid, 6).locator("input")).to_be_focused()
    page.keyboard.press("Control+z")
    expect(grid.locator("[data-photo]")).to_have_count(23)
    order = grid.locator("[data-photo]").evaluate_all("all => all.map((e) => e.dataset.photo)")
    assert order == [sha(n) for n in range(23)]
    expect(page.locator("[data-images-of]")).to_have_text("23 photos")
    page.wait_for_function("() => document.querySelector('[data-gallery-undo]').disabled")
    there, back = {"label": "metal"}, {"label": "glass"}
    both = {"images": [sha(4), sha(5)]}
    expect(page.locator("[data-live]")).to_have_text("Undone: 2 photos are back.")
    page.wait_for_timeout(200)
    assert [asked.body for asked in bench.requests(f"{IMAGES}:relabel")] == [
        both | there, both | back,
    ]  # fmt: skip


def test_what_the_server_refuses_comes_back(grid: Locator, bench: Bench) -> None:
    bench.answers[f"{IMAGES}:remove"] = lambda asked: problem(409, "no", "The disk is full.")
    pick(grid, 7)
    grid.page.get_by_role("button", name="Remove").click()
    said = grid.page.locator("[data-gallery-said]")
    expect(said).to_contain_text("Nothing was changed. no. The disk is full.")
    expect(tile(grid, 7).locator("input")).to_be_checked()
    expect(grid.page.locator("[data-images-of]")).to_have_text("23 photos")
    expect(grid.page.locator("[data-gallery-undo]")).to_be_disabled()


def test_several_changes_are_undone_one_after_the_other(grid: Locator, bench: Bench) -> None:
    page = grid.page
    tile(grid, 0).locator("input").focus()
    page.keyboard.press("Delete")
    page.keyboard.press("Delete")
    expect(grid.locator("[data-photo]")).to_have_count(21)
    for left in (22, 23):
        page.get_by_role("button", name="Undo").click()
        expect(grid.locator("[data-photo]")).to_have_count(left)
    page.wait_for_timeout(200)
    restored = [asked.body["images"] for asked in bench.requests(f"{IMAGES}:restore")]
    assert restored == [[sha(1)], [sha(0)]]


def test_a_photo_that_is_not_there_is_drawn_and_credited(grid: Locator) -> None:
    absent = tile(grid, 2)
    expect(absent.locator("svg")).to_be_visible()
    credit = absent.get_by_role("link", name="Photo: Kari Nordmann")
    expect(credit).to_have_attribute("href", "https://www.flickr.com/photos/1")
    assert violations(grid.page) == ""


def test_without_scripts_it_is_a_form(visitor: Callable[..., Page], path: str) -> None:
    page = visitor(java_script_enabled=False)
    page.goto(path)
    page.locator("input[name=images]").nth(3).check()
    page.get_by_label("They show").select_option("paper")
    with page.expect_request("**/models/waste/photos") as request:
        page.get_by_role("button", name="Relabel").click()
    assert request.value.post_data == f"label=paper&action=relabel&images={sha(3)}"
