"""Photo care over HTTP: worked out beside the server, and without what was decided meanwhile."""

import io
import time
from collections.abc import Iterator
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

from tests.photos import encode, packaged
from tests.teaching.tiles import tiles
from tests.teaching.zips import zipped
from tests.web.conftest import Own
from tests.web.problems import assert_problem


@pytest.fixture(scope="module")
def model(own: Own) -> str:
    """Three of its photos bear the wrong label."""
    made = own.client.post("/models", json={"name": "Cared for", "labels": ["coffee", "flower"]})
    model = str(made.json()["model"])
    for label, other in (("coffee", "flower"), ("flower", "coffee")):
        photos = tiles(label, 16)
        for called, some in ((label, photos[:14]), (other, photos[14:])):
            files = [("images", (f"{label}{at}.jpg", one)) for at, one in enumerate(some)]
            added = own.client.post(f"/models/{model}/images", files=files, data={"label": called})
            assert added.status_code == 201
    return model


@pytest.fixture
def client(own: Own, model: str) -> Iterator[httpx.Client]:
    yield own.client
    assert own.client.get(own.client.base_url.join("/livez"), timeout=1).status_code == 200


def looked_over(client: httpx.Client, model: str) -> dict[str, Any]:
    ends = time.monotonic() + 120
    while True:
        answer = client.get(f"/models/{model}/care")
        told: dict[str, Any] = answer.json()
        assert answer.status_code in (200, 202), told
        if answer.status_code == 202:
            assert set(told) == {"model", "current", "working"} and told["working"]["sentence"]
            assert answer.headers["retry-after"] == "1"
        if told["current"]:
            return told
        assert time.monotonic() < ends, told
        time.sleep(0.2)


def test_what_is_wrong_is_found_and_left_out_once_decided(client: httpx.Client, model: str) -> None:
    first = client.get(f"/models/{model}/care")
    assert first.status_code == 202
    told = looked_over(client, model)
    assert told["photos"] == told["doubts"]["judged"] == 32
    doubts = told["doubts"]["items"]
    assert told["doubts"]["total"] == len(doubts) >= 3
    names = {"coffee": "flower", "flower": "coffee"}
    for one in doubts:
        assert one["suggested"]["label"] == names[one["label"]["label"]]
        assert one["label"]["score"] <= one["suggested"]["score"]
    kept, relabelled = (one["image"]["sha256"] for one in doubts[:2])
    assert client.post(f"/models/{model}/care:keep", json={"images": [kept]}).status_code == 200
    change = {"images": [relabelled], "label": doubts[1]["suggested"]["label"]}
    assert client.post(f"/models/{model}/images:relabel", json=change).status_code == 200
    now = client.get(f"/models/{model}/care").json()
    assert not now["current"] and now["working"]
    left = {one["image"]["sha256"] for one in now["doubts"]["items"]}
    assert not {kept, relabelled} & left
    anew = {one["image"]["sha256"] for one in looked_over(client, model)["doubts"]["items"]}
    assert kept not in anew
    assert client.post(f"/models/{model}/care:reconsider", json={"images": [kept]}).is_success
    again = client.get(f"/models/{model}/care").json()
    assert kept in {one["image"]["sha256"] for one in again["doubts"]["items"]}


def test_doubts_come_page_by_page(client: httpx.Client, model: str) -> None:
    whole = [one["image"]["sha256"] for one in looked_over(client, model)["doubts"]["items"]]
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        doubts = client.get(f"/models/{model}/care", params={"limit": 1, **cursor}).json()["doubts"]
        found += [one["image"]["sha256"] for one in doubts["items"]]
        if doubts["next_cursor"] is None:
            break
        cursor = {"cursor": doubts["next_cursor"]}
    assert found == whole
    assert_problem(client.get(f"/models/{model}/care?cursor=abc"), 422, "invalid-parameter")


def test_a_file_that_was_lost_or_damaged_is_told(own: Own, model: str) -> None:
    objects = own.data / "objects"
    photos = own.client.get(f"/models/{model}/images?limit=2").json()["items"]
    lost, damaged = (objects / one["sha256"][:2] / one["sha256"] for one in photos)
    lost.unlink()
    damaged.write_bytes(damaged.read_bytes() + b"x")
    gone = own.client.get(f"/models/{model}/images").json()["items"][-1]["sha256"]
    assert (
        own.client.delete(f"/models/{model}/images/{gone}").status_code == 204
    )  # looked over anew
    told = {
        one["image"]["sha256"]: (one["problem"], one["sentence"])
        for one in looked_over(own.client, model)["unreadable"]
    }
    assert told == {
        photos[0]["sha256"]: ("missing", "Its file is gone."),
        photos[1]["sha256"]: ("damaged", "Its file is damaged."),
    }
    page = own.client.base_url.join(f"/models/{model}/care")
    assert "Its file is gone." in own.client.get(page).text
    lost_ones = {"images": [one["sha256"] for one in photos], "action": "lost"}
    assert own.client.post(page, data=lost_ones).headers["location"].endswith("#unreadable")
    assert own.client.get(f"/models/{model}/care").json()["unreadable"] == []


