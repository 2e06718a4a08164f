"""Would more photos help: curves over HTTP, and sentences that come of the numbers."""

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from app.texts import texts
from app.web.drawing import draw, lowest
from app.web.growth import growth_json, outlooks
from tests.photos import shared
from tests.web.conftest import Own
from tests.web.problems import assert_problem

COUNTS = {"glass": 48, "paper": 48, "trash": 10}

NAMES = {"glass": "glass", "cardboard": "cardboard", "paper": "paper"}


@pytest.fixture(scope="module")
def model(own: Own) -> str:
    """One of its labels has far fewer photos than the others."""
    own.client.post("/models", json={"name": "Waste", "labels": list(COUNTS)})
    for label, count in COUNTS.items():
        files = [
            ("images", (photo.name, photo.read_bytes()))
            for photo in sorted((shared("trash") / label).iterdir())[:count]
        ]
        added = own.client.post("/models/waste/images", files=files, data={"label": label})
        assert added.status_code == 201
    return "waste"


@pytest.fixture
def client(own: Own, model: str) -> Iterator[httpx.Client]:
    yield own.client


def grown(client: httpx.Client, model: str, **query: str) -> dict[str, Any]:
    ends = time.monotonic() + 120
    while True:
        answer = client.get(f"/models/{model}/growth", params=query)
        told: dict[str, Any] = answer.json()
        assert answer.status_code in (200, 202), told
        if told["current"]:
            return told
        assert told["working"]["sentence"]
        assert time.monotonic() < ends, told
        time.sleep(0.2)


def test_the_label_with_few_photos_is_pointed_at(client: httpx.Client, model: str) -> None:
    assert client.get(f"/models/{model}/growth").status_code == 202
    told = grown(client, model)
    assert told["next"] == {"label": "trash", "name": "trash"}
    first = told["labels"][0]
    assert (first["label"], first["kind"], first["learned"]) == ("trash", "short", 7)
    assert told["sentences"][0] == (
        "Photograph trash first: only 7 photos to learn from, far fewer than of other labels."
    )
    assert [point["share"] for point in told["all"]["points"]] == [0.1, 0.25, 0.5, 1.0]
    for point in told["all"]["points"]:
        assert point["low"] <= point["right"] <= point["high"]
    page = client.get(client.base_url.join(f"/models/{model}/next")).text
    assert 'href="/models/waste#label-trash">Add photos of trash</a>' in page
    assert 'id="label-trash"' in client.get(client.base_url.join("/models/waste")).text
    norwegian = grown(client, model, lang="nb")["sentences"][0]
    assert norwegian.startswith("Fotografer trash først: bare 7 bilder å lære av")


def test_more_photos_of_it_change_what_is_told(client: httpx.Client, model: str) -> None:
    files = [
        ("images", (photo.name, photo.read_bytes()))
        for photo in sorted((shared("trash") / "trash").iterdir())[10:58]
    ]
    client.post(f"/models/{model}/images", files=files, data={"label": "trash"})
    old = client.get(f"/models/{model}/growth").json()
    assert not old["current"] and old["next"]["label"] == "trash"
    page = client.get(client.base_url.join(f"/models/{model}/next")).text
    assert "Photos have changed since." in page
    told = grown(client, model)
    assert "short" not in {one["kind"] for one in told["labels"]}


def test_a_model_without_photos_says_what_to_do_first(client: httpx.Client) -> None:
    for name, labels, sentence in (
        ("Bare", [], "There are no labels to photograph yet."),
        ("Begun", ["cat", "dog"], "Photograph cat first: there is no photo"),
    ):
        made = client.post("/models", json={"name": name, "labels": labels}).json()["model"]
        told = grown(client, made)
        assert told["sentences"][0].startswith(sentence)
        assert told["all"] is None
        page = client.get(client.base_url.join(f"/models/{made}/next"))
        assert page.status_code == 200 and sentence in page.text


def test_no_other_parameter_is_taken(client: httpx.Client, model: str) -> None:
    assert_problem(client.get(f"/models/{model}/growth?limit=1"), 422, "unknown-parameter")


