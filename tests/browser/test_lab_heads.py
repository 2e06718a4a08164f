"""Heads that are trained in the browser: their mathematics against numpy's and Blomst's own."""

import math
from dataclasses import replace
from typing import Any

import httpx
import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page
from safetensors.numpy import load

from app.vision import training
from app.vision.examples import Examples
from app.vision.head import softmax
from app.vision.lesson import Settings

pytestmark = pytest.mark.browser

Values = NDArray[np.float64]

ASK = """async ([module, name, ...given]) =>
    (await import(`/static/js/lab/${module}.js`))[name](...given)"""
TRAIN = """async ([columns, choice, epochs]) => {
    const { Course, Photos } = await import("/static/js/lab/course.js");
    const kinds = { rows: Uint8Array, scales: Float32Array };
    for (const name of Object.keys(columns)) {
        columns[name] = new (kinds[name.split("_").at(-1)] ?? Int32Array)(columns[name]);
    }
    const course = new Course(new Photos(columns), choice);
    const figures = course.go(epochs);
    const { w, b } = course.training.head;
    return { figures, w: [...w], b: [...b], right: [...course.right], over: course.over };
}"""
COLUMNS = """async () => {
    const { read } = await import("/static/js/lab/tensors.js");
    const answer = await fetch("/lab/features");
    const columns = read(await answer.arrayBuffer());
    return Object.fromEntries(Object.entries(columns).map(([name, values]) =>
        [name, [values.length, ...Array.from(values.slice(0, 2000))]]));
}"""

LABELS = 3


def computed(page: Page, module: str, name: str, *given: Any) -> Any:
    page.goto("/lab/transfer")
    return page.evaluate(ASK, [module, name, *given])


def chance(seed: int) -> Any:
    """The browser's numbers between 0 and 1 (mulberry32)."""
    state = seed

    def product(a: int, b: int) -> int:
        return a * b & 0xFFFFFFFF

    def draw() -> float:
        nonlocal state
        state = state + 0x6D2B79F5 & 0xFFFFFFFF
        t = product(state ^ state >> 15, state | 1)
        t ^= t + product(t ^ t >> 7, t | 61) & 0xFFFFFFFF
        return ((t ^ t >> 14) & 0xFFFFFFFF) / 2**32

    return draw


def columns(photos: int = 40, learn: int = 24, width: int = 1280) -> dict[str, Any]:
    """A table of made-up features, each label a little brighter somewhere else, with a view."""
    random = np.random.default_rng(photos)
    label = np.arange(photos) % LABELS
    rows = random.integers(0, 120, (photos, width))
    for at, one in enumerate(label):
        rows[at, one * 40 : one * 40 + 40] += 25
    view = np.clip(rows[:learn] + random.integers(-20, 20, (learn, width)), 0, 255)
    return {
        "rows": rows, "scales": random.uniform(0.01, 0.02, photos).astype(np.float32),
        "label": label, "split": (np.arange(photos) >= learn).astype(int),
        "view_1_rows": view, "view_1_scales": random.uniform(0.01, 0.02, learn).astype(np.float32),
    }  # fmt: skip


def told(table: dict[str, Any]) -> dict[str, list[float]]:
    return {name: np.asarray(column).ravel().tolist() for name, column in table.items()}


def restored(table: dict[str, Any], name: str) -> NDArray[np.float32]:
    found = table[f"{name}rows"] * table[f"{name}scales"][:, None]
    return np.asarray(found, np.float32)


def examples(table: dict[str, Any], photos: list[int], views: bool) -> tuple[Examples, Examples]:
    """To learn from, and to choose by."""
    plain, choose = restored(table, ""), table["split"] == 1
    seen = [plain[photos], *([restored(table, "view_1_")[photos]] if views else [])]
    group = np.arange(len(plain), dtype=np.int32)
    label = table["label"].astype(np.int32)
    return (
        Examples(seen, label[photos], group[photos]),
        Examples([plain[choose]], label[choose], group[choose]),
    )


