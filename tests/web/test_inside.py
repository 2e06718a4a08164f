"""A look inside the network, over a real server."""

import base64
import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

from app.vision import network
from app.vision.stages import shapes
from tests.photos import encode, packaged
from tests.web.problems import assert_problem

INSIDE = "/api/v1/models/imagenet:inside"

pytestmark = pytest.mark.usefixtures("alive_after", "second_file")


@pytest.fixture(scope="module")
def second_file(data_folder: Path) -> None:
    network.prepare(data_folder / "derived", "inside")


def picture(url: str) -> Image.Image:
    scheme, _, content = url.partition(",")
    assert scheme == "data:image/png;base64"
    return Image.open(io.BytesIO(base64.b64decode(content)))


def look(client: httpx.Client, photo: bytes, **params: str) -> dict[str, Any]:
    answer = client.post(INSIDE, files={"images": ("cat.jpg", photo)}, params=params)
    assert answer.status_code == 200
    told: dict[str, Any] = answer.json()
    return told


def test_every_stage_shows_its_twelve_strongest_maps(client: httpx.Client, cat: bytes) -> None:
    told = look(client, cat)
    assert {s["stage"]: tuple(s["shape"]) for s in told["stages"]} == shapes()
    for stage in told["stages"]:
        height, width, _ = stage["shape"]
        strengths = [one["strength"] for one in stage["maps"]]
        assert len(strengths) == 12 and strengths == sorted(strengths, reverse=True)
        for one in stage["maps"]:
            shown = picture(one["png"])
            assert shown.size == (width, height)
            row, column = one["peak"]
            assert shown.getpixel((column, row)) == 255
            assert one["low"] < one["high"]


def test_the_answer_is_that_of_a_prediction(client: httpx.Client, cat: bytes) -> None:
    told = look(client, cat)
    asked = client.post(
        "/api/v1/models/imagenet:predict?explain=heatmap", files={"images": cat}
    ).json()
    (verdict,) = asked["results"][0]["models"]
    assert told["predictions"] == verdict["predictions"]
    assert told["box"] == asked["results"][0]["box"]
    assert told["sum"]["label"] == verdict["predictions"][0]["label"]


def test_the_parts_of_the_sum_are_feature_times_weight(client: httpx.Client, cat: bytes) -> None:
    told = client.post("/api/v1/models/flowers:inside", files={"images": cat}).json()
    parts = told["sum"]["parts"]
    for part in parts:
        assert part["added"] == pytest.approx(part["feature"] * part["weight"], abs=2e-3)
        assert picture(part["png"]).size == (7, 7)
    added = [part["added"] for part in parts]
    assert len(added) == 12 and added == sorted(added, reverse=True)
    assert told["model"] == "flowers" and told["version"] >= 1


def test_it_looks_where_it_is_told_to(client: httpx.Client) -> None:
    left = np.zeros((100, 200, 3), np.uint8)
    left[:, :100] = packaged("coffee")[:100, :100]
    there = look(client, encode(left, "PNG"), box="0,0,1")
    elsewhere = look(client, encode(left, "PNG"), box="0.5,0,1")
    first, second = (sum(m["strength"] for m in t["stages"][0]["maps"]) for t in (there, elsewhere))
    assert first > 3 * second


def test_one_photo_as_the_body_and_never_two(client: httpx.Client, cat: bytes) -> None:
    raw = client.post(INSIDE, content=cat, headers={"Content-Type": "image/jpeg"})
    assert raw.json()["filename"] == ""
    two = client.post(INSIDE, files=[("images", cat), ("images", cat)])
    assert_problem(two, 413, "too-many-parts")


@pytest.mark.parametrize(
    ("photo", "status", "code"),
    [
        (b"", 422, "empty-file"),
        (b"just some text", 415, "unsupported-image-type"),
        (b"\xff\xd8\xff\xd9", 422, "undecodable-image"),
    ],
)
def test_bad_photos_get_their_reason(
    client: httpx.Client, photo: bytes, status: int, code: str
) -> None:
    assert_problem(client.post(INSIDE, files={"images": ("a.jpg", photo)}), status, code)


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("/api/v1/models/nothing:inside", 404, "not-found"),
        (f"{INSIDE}?box=1,1,1", 422, "invalid-parameter"),
        (f"{INSIDE}?top_k=3", 422, "unknown-parameter"),
        (f"{INSIDE}?lang=en&lang=nb", 422, "duplicate-parameter"),
    ],
)
def test_bad_questions_get_their_reason(
    client: httpx.Client, cat: bytes, address: str, status: int, code: str
) -> None:
    assert_problem(client.post(address, files={"images": cat}), status, code)


def test_many_may_look_at_once_while_others_ask(client: httpx.Client, cat: bytes) -> None:
    with ThreadPoolExecutor(8) as threads:
        looks = [threads.submit(look, client, cat) for _ in range(12)]
        asked = threads.submit(client.post, "/api/v1/predict", files={"images": cat})
        assert asked.result().status_code == 200
        first, *rest = [each.result() for each in looks]
    for each in rest:
        assert each["stages"] == first["stages"]


def test_the_first_patterns_come_as_numbers(client: httpx.Client) -> None:
    told = client.get("/lab/convolution/patterns").json()
    assert np.array(told["patterns"]).shape == (32, 27)
    assert len(told["bias"]) == 32
