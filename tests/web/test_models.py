"""Models and labels over HTTP: made, named, removed and brought back. BAD_INPUTS, L rows."""

import unicodedata
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.web.conftest import Own
from tests.web.problems import assert_problem


@pytest.fixture
def client(own: Own) -> Iterator[httpx.Client]:
    yield own.client
    alive = own.client.base_url.join("/livez")
    assert own.client.get(alive, timeout=1).json() == {"alive": True}


@pytest.fixture
def model(client: httpx.Client, request: pytest.FixtureRequest) -> str:
    """A new one with two labels."""
    name = f"of {request.node.name}"[:90].replace("[", " ").replace("]", "")
    made = client.post("/models", json={"name": name, "labels": ["rose", "tulip"]})
    assert made.status_code == 201, made.text
    return str(made.json()["model"])


def slugs(client: httpx.Client, model: str) -> list[str]:
    return [one["label"] for one in client.get(f"/models/{model}/labels").json()["items"]]


def test_a_model_is_made_and_stands_between_the_flowers_and_imagenet(client: httpx.Client) -> None:
    asked = {"name": {"en": "Waste", "nb": "Avfall"}, "labels": ["glass", {"nb": "papir"}]}
    made = client.post("/models", json=asked, headers={"Accept-Language": "nb"})
    assert made.status_code == 201
    told = made.json()
    assert (told["model"], told["name"], told["version"]) == ("waste", "Avfall", None)
    assert told["names"] == {"en": "Waste", "nb": "Avfall"}
    assert [one["label"] for one in told["labels"]] == ["glass", "papir"]
    assert client.get(f"{made.headers['location'].removeprefix('/api/v1')}").json()["name"]
    every = [one["model"] for one in client.get("/models").json()["items"]]
    assert (every[0], every[-1]) == ("flowers", "imagenet") and "waste" in every
    taught = {m["model"]: m["can_be_taught"] for m in client.get("/models").json()["items"]}
    assert taught["waste"] and taught["flowers"] and not taught["imagenet"]
    assert_problem(client.post("/models", json={"name": "WASTE"}), 409, "model-exists")
    assert_problem(client.post("/models", json={"name": "ImageNet"}), 409, "model-exists")


def test_an_untaught_model_says_so_when_it_is_asked(
    client: httpx.Client, model: str, cat: bytes
) -> None:
    files = {"images": cat}
    assert_problem(client.post(f"/models/{model}:predict", files=files), 409, "model-untaught")
    assert_problem(client.post(f"/predict?model={model}", files=files), 409, "model-untaught")
    every = client.post("/predict", files=files).json()["results"][0]["models"]
    assert [one["model"] for one in every] == ["flowers", "imagenet"]


def test_what_came_along_cannot_be_removed(client: httpx.Client) -> None:
    assert_problem(client.delete("/models/flowers"), 409, "model-shipped")
    assert_problem(client.delete("/models/imagenet"), 409, "model-shipped")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "", {"name": "x"}),
        ("POST", "/labels", {"name": "x"}),
        ("PATCH", "/labels/vase", {"name": "x"}),
        ("DELETE", "/labels/vase", None),
        ("GET", "/images", None),
        ("POST", "/images:remove", {"images": ["0" * 64]}),
        ("GET", f"/images/{'0' * 64}/thumbnail", None),
    ],
)
def test_imagenet_cannot_be_taught_and_what_is_unknown_is_not_found(
    client: httpx.Client, method: str, path: str, body: Any
) -> None:
    fixed = client.request(method, f"/models/imagenet{path}", json=body)
    assert_problem(fixed, 409, "model-not-teachable")
    unknown = client.request(method, f"/models/nobodys{path}", json=body)
    assert_problem(unknown, 404, "not-found")


def test_a_removed_model_is_gone_until_it_is_brought_back(client: httpx.Client, model: str) -> None:
    assert client.delete(f"/models/{model}").status_code == 204
    assert_problem(client.get(f"/models/{model}"), 404, "not-found")
    assert_problem(client.delete(f"/models/{model}"), 404, "not-found")
    assert_problem(client.get(f"/models/{model}/images"), 404, "not-found")
    assert model not in [one["model"] for one in client.get("/models").json()["items"]]
    back = client.post(f"/models/{model}:restore")
    assert (back.status_code, back.json()["label_count"]) == (200, 2)
    assert_problem(client.post("/models/nobodys:restore"), 404, "not-found")


def test_new_names_show_in_the_next_answer_and_slugs_stay(client: httpx.Client, cat: bytes) -> None:
    def names() -> tuple[str, set[tuple[str, str]]]:
        answer = client.post("/models/flowers:predict?top_k=5", files={"images": cat}).json()
        (told,) = answer["results"][0]["models"]
        return told["name"], {(p["label"], p["name"]) for p in told["predictions"]}

    before = names()
    client.patch("/models/flowers/labels/rose", json={"name": {"en": "queen of the garden"}})
    client.patch("/models/flowers", json={"name": "My flowers"})
    assert names()[0] == "My flowers"
    assert ("rose", "queen of the garden") in names()[1]
    rose = client.get("/models/flowers/labels/rose").json()
    assert rose["names"]["nb"] == "rose"  # what was not named stays
    assert rose["images"]["total"] > 400
    client.patch("/models/flowers/labels/rose", json={"name": "rose"})
    client.patch("/models/flowers", json={"name": "Flowers"})
    assert names() == before