def downhill(
    learn: Examples, choose: Examples, settings: dict[str, Any]
) -> tuple[list[dict[str, float]], Values, Values]:
    """The same training in numpy: figures of each epoch, weights (width x labels) and bias."""
    mean = learn.plain.mean(axis=0, dtype=np.float64)
    rows = np.concatenate(learn.views).astype(np.float64) - mean
    scale = np.sqrt(np.square(rows).mean())
    rows, asked = rows / scale, (choose.plain - mean) / scale
    truth = np.eye(LABELS)[np.tile(learn.truth, len(learn.views))]
    head: list[Values] = [np.zeros((rows.shape[1], LABELS)), np.zeros(LABELS)]
    moments = [(np.zeros_like(part), np.zeros_like(part)) for part in head]
    figures, random, hidden = [], chance(settings["seed"]), settings["dropout"]
    for step in range(settings["epochs"]):
        seen = rows
        if hidden:
            drawn = np.array([random() for _ in range(rows.size)]).reshape(rows.shape)
            seen = np.where(drawn < hidden, 0, rows / (1 - hidden))
        logits = seen @ head[0] + head[1]
        shares = softmax(logits)
        loss = -np.log(shares[truth == 1]).mean()
        right = (logits.argmax(axis=1) == truth.argmax(axis=1)).mean()
        miss = (shares - truth) / len(truth)
        slopes = [seen.T @ miss + settings["l2"] * head[0], miss.sum(axis=0)]
        rate = settings["learning_rate"] / 2 * (1 + math.cos(math.pi * step / settings["epochs"]))
        rate *= math.sqrt(1 - 0.999 ** (step + 1)) / (1 - 0.9 ** (step + 1))
        for part, slope, (m, v) in zip(head, slopes, moments, strict=True):
            m += 0.1 * (slope - m)
            v += 0.001 * (slope**2 - v)
            part -= rate * m / (np.sqrt(v) + 1e-7)
        answers = asked @ head[0] + head[1]
        shares = softmax(answers)
        figures.append({
            "loss": float(loss), "accuracy": float(right),
            "validation_loss": float(-np.log(shares[range(len(shares)), choose.truth]).mean()),
            "validation_accuracy": float((answers.argmax(axis=1) == choose.truth).mean()),
        })  # fmt: skip
    return figures, head[0], head[1]


def trained(page: Page, table: dict[str, Any], choice: dict[str, Any]) -> dict[str, Any]:
    page.goto("/lab/transfer")
    found: dict[str, Any] = page.evaluate(
        TRAIN, [told(table), choice, choice["settings"]["epochs"]]
    )
    return found


def usual(**changed: Any) -> dict[str, Any]:
    return {"learning_rate": 0.01, "epochs": 12, "l2": 0.0, "dropout": 0.0, "seed": 7, **changed}


@pytest.mark.parametrize(
    ("views", "changed"),
    [(False, {}), (True, {"l2": 0.3}), (False, {"dropout": 0.5, "epochs": 5}), (True, {"seed": 2})],
)
def test_a_head_learns_the_same_numbers_as_in_numpy(
    page: Page, views: bool, changed: dict[str, Any]
) -> None:
    table, photos, settings = columns(), [3, 0, 10, 7, 22, 5, 8], usual(**changed)
    choice = {"photos": photos, "seen": "rows", "views": views, "settings": settings}
    found = trained(page, table, choice)
    learn, choose = examples(table, photos, views)
    figures, weights, bias = downhill(learn, choose, settings)
    for epoch, expected in zip(found["figures"], figures, strict=True):
        assert epoch == pytest.approx(expected, abs=2e-5)
    assert np.allclose(np.reshape(found["w"], (LABELS, -1)).T, weights, atol=1e-5)
    assert np.allclose(found["b"], bias, atol=1e-5)
    assert found["over"] and np.mean(found["right"]) == pytest.approx(
        figures[-1]["validation_accuracy"]
    )


