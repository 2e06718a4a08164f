"""What the lab computes of pictures and scores, against the same numbers in Python."""

import io
from typing import Any

import httpx
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page

from app.lab.grids import COUNTED, DIAGONALS, PATTERNS, pool, slide
from app.vision.head import softmax
from tests.photos import packaged

pytestmark = pytest.mark.browser

Values = NDArray[np.float64]

ASK = """async ([module, name, ...given]) =>
    (await import(`/static/js/lab/${module}.js`))[name](...given)"""


@pytest.fixture
def lab(page: Page) -> Page:
    page.goto("/lab")
    return page


def computed(page: Page, module: str, name: str, *given: Any) -> Any:
    return page.evaluate(ASK, [module, name, *given])


def on_plane(page: Page, name: str, rows: Any, *given: Any) -> Values:
    """A function of planes, from rows to rows."""
    script = """async ([name, numbers, ...given]) => {
        const planes = await import("/static/js/lab/planes.js");
        return planes.rows(planes[name](planes.plane(numbers), ...given));
    }"""
    return np.array(page.evaluate(script, [name, np.asarray(rows).tolist(), *given]))


def slid(values: Values, pattern: Values) -> Values:
    windows = np.lib.stride_tricks.sliding_window_view(values, (3, 3))
    found: Values = (windows * pattern).sum(axis=(2, 3))
    return found


def test_the_lectures_grids_come_out_as_the_lecture_says() -> None:
    first, second, _ = (slide(DIAGONALS, pattern) for pattern in PATTERNS)
    assert first == [[3, 0, 1], [0, 3, 0], [1, 0, 3]]
    assert second == [[1, 0, 3], [0, 3, 0], [3, 0, 1]]
    assert pool(COUNTED) == [[5, 7], [13, 15]]


def test_patterns_slide_the_same_in_the_browser(lab: Page) -> None:
    random = np.random.default_rng(6)
    values, pattern = random.normal(size=(23, 17)) * 100, random.normal(size=(3, 3))
    found = on_plane(lab, "slide", values, pattern.ravel().tolist())
    np.testing.assert_allclose(found, slid(values, pattern), rtol=1e-4, atol=1e-3)
    for pattern_of_lecture in PATTERNS:
        flat = np.array(pattern_of_lecture).ravel().tolist()
        assert on_plane(lab, "slide", DIAGONALS, flat).tolist() == slide(
            DIAGONALS, pattern_of_lecture
        )


@pytest.mark.parametrize("how", ["max", "mean"])
def test_pooling_is_the_same_in_the_browser(lab: Page, how: str) -> None:
    values = np.random.default_rng(7).normal(size=(13, 18))
    fours = values[:12].reshape(6, 2, 9, 2)
    expected = fours.max(axis=(1, 3)) if how == "max" else fours.mean(axis=(1, 3))
    np.testing.assert_allclose(on_plane(lab, "pool", values, how), expected, rtol=1e-5)


def test_lightness_is_what_pillow_calls_grey(lab: Page) -> None:
    pixels = packaged("coffee")[100:140, 200:230]
    with_alpha = np.concatenate([pixels, np.full((*pixels.shape[:2], 1), 255)], axis=2)
    script = """async ([pixels, width, height]) =>
        [...(await import("/static/js/lab/planes.js")).lightness(pixels, width, height).values]"""
    found = lab.evaluate(script, [with_alpha.ravel().tolist(), 30, 40])
    grey = np.asarray(Image.fromarray(pixels).convert("L"), float)
    np.testing.assert_allclose(np.reshape(found, (40, 30)), grey, atol=1)


def test_the_networks_patterns_answer_as_the_network_does(lab: Page, client: httpx.Client) -> None:
    """Over noise, so that each pixel counts, against the maps that the server shows."""
    square = np.random.default_rng(8).integers(0, 256, (224, 224, 3), np.uint8)
    content = io.BytesIO()
    Image.fromarray(square).save(content, "PNG")
    for _ in range(60):  # the second file may still have to be made
        answer = client.post(
            "/api/v1/models/imagenet:inside?box=0,0,1", files={"images": content.getvalue()}
        )
        if answer.status_code != 503:
            break
        lab.wait_for_timeout(1000 * int(answer.headers["retry-after"]))
    (stem,) = (stage for stage in answer.json()["stages"] if stage["stage"] == "stem")
    told = client.get("/lab/convolution/patterns").json()
    with_alpha = np.concatenate([square, np.full((224, 224, 1), 255, np.uint8)], axis=2)
    script = """async ([pixels, patterns, biases]) => {
        const { first } = await import("/static/js/lab/planes.js");
        return patterns.map((pattern, at) => [...first(pixels, 224, pattern, biases[at]).values]);
    }"""
    channels = [one["channel"] for one in stem["maps"]]
    found = np.array(
        lab.evaluate(
            script,
            [
                with_alpha.ravel().tolist(),
                [told["patterns"][channel] for channel in channels],
                [told["bias"][channel] for channel in channels],
            ],
        )
    )
    for values, one in zip(found, stem["maps"], strict=True):
        assert values.min() == pytest.approx(one["low"], abs=5e-3)
        assert values.max() == pytest.approx(one["high"], abs=5e-3)
        assert values.std() == pytest.approx(one["strength"], abs=5e-3)
        assert values.reshape(112, 112)[tuple(one["peak"])] == pytest.approx(one["high"], abs=5e-3)


@pytest.mark.parametrize(
    "scores", [[2.0, 1.0, -3.5, 0.25], [900.0, -900.0, 0.0], [0.0, 0.0], [-40.0, -41.0]]
)
def test_shares_and_costs_are_the_same_in_the_browser(lab: Page, scores: list[float]) -> None:
    shares = softmax(np.array(scores))
    np.testing.assert_allclose(computed(lab, "scores", "softmax", scores), shares, rtol=1e-9)
    logits = np.array(scores)
    expected = np.log(np.exp(logits - logits.max()).sum()) + logits.max() - logits
    for right in range(len(scores)):
        cost = computed(lab, "scores", "costOf", scores, right)
        assert cost == pytest.approx(expected[right], rel=1e-9, abs=1e-12)


def test_scores_give_back_the_shares_they_were_made_of(lab: Page) -> None:
    shares = [0.6, 0.25, 0.1, 0.05]
    scores = computed(lab, "scores", "scoresOf", shares)
    assert sum(scores) == pytest.approx(0, abs=1e-9)
    np.testing.assert_allclose(computed(lab, "scores", "softmax", scores), shares, rtol=1e-9)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([[1, 0, -1]] * 3, "left"),
        ([[-1, 0, 1]] * 3, "right"),
        ([[1, 1, 1], [0, 0, 0], [-1, -1, -1]], "above"),
        ([[0, -1, -2], [1, 0, -1], [2, 1, 0]], "lower_left"),
        ([[-1, 2, -1]] * 3, "line"),
    ],
)
def test_what_a_pattern_looks_for_is_told_from_its_weights(
    lab: Page, rows: list[list[float]], expected: str
) -> None:
    grey = np.repeat(np.array(rows, float)[..., None], 3, axis=2)
    assert computed(lab, "nature", "nature", grey.ravel().tolist()) == expected


def test_a_pattern_that_weighs_colours_against_each_other_looks_for_colour(lab: Page) -> None:
    tinted = np.zeros((3, 3, 3))
    tinted[..., 0], tinted[..., 2] = 1, -1
    assert computed(lab, "nature", "nature", tinted.ravel().tolist()) == "colour"
