"""The network that is built by hand: its mathematics against numpy's, its parts, its formula."""

import itertools
import re
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

Layer = tuple[NDArray[np.float64], NDArray[np.float64]]

CALL = "async ([name, ...given]) => (await import('/static/js/lab/net.js'))[name](...given)"
WALK = """async ([net, examples, task, rate, steps]) => {
    const { Walk } = await import("/static/js/lab/net.js");
    const walk = new Walk(net);
    for (let i = 0; i < steps; i += 1) walk.step(examples, task, rate);
    return net;
}"""


def network(*sizes: int) -> list[Layer]:
    random = np.random.default_rng(sum(sizes))
    pairs = itertools.pairwise(sizes)
    return [(random.normal(size=(out, into)), random.normal(size=out)) for into, out in pairs]


def told(net: list[Layer]) -> list[dict[str, Any]]:
    return [{"w": w.tolist(), "b": b.tolist()} for w, b in net]


def backwards(
    net: list[Layer], x: NDArray[np.float64], y: NDArray[np.float64], task: str
) -> tuple[float, list[Layer]]:
    """The mean cost of a network of max(0, wx + b), and its slopes, layer by layer."""
    heard = [x]
    for at, (w, b) in enumerate(net):
        sums = heard[-1] @ w.T + b
        heard.append(sums if at == len(net) - 1 else np.maximum(sums, 0))
    said = heard[-1][:, 0]
    if task == "line":
        cost, back = np.mean((said - y) ** 2), 2 * (said - y)
    else:
        share = 1 / (1 + np.exp(-said))
        cost, back = -np.mean(y * np.log(share) + (1 - y) * np.log(1 - share)), share - y
    slope = back[:, None] / len(y)
    slopes: list[Layer] = []
    for at in reversed(range(len(net))):
        slopes.insert(0, (slope.T @ heard[at], slope.sum(0)))
        slope = (slope @ net[at][0]) * (heard[at] > 0)
    return float(cost), slopes


def points(inputs: int, task: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    random = np.random.default_rng(inputs)
    x = random.normal(size=(23, inputs))
    return x, np.sin(x[:, 0]) if task == "line" else (x.prod(1) > 0).astype(float)


def examples(x: NDArray[np.float64], y: NDArray[np.float64]) -> list[dict[str, Any]]:
    return [{"x": row.tolist(), "y": float(value)} for row, value in zip(x, y, strict=True)]


def add_neurons(page: Page, count: int) -> None:
    for _ in range(count):
        page.locator("[data-more]").first.click()


@pytest.mark.parametrize(
    ("sizes", "task"),
    [((1, 1, 1), "line"), ((1, 6, 1), "line"), ((1, 4, 3, 1), "line"), ((2, 8, 8, 8, 1), "side")],
)
def test_backpropagation_finds_the_same_slopes_as_numpy(
    page: Page, sizes: tuple[int, ...], task: str
) -> None:
    page.goto("/lab/neurons")
    net, (x, y) = network(*sizes), points(sizes[0], task)
    found = page.evaluate(CALL, ["backwards", told(net), examples(x, y), task])
    cost, slopes = backwards(net, x, y, task)
    assert found["cost"] == pytest.approx(cost)
    for layer, (w, b) in zip(found["slopes"], slopes, strict=True):
        assert np.allclose(layer["w"], w, atol=1e-12)
        assert np.allclose(layer["b"], b, atol=1e-12)


def test_fifty_epochs_walk_the_same_way_as_in_numpy(page: Page) -> None:
    page.goto("/lab/neurons")
    net, (x, y) = network(1, 5, 1), points(1, "line")
    found = page.evaluate(WALK, [told(net), examples(x, y), "line", 0.02, 50])
    flat = [value for layer in net for value in layer]
    mean, square = ([np.zeros_like(value) for value in flat] for _ in range(2))
    for step in range(1, 51):
        slopes = [value for layer in backwards(net, x, y, "line")[1] for value in layer]
        for value, slope, m, v in zip(flat, slopes, mean, square, strict=True):
            m += 0.1 * (slope - m)
            v += 0.001 * (slope**2 - v)
            rate = 0.02 * np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
            value -= rate * m / (np.sqrt(v) + 1e-8)
    for layer, (w, b) in zip(found, net, strict=True):
        assert np.allclose(layer["w"], w, atol=1e-9)
        assert np.allclose(layer["b"], b, atol=1e-9)


def test_the_formula_and_the_wiring_grow_with_the_network(page: Page) -> None:
    page.goto("/lab/neurons")
    neurons = page.locator("[data-written] mi", has_text=re.compile("^max$"))
    numbers = page.locator("[data-numbers]")
    expect(numbers).to_have_text("4 numbers to learn")
    add_neurons(page, 2)
    expect(numbers).to_have_text("10 numbers to learn")
    expect(neurons).to_have_count(3)
    page.get_by_role("button", name="Add a layer").click()
    expect(page.locator("[data-neuron]")).to_have_count(7)
    expect(neurons).to_have_count(3 + 3 * 3)
    page.get_by_role("button", name="ring").click()
    expect(page.locator("[data-written]")).to_contain_text("\N{GREEK SMALL LETTER SIGMA}")
    expect(numbers).to_have_text(f"{3 * 3 + 3 * 4 + 4} numbers to learn")
    page.get_by_role("button", name="Remove a layer").click()
    page.get_by_role("button", name="One neuron fewer in layer 1").click()
    expect(neurons).to_have_count(2)


def test_a_formula_too_long_to_read_stands_layer_by_layer(page: Page) -> None:
    page.goto("/lab/neurons")
    add_neurons(page, 7)
    for _ in range(2):
        page.get_by_role("button", name="Add a layer").click()
    expect(page.locator("[data-numbers]")).to_contain_text("written out the formula would have")
    expect(page.locator("[data-written] mtr")).to_have_count(4)


def test_a_neuron_is_chosen_and_set_by_keys(page: Page) -> None:
    page.goto("/lab/neurons")
    said = page.locator("[data-said]")
    expect(said).to_contain_text("The curve has 1 bend.")
    line = page.locator("[data-picture] .flats-line")
    before = line.get_attribute("d")
    page.locator("[data-hands] input").last.press("ArrowRight")
    expect(page.locator("[data-hands] output").last).to_have_text("0.05")
    assert line.get_attribute("d") != before
    page.locator("[data-neuron='1,0']").press("Enter")
    expect(page.locator("[data-hands-title]")).to_have_text("The output")
    page.locator("[data-hands] input").first.fill("0")
    expect(said).to_contain_text("The curve has 0 bends.")
    page.locator("[data-in-numbers]").click()
    expect(page.locator("[data-written]")).to_contain_text("0.05")


def test_training_bends_the_curve_towards_the_points(page: Page) -> None:
    page.goto("/lab/neurons")
    add_neurons(page, 5)
    page.get_by_role("button", name="Train").click()
    low = re.compile(r"Mean cost: 0\.0")
    expect(page.locator("[data-said]")).to_contain_text(low, timeout=60_000)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Train")).to_be_visible()


def test_training_divides_the_plane(page: Page) -> None:
    page.goto("/lab/neurons?lang=nb")
    add_neurons(page, 7)
    page.get_by_role("button", name="ring").click()
    expect(page.get_by_role("img", name=re.compile("Planet i to farger"))).to_be_visible()
    page.get_by_role("button", name="Tren", exact=True).click()
    right = re.compile(r"(9[5-9]|100) av 100 punkter er på riktig side")
    expect(page.locator("[data-said]")).to_contain_text(right, timeout=60_000)