def test_copies_that_contradict_are_settled_by_the_form_of_the_page(own: Own) -> None:
    client = own.client
    first, second, *_ = tiles("rocket", 4)
    with Image.open(io.BytesIO(second)) as tile:
        again = encode(np.asarray(tile), quality=97)
    files = {"day/1.jpg": first, "night/1.jpg": first, "day/2.jpg": second, "night/2.jpg": again}
    model = client.post("/models", json={"name": "Torn", "labels": []}).json()["model"]
    zip_in = {"Content-Type": "application/zip"}
    job = client.post(f"/models/{model}/imports", content=zipped(files), headers=zip_in).json()
    while client.get(f"/imports/{job['import']}").json()["state"] in ("queued", "running"):
        time.sleep(0.1)
    told = looked_over(client, model)
    (torn,), (lot,) = told["came_twice"], told["copies"]
    assert torn["unsettled"] and lot["trouble"] == "two-labels"
    assert torn["image"]["split"] == "aside"
    page = client.base_url.join(f"/models/{model}/care")
    for lang in ("en", "nb"):
        shown = client.get(page, headers={"Accept-Language": lang}).text
        assert "day, night" in shown and "night/1.jpg" in shown
    both = [one["sha256"] for one in lot["images"]]
    for chosen in (both, [torn["image"]["sha256"]]):
        sent = client.post(page, data={"images": chosen, "all": "night"})
        assert (sent.status_code, sent.headers["location"]) == (303, f"{page.path}#copies")
    kept = client.get(f"/models/{model}/images").json()["items"]
    assert {one["label"] for one in kept} == {"night"}
    assert "aside" not in {one["split"] for one in kept}
    now = client.get(f"/models/{model}/care").json()
    assert [one["trouble"] for one in now["copies"]] == [None]
    assert [one["unsettled"] for one in now["came_twice"]] == [False]
    assert client.get(page).status_code == 200


def test_a_model_without_photos_has_nothing_to_look_at(client: httpx.Client) -> None:
    model = client.post("/models", json={"name": "Bare"}).json()["model"]
    told = looked_over(client, model)
    assert told["photos"] == told["doubts"]["judged"] == 0
    assert told["copies"] == told["odd"] == told["unreadable"] == []
    page = client.get(client.base_url.join(f"/models/{model}/care")).text
    assert "There are no photos to look over yet." in page


def test_only_models_that_can_be_taught_are_cared_for(client: httpx.Client) -> None:
    assert_problem(client.get("/models/imagenet/care"), 409, "model-not-teachable")
    assert_problem(client.get("/models/nothing/care"), 404, "not-found")
    absent = {"images": ["0" * 64]}
    assert_problem(client.post("/models/flowers/care:keep", json=absent), 404, "not-found")


def test_likely_copies_are_shown_until_someone_tells_them_apart(client: httpx.Client) -> None:
    """The second is the first at half its size, which is too poor to be kept together by itself."""
    made = client.post("/models", json={"name": "Poor copies", "labels": ["cat", "cup"]})
    model = str(made.json()["model"])
    large = Image.fromarray(packaged("chelsea")).resize((448, 300))
    for label, photo in (("cat", large), ("cup", large.resize((160, 107)))):
        out = io.BytesIO()
        photo.save(out, "JPEG", quality=70)
        files = {"images": (f"{label}.jpg", out.getvalue())}
        sent = client.post(f"/models/{model}/images", files=files, data={"label": label})
        assert sent.json()["results"][0]["image"]["split"] != "aside", sent.text
    (lot,) = looked_over(client, model)["copies"]
    assert (lot["kind"], lot["likely"], lot["trouble"]) == ("poorer", True, "two-labels")
    both = {"images": [one["sha256"] for one in lot["images"]]}
    page = str(client.base_url).replace("/api/v1/", f"/models/{model}/care")
    assert "They are different photos" in httpx.get(page).text
    told = client.post(f"/models/{model}/care:apart", json=both)
    assert [one["sha256"] for one in told.json()["images"]] == both["images"]
    (settled,) = looked_over(client, model)["copies"]
    assert settled["trouble"] is None
    assert client.post(f"/models/{model}/care:reconsider", json=both).status_code == 200
    assert looked_over(client, model)["copies"] == [lot]
    sent = httpx.post(page, data={"images": both["images"], "apart": "true"})
    assert sent.headers["location"].endswith("/care#copies")
    assert looked_over(client, model)["copies"][0]["trouble"] is None
    alone = client.post(f"/models/{model}/care:apart", json={"images": both["images"][:1]})
    assert_problem(alone, 422, "invalid-field")
