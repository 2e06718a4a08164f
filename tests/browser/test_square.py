"""The square that the network looks at can be put elsewhere, with a pointer and with keys."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import FloatRect, Locator, Page, Request, expect

from tests.browser.steps import PREDICT, asked

pytestmark = pytest.mark.browser


def box_in(request: Request) -> tuple[float, ...] | None:
    """The `box` of a question."""
    given = parse_qs(urlsplit(request.url).query).get("box")
    return tuple(map(float, given[0].split(","))) if given else None


def place(found: Locator) -> FloatRect:
    at = found.bounding_box()
    assert at is not None
    return at


def pull(page: Page, x: float, y: float, right: float, down: float) -> None:
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right / 2, y + down / 2)
    page.mouse.move(x + right, y + down)
    page.mouse.up()


@pytest.fixture
def answer(home: Page, photos: dict[str, Path]) -> Locator:
    found = asked(home, photos["chelsea"])
    found.locator("[data-stage]").scroll_into_view_if_needed()
    return found


def test_it_lies_where_the_server_looked(answer: Locator) -> None:
    stage, square = place(answer.locator("[data-stage]")), place(answer.locator("[data-square]"))
    assert square["width"] == pytest.approx(square["height"], abs=1)
    assert square["height"] == pytest.approx(0.875 * stage["height"], abs=2)
    middle = square["x"] + square["width"] / 2
    assert middle == pytest.approx(stage["x"] + stage["width"] / 2, abs=2)


def test_a_dragged_square_asks_again_with_its_box(home: Page, answer: Locator) -> None:
    square = place(answer.locator("[data-square]"))
    x, y = square["x"] + square["width"] / 2, square["y"] + square["height"] / 2
    with home.expect_request(PREDICT) as request:
        pull(home, x, y, 80, 0)
    moved = box_in(request.value)
    assert moved is not None
    stage = place(answer.locator("[data-stage]"))
    begin = (square["x"] - stage["x"]) / stage["width"]
    assert moved[0] == pytest.approx(begin + 80 / stage["width"], abs=0.01)
    assert moved[2] == pytest.approx(0.875, abs=0.001)
    expect(answer).to_have_attribute("data-state", "done")
    assert place(answer.locator("[data-square]"))["x"] == pytest.approx(square["x"] + 80, abs=2)
    answer.get_by_text("For your own programs").click()
    expect(answer.locator("[data-curl]")).to_contain_text("&box=")


def test_a_corner_resizes_it(home: Page, answer: Locator) -> None:
    corner = place(answer.locator('[data-corner="se"]'))
    with home.expect_request(PREDICT) as request:
        pull(home, corner["x"] + 15, corner["y"] + 15, -100, -100)
    smaller = box_in(request.value)
    assert smaller is not None
    assert smaller[2] < 0.75


def test_it_never_leaves_the_photo(home: Page, answer: Locator) -> None:
    square = place(answer.locator("[data-square]"))
    with home.expect_response(PREDICT) as response:
        pull(home, square["x"] + 60, square["y"] + 60, 3000, 3000)
    assert response.value.ok
    expect(answer).to_have_attribute("data-state", "done")


def test_a_click_beside_it_brings_it_there(home: Page, answer: Locator) -> None:
    stage = place(answer.locator("[data-stage]"))
    with home.expect_request(PREDICT) as request:
        home.mouse.click(stage["x"] + 8, stage["y"] + stage["height"] / 2)
    there = box_in(request.value)
    assert there is not None
    assert there[0] == 0


def test_it_goes_back_to_the_middle(home: Page, answer: Locator) -> None:
    reset = answer.get_by_role("button", name="Back to the middle")
    expect(reset).to_be_hidden()
    square = place(answer.locator("[data-square]"))
    with home.expect_request(PREDICT):  # sent a moment after the pointer is let go
        pull(home, square["x"] + 60, square["y"] + 60, 40, 0)
    with home.expect_request(PREDICT) as request:
        reset.click()
    assert box_in(request.value) is None
    expect(reset).to_be_hidden()
    assert place(answer.locator("[data-square]"))["x"] == pytest.approx(square["x"], abs=1)


def test_keys_move_and_resize_it_and_it_is_said_aloud(home: Page, answer: Locator) -> None:
    square = answer.get_by_role("application", name="The square the network looks at")
    square.focus()
    described = square.get_attribute("aria-describedby")
    expect(home.locator(f"#{described}")).to_contain_text("Arrow keys move it")
    with home.expect_request(PREDICT) as request:
        for _ in range(3):
            square.press("Shift+ArrowLeft")
        square.press("-")
        expect(home.locator("[data-live]")).to_contain_text("% of the shorter side")
    moved = box_in(request.value)
    assert moved is not None
    assert moved[0] < 0.1
    assert moved[2] < 0.875
    expect(answer).to_have_attribute("data-state", "done")
    expect(square).to_be_focused()
    with home.expect_request(PREDICT) as request:
        square.press("Home")
    assert box_in(request.value) is None


def test_ten_presses_are_one_question(home: Page, answer: Locator) -> None:
    asked_again: list[Request] = []
    home.on("request", lambda request: asked_again.append(request))
    square = answer.locator("[data-square]")
    with home.expect_response(PREDICT):
        for _ in range(10):
            square.press("ArrowDown")
            square.press("ArrowRight")
    assert len([r for r in asked_again if "predict" in r.url]) == 1


def test_buttons_resize_it_without_dragging(home: Page, answer: Locator) -> None:
    with home.expect_request(PREDICT) as request:
        answer.get_by_role("button", name="Smaller square").click()
    smaller = box_in(request.value)
    assert smaller is not None
    assert smaller[2] < 0.875


def test_a_finger_moves_it_by_its_grip_and_scrolls_by_the_photo(
    visitor: Callable[..., Page], photos: dict[str, Path]
) -> None:
    phone = {"width": 360, "height": 640}
    page = visitor(has_touch=True, is_mobile=True, viewport=phone, locale="en-GB")
    page.goto("/")
    answer = asked(page, photos["chelsea"])
    expect(answer.get_by_text("Drag the grip at the top")).to_be_visible()
    expect(answer.get_by_text("Drag the square")).to_be_hidden()
    touch = page.context.new_cdp_session(page)

    def swipe(x: float, y: float, right: float, down: float) -> None:
        steps = [("touchStart", 0.0), ("touchMove", 0.5), ("touchMove", 1.0), ("touchEnd", None)]
        for kind, part in steps:
            points = [] if part is None else [{"x": x + part * right, "y": y + part * down}]
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    questions: list[Request] = []
    page.on("request", lambda request: questions.append(request))
    stage = place(answer.locator("[data-stage]"))
    swipe(stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2, 0, 80)
    page.wait_for_timeout(300)
    assert questions == []
    grip = place(answer.locator("[data-grip]"))
    with page.expect_request(PREDICT) as request:
        swipe(grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2, -30, 0)
    assert box_in(request.value) is not None