@pytest.mark.parametrize("views", [False, True])
def test_a_head_learns_as_blomst_itself_teaches_one(page: Page, views: bool) -> None:
    table, photos, settings = columns(), list(range(24)), usual(l2=0.05, learning_rate=0.002)
    choice = {"photos": photos, "seen": "rows", "views": views, "settings": settings}
    found = trained(page, table, choice)["figures"]
    learn, choose = examples(table, photos, views)
    both = Examples(
        [np.tile(choose.plain, (2, 1))], np.tile(choose.truth, 2), np.tile(choose.group, 2)
    )
    lesson = training.learn(
        replace(Settings(), **settings, batch_size=4096, patience=500), learn, both, LABELS
    )  # twice the photos to choose by, which are too few to be chosen by
    for epoch, theirs in zip(found, lesson.history, strict=True):
        assert epoch["loss"] == pytest.approx(theirs.loss, abs=1e-4)
        assert epoch["accuracy"] == pytest.approx(theirs.accuracy)
        assert epoch["validation_accuracy"] == pytest.approx(theirs.validation_accuracy)
        # Theirs is that at the best temperature.
        assert theirs.validation_loss is not None
        assert epoch["validation_loss"] >= theirs.validation_loss - 1e-4


def test_the_page_reads_the_columns_that_were_sent(page: Page, base_url: str) -> None:
    page.goto("/lab/transfer")
    read = page.evaluate(COLUMNS)
    sent = load(httpx.get(f"{base_url}/lab/features").content)
    assert set(read) == set(sent)
    for name, column in sent.items():
        size, *values = read[name]
        assert size == column.size
        assert np.array_equal(values, column.ravel()[:2000])


def test_few_photos_are_drawn_evenly_and_lie_among_more(page: Page) -> None:
    truth = [0] * 30 + [1] * 50 + [2] * 4
    ten, fifty, again, other = (
        computed(page, "material", "few", truth, count, draw)
        for count, draw in ((10, 1), (50, 1), (10, 1), (10, 2))
    )
    assert ten == again and ten == fifty[:10] and set(ten) != set(other)
    assert np.bincount([truth[at] for at in ten]).tolist() == [4, 3, 3]
    assert np.bincount([truth[at] for at in fifty]).tolist() == [23, 23, 4]
    assert sorted(computed(page, "material", "few", truth, 1000, 3)) == list(range(84))


def curve(*points: tuple[float, float]) -> list[dict[str, float]]:
    return [
        {"loss": 0.1, "accuracy": 1.0, "validation_loss": loss, "validation_accuracy": right}
        for loss, right in points
    ]


@pytest.mark.parametrize(
    ("points", "kind"),
    [
        ([(1.5, 0.3), (0.8, 0.7), (0.82, 0.6)], "said_well"),
        ([(1.5, 0.3), (0.8, 0.7), (1.1, 0.71)], "said_surer"),
        ([(1.5, 0.3), (0.8, 0.7), (1.1, 0.6)], "said_worse"),
        ([(1.5, 0.3), (0.8, 0.7), (1.1, 0.8)], "said_better"),
    ],
)
def test_curves_are_read_for_what_they_show(
    page: Page, points: list[tuple[float, float]], kind: str
) -> None:
    found = computed(page, "verdict", "verdict", curve(*points))
    assert found["kind"] == kind
    assert (found["values"]["least"], found["values"]["epoch"]) == (0.8, 2)


@pytest.mark.parametrize(("gained", "lost", "differ"), [(9, 1, True), (6, 4, False), (0, 0, False)])
def test_a_difference_counts_when_chance_would_hardly_make_it(
    page: Page, gained: int, lost: int, differ: bool
) -> None:
    first = [1] * gained + [0] * lost + [1, 0] * 20
    second = [0] * gained + [1] * lost + [1, 0] * 20
    assert computed(page, "verdict", "differ", first, second) is differ


@pytest.mark.parametrize("places", [[100, 101, 102], [60, 200, 61], [0, 5, 300], [150, 90, 110]])
def test_names_of_lines_never_stand_on_each_other(page: Page, places: list[float]) -> None:
    page.goto("/lab/transfer")
    script = """async ([places]) => {
        const { apart } = await import("/static/js/plot.js");
        return apart(places, 38, [46, 250]);
    }"""
    moved = page.evaluate(script, [places])
    assert np.argsort(moved).tolist() == np.argsort(places).tolist()
    assert np.diff(np.sort(moved)).min() >= 38 - 1e-9
    assert min(moved) >= 46 - 1e-9 and max(moved) <= 250 + 1e-9