LOWER = {0.1: 0.2, 0.25: 0.1, 0.5: 0.04, 1.0: 0.0}
"""By how much less is right with a share of the photos."""


def curve(label: str | None, photos: int, right: float, **ahead: Any) -> dict[str, Any]:
    """Of one label, measured with half and all of its photos."""
    points = [
        {"share": share, "photos": share * photos, "right": at, "low": at - 0.05,
         "high": min(1.0, at + 0.05), "draws": 1, "least": 0.0, "most": 1.0}
        for share, at in ((share, right - less) for share, less in LOWER.items())
    ]  # fmt: skip
    unknown = dict.fromkeys(("right", "low", "high", "gain", "gain_low", "gain_high"))
    if "gain" in ahead:
        gain = ahead["gain"]
        ahead |= {"right": right + gain, "low": right + gain - 0.03, "high": right + gain + 0.02}
        ahead |= {"gain_low": gain - 0.02, "gain_high": gain + 0.03, "why": None}
    twice = {"photos": 2 * photos, **unknown, **ahead}
    return {"label": label, "asked": 60, "points": points, "ahead": twice}


def found(*curves: dict[str, Any]) -> dict[str, Any]:
    return {"photos": 1000, "curves": list(curves)}


def test_what_would_gain_most_comes_first_and_what_is_full_is_said() -> None:
    told = growth_json(
        found(
            curve(None, 900, 0.9, gain=0.02),
            curve("glass", 300, 0.89, gain=0.031),
            curve("cardboard", 300, 0.97, gain=0.001),
            curve("paper", 300, 0.94, gain=0.012),
        ),
        NAMES,
        texts("en"),
    )
    assert [one["label"] for one in told["labels"]] == ["glass", "paper", "cardboard"]
    assert told["sentences"] == [
        "Twice as many photos would bring most for glass: about 3 points more, from 89% to 92% "
        "answered rightly.",
        "As good as it gets: cardboard.",
    ]
    assert told["labels"][1]["sentence"] == (
        "About one point more with twice as many photos, from 94% to 95%; "
        "with 95% certainty between \N{MINUS SIGN}1 and 4."
    )
    assert told["all"]["sentence"] == (
        "With twice as many photos of everything, 90% right would become about 92%."
    )


def test_where_all_is_full_photo_care_is_worth_more() -> None:
    every = found(*(curve(label, 300, 0.97, gain=0.002) for label in NAMES))
    told = growth_json(every, NAMES, texts("nb"))
    assert told["next"] is None
    assert told["sentences"][0].startswith("Flere bilder av samme slag ville nesten ikke gi noe")


def test_a_label_that_nobody_can_tell_of_comes_before_those_that_are_full() -> None:
    told = outlooks(
        found(
            curve("cardboard", 300, 0.97, gain=0.001),
            curve("glass", 290, 0.8, why="poor-fit"),
            curve("paper", 280, 0.9, why="few-photos"),
        ),
        list(NAMES),
    )
    assert [(one.label, one.kind) for one in told] == [
        ("glass", "untold"), ("paper", "few"), ("cardboard", "full"),
    ]  # fmt: skip


def test_a_drawing_puts_shares_where_they_belong() -> None:
    told = growth_json(found(curve("glass", 300, 0.9, gain=0.03)), {"glass": "glass"}, texts("en"))
    (one,) = told["labels"]
    low = lowest([one])
    assert low == 0.6
    drawing = draw(one, low, 280, 170)
    xs = [x for x, _, _ in drawing.dots]
    ys = [y for _, y, _ in drawing.dots]
    assert xs == sorted(xs) and ys == sorted(ys, reverse=True)
    assert xs[3] - xs[2] == pytest.approx(xs[2] - xs[1], abs=0.2)  # each time twice as many
    assert [count for _, count in drawing.counts] == [30, 75, 150, 300, 600]
    assert drawing.ahead is not None and drawing.ahead["percent"] == 93
    assert drawing.ahead["y"] < ys[-1]
    assert all(0 <= y <= drawing.floor for y, _ in drawing.ticks)
    unmeasured = {**one, "points": [], "twice": {"photos": 8, "right": None}}
    assert draw(unmeasured, 0.0, 280, 170).line == ""
