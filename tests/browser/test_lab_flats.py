"""The chapters on the ten flats reach the lecture's numbers, by pointer, by keys and by typing."""

import re
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page, expect

from app.lab.numbers import FLATS, LINES

pytestmark = pytest.mark.browser

SIZES, PRICES = np.array(FLATS, float).T
TIMES = "\N{MULTIPLICATION SIGN}"
CALL = "async ([name, ...given]) => (await import('/static/js/lab/maths.js'))[name](...given)"

# The front of a cost, and the power of ten of its sum and of its mean.
COSTS = {
    "3,500,000 + 30,000 x": ("1.107", "10¹³", "10¹²"),
    "6,000,000 + 0 x": ("2.086", "10¹³", "10¹²"),
    "706,495 + 82,031 x": ("4.097", "10¹²", "10¹¹"),
    "3,000,000 + 45,000 x": ("7.248", "10¹²", "10¹¹"),
}


def misses(bias: float, weight: float) -> NDArray[np.float64]:
    missed: NDArray[np.float64] = PRICES - (bias + weight * SIZES)
    return missed


def computed(page: Page, name: str, *given: Any) -> Any:
    """What a function of the page's own mathematics says."""
    return page.evaluate(CALL, [name, *given])


def test_costs_and_their_slopes_are_the_same_in_the_browser_as_in_numpy(page: Page) -> None:
    page.goto("/lab/cost")
    flats = [list(flat) for flat in FLATS]
    for bias, weight in LINES:
        line, off = {"b": bias, "w": weight}, misses(bias, weight)
        assert computed(page, "total", flats, line) == pytest.approx(float((off**2).sum()))
        assert computed(page, "mean", flats, line) == pytest.approx(float((off**2).mean()))
        slope = computed(page, "gradient", flats, line)
        assert slope["b"] == pytest.approx(float(-2 * off.mean()))
        assert slope["w"] == pytest.approx(float(-2 * (off * SIZES).mean()))
    best = computed(page, "leastSquares", flats)
    assert (best["w"], best["b"]) == pytest.approx(tuple(np.polyfit(SIZES, PRICES, 1)))
    assert (round(best["b"], 2), round(best["w"], 2)) == (706_495.18, 82_031.63)


def test_a_contour_has_one_cost_all_along_it_and_the_limit_is_two_over_the_sharpest_bend(
    page: Page,
) -> None:
    page.goto("/lab/cost")
    points = [[size / 30, price / 1e6] for size, price in FLATS]
    x, y = np.array(points).T
    bowl = computed(page, "bowl", points)
    costs = [np.mean((y - b - w * x) ** 2) for b, w in computed(page, "contour", bowl, 2.5)]
    assert np.allclose(costs, bowl["least"] + 2.5)
    inputs = np.stack([np.ones(10), x], axis=1)
    sharpest = np.linalg.eigvalsh(2 * inputs.T @ inputs / 10).max()
    assert computed(page, "limit", points) == pytest.approx(2 / sharpest)


def test_the_line_prices_a_flat_of_78_square_metres(page: Page) -> None:
    page.goto("/lab/models")
    page.locator("[data-bias]").fill("3500000")
    page.locator("[data-weight]").fill("30000")
    said = page.locator("[data-said]")
    expect(said).to_contain_text("3,500,000 + 30,000 · 78 = 5,840,000 kr")
    expect(said).to_contain_text("1,717,770 kr below")
    page.locator("[data-size]").fill("60")
    expect(said).to_contain_text("5,300,000 kr")


def test_the_line_is_moved_by_keys_and_by_pointer(page: Page) -> None:
    page.goto("/lab/models")
    bias = page.get_by_role("slider", name="Bias b")
    weight = page.get_by_role("slider", name="Weight w")
    bias.press("ArrowUp")
    expect(bias).to_have_attribute("aria-valuenow", "3050000")
    bias.press("Shift+ArrowDown")
    expect(page.locator("[data-bias]")).to_have_value("2550000")
    weight.press("ArrowUp")
    expect(weight).to_have_attribute("aria-valuetext", "20,500 kroner for each square metre")
    box = weight.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 60, steps=4)
    page.mouse.up()
    assert float(page.locator("[data-weight]").input_value()) > 25_000
    expect(page.locator("[data-bias]")).to_have_value("2550000")


def test_the_lectures_lines_reach_the_lectures_costs(page: Page) -> None:
    page.goto("/lab/cost")
    for line, (front, of_sum, of_mean) in COSTS.items():
        page.get_by_role("button", name=line, exact=True).click()
        now = page.locator("tr[data-now] td")
        expect(now.nth(0)).to_have_text(f"{front} {TIMES} {of_sum}")
        expect(now.nth(1)).to_have_text(f"{front} {TIMES} {of_mean}")
        expect(page.locator("[data-said]")).to_contain_text(f"{front} {TIMES} {of_sum}")
    page.get_by_role("button", name="Lowest there is: 706,495.18 + 82,031.63 x").click()
    expect(page.locator("[data-said]")).to_contain_text("no line does better")
    expect(page.locator("[data-bias]")).to_have_value("706495.18")
    expect(page.locator(".lab-formula")).to_contain_text("sum of the squares")