def test_a_removed_label_counts_for_nothing_until_it_is_back(
    client: httpx.Client, model: str
) -> None:
    assert client.delete(f"/models/{model}/labels/rose").status_code == 204
    assert slugs(client, model) == ["tulip"]
    assert_problem(client.delete(f"/models/{model}/labels/rose"), 404, "not-found")
    assert_problem(client.get(f"/models/{model}/labels/rose"), 404, "not-found")
    assert client.post(f"/models/{model}/labels/rose:restore").status_code == 200
    assert slugs(client, model) == ["rose", "tulip"]
    client.delete(f"/models/{model}/labels/rose")
    assert client.post(f"/models/{model}/labels", json={"name": "ROSE"}).status_code == 201
    assert slugs(client, model) == ["rose", "tulip"]


def test_a_label_does_not_come_back_beside_another_of_its_name(
    client: httpx.Client, model: str
) -> None:
    client.delete(f"/models/{model}/labels/rose")
    client.patch(f"/models/{model}/labels/tulip", json={"name": "Rose"})
    back = client.post(f"/models/{model}/labels/rose:restore")
    assert_problem(back, 409, "label-exists")


def test_a_label_cannot_take_the_name_of_another(client: httpx.Client, model: str) -> None:
    taken = client.patch(f"/models/{model}/labels/tulip", json={"name": "ROSE"})
    assert_problem(taken, 409, "label-exists")
    own = client.patch(f"/models/{model}/labels/tulip", json={"name": "Tulip"})
    assert (own.status_code, own.json()["label"], own.json()["name"]) == (200, "tulip", "Tulip")


NO_NAMES = [
    ("L01", ""),
    ("L01-spaces", "   "),
    ("L02", "x" * 101),
    ("L02-long", "x" * 900_000),
    ("L03-NUL", "a\0b"),
    ("L03-newline", "a\nb"),
    ("L03-control", "a\x07b"),
    ("L03-reordered", "a\u202eb"),
    ("L03-zero-width", "a\u200bb"),
    ("L03-hangul-filler", "a\u3164"),
]


@pytest.mark.parametrize("name", [pytest.param(name, id=row) for row, name in NO_NAMES])
def test_what_is_no_name_is_refused(client: httpx.Client, name: str) -> None:
    for answer in (
        client.post("/models", json={"name": name}),
        client.post("/models", json={"name": "fine", "labels": ["good", name]}),
        client.patch("/models/flowers", json={"name": name}),
        client.post("/models/flowers/labels", json={"name": name}),
        client.post("/models/flowers/labels", json={"name": {"en": "good", "nb": name}}),
        client.patch("/models/flowers/labels/rose", json={"name": name}),
    ):
        assert_problem(answer, 422, "invalid-label")
    assert_problem(client.get("/models/fine"), 404, "not-found")  # all of it or nothing
    assert "good" not in slugs(client, "flowers")


def test_a_megabyte_is_no_name(client: httpx.Client) -> None:
    """L02."""
    answer = client.post("/models/flowers/labels", json={"name": "x" * 1_000_000})
    assert_problem(answer, 413, "body-too-large")


def test_names_that_are_one_are_one_label(client: httpx.Client, model: str) -> None:
    """L04."""
    labels = f"/models/{model}/labels"
    for name in ("rose", "Rose", "  rOSE "):
        assert client.post(labels, json={"name": name}).status_code == 200
    composed, apart = (unicodedata.normalize(form, "Blåklokke é") for form in ("NFC", "NFD"))
    assert client.post(labels, json={"name": apart}).status_code == 201
    again = client.post(labels, json={"name": composed.upper()})
    assert (again.status_code, again.json()["name"]) == (200, composed)
    assert len(slugs(client, model)) == 3


STRANGE = ["<script>alert(1)</script>", "{{7*7}}", "'; DROP TABLE labels", "=CMD()", "${jndi:x}"]


@pytest.mark.parametrize("name", STRANGE)
def test_strange_names_are_names_like_others(client: httpx.Client, model: str, name: str) -> None:
    """L06."""
    made = client.post(f"/models/{model}/labels", json={"name": name})
    assert made.status_code == 201
    assert made.json()["name"] == name
    assert set(made.json()["label"]) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    at = made.headers["location"].removeprefix("/api/v1")
    assert client.get(at).json()["name"] == name


def test_a_thousand_labels_are_the_most(client: httpx.Client) -> None:
    """L07."""
    names = [f"kind {number}" for number in range(1001)]
    assert_problem(client.post("/models", json={"name": "much", "labels": names}),
                   422, "too-many-classes")  # fmt: skip
    made = client.post("/models", json={"name": "much", "labels": names[:1000]})
    assert (made.status_code, made.json()["label_count"]) == (201, 1000)
    one_more = client.post("/models/much/labels", json={"name": names[1000]})
    assert_problem(one_more, 422, "too-many-classes")
    assert client.post("/models/much/labels", json={"name": "Kind 7"}).status_code == 200


ODD = ["../x", "%2e%2e%2fx", "%00", "n" * 10_000, "%ff", "Rose "]


@pytest.mark.parametrize("name", ODD)
def test_odd_names_in_an_address_are_not_found(client: httpx.Client, name: str) -> None:
    """Q07."""
    for folder in ("/models", "/models/flowers/labels", "/models/flowers/images"):
        assert client.get(f"{folder}/{name}").status_code == 404
    assert client.delete(f"/models/flowers/labels/{name}").status_code in (404, 405)