def test_every_square_is_as_wide_as_the_line_misses_its_flat(page: Page) -> None:
    page.goto("/lab/cost")
    page.locator("tr[data-now]").wait_for()
    drawn = np.array(
        page.locator("[data-plot] .cost-square").evaluate_all(
            "all => all.map((each) => [each.width.baseVal.value, each.height.baseVal.value])"
        )
    )
    sides = np.abs(misses(*LINES[0]))
    assert np.allclose(drawn[:, 0], drawn[:, 1])
    assert np.allclose(drawn[:, 0] / drawn[0, 0], sides / sides[0], rtol=1e-3)


def test_the_squares_and_the_cost_follow_the_line_while_it_is_dragged(page: Page) -> None:
    page.goto("/lab/cost")
    page.locator("tr[data-now] td").first.wait_for()
    before = page.locator("tr[data-now] td").first.inner_text()
    largest = "all => Math.max(...all.map((each) => each.width.baseVal.value))"
    squares = page.locator("[data-plot] .cost-square")
    widest = squares.evaluate_all(largest)
    box = page.get_by_role("slider", name="Bias b").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 80, steps=4)
    expect(page.locator("tr[data-now] td").first).not_to_have_text(before)
    assert squares.evaluate_all(largest) > widest
    page.mouse.up()


def test_costs_are_written_in_norwegian_on_a_norwegian_page(page: Page) -> None:
    page.goto("/lab/cost?lang=nb")
    page.get_by_role("button", name=re.compile("^6.000.000")).click()
    expect(page.locator("[data-said]")).to_contain_text(f"2,086 {TIMES} 10¹³")
    expect(page.locator("[data-said]")).to_contain_text("Kvadratene")


def test_a_step_goes_where_numpy_goes(page: Page) -> None:
    page.goto("/lab/training")
    scaled, prices = (SIZES - SIZES.mean()) / SIZES.std(), PRICES / 1e6
    bias, weight = 9 - 0.03 * SIZES.mean(), -0.03 * SIZES.std()
    for _ in range(3):
        page.get_by_role("button", name="One step").click()
        off = prices - bias - weight * scaled
        bias, weight = bias + 0.4 * off.mean(), weight + 0.4 * (off * scaled).mean()
    expect(page.locator("[data-epochs]")).to_have_text("3")
    expect(page.locator("[data-stage=move]")).to_contain_text(f"b = {bias:.4g}, w = {weight:.4g}")
    expect(page.locator(".surface-dots circle")).to_have_count(4)


def test_the_parts_of_a_step_come_one_by_one(page: Page) -> None:
    page.goto("/lab/training")
    for stage in ("predict", "cost", "slope", "move"):
        expect(page.locator("[data-epochs]")).to_have_text("0")
        page.get_by_role("button", name="Part of a step").click()
        expect(page.locator("[data-stage][aria-current]")).to_have_attribute("data-stage", stage)
    expect(page.locator("[data-epochs]")).to_have_text("1")


def test_training_arrives_at_the_lowest_line(page: Page) -> None:
    page.goto("/lab/training")
    page.get_by_role("button", name="Run").click()
    said = page.locator("[data-said]")
    expect(said).to_contain_text("706,495 + 82,032 x", timeout=60_000)
    expect(page.get_by_role("button", name="Run")).to_be_visible()


def test_steps_that_are_too_short_hardly_get_anywhere(page: Page) -> None:
    page.goto("/lab/training")

    def after_twenty_steps(rate: str) -> float:
        page.get_by_role("button", name=rate).click()
        page.get_by_role("button", name="Start over").click()
        for _ in range(20):
            page.get_by_role("button", name="One step").click()
        said = page.locator("[data-said]")
        told = re.compile(r"After 20 epochs .*, (\d+(?:\.\d+)?) times")
        expect(said).to_contain_text(told)
        found = told.search(said.inner_text())
        assert found is not None
        return float(found[1])

    assert after_twenty_steps("too small") > 10
    assert after_twenty_steps("right") < 1.1


def test_steps_that_are_too_long_get_worse_and_worse(page: Page) -> None:
    page.goto("/lab/training")
    page.get_by_role("button", name="too large").click()
    page.get_by_role("button", name="One step").click()
    expect(page.locator("[data-said]")).to_contain_text("Epoch 1 made it worse")
    page.get_by_role("button", name="Run").click()
    expect(page.locator("[data-said]")).to_contain_text("will not come back", timeout=60_000)


def test_with_unscaled_sizes_the_same_number_of_steps_gets_nowhere(page: Page) -> None:
    page.goto("/lab/training")
    page.get_by_role("button", name="as they are").click()
    for _ in range(20):
        page.get_by_role("button", name="One step").click()
    told = re.compile(r"After 20 epochs .* (\d+\.\d+) times")
    expect(page.locator("[data-said]")).to_contain_text(told)
    found = told.search(page.locator("[data-said]").inner_text())
    assert found is not None and float(found[1]) > 3


def test_training_begins_where_the_dot_is_put(page: Page) -> None:
    page.goto("/lab/training")
    page.get_by_role("button", name="One step").click()
    page.locator("[data-here]").press("Shift+ArrowRight")
    expect(page.locator("[data-epochs]")).to_have_text("0")
    expect(page.locator(".surface-dots circle")).to_have_count(1)
