"""Why an answer is what it is, over HTTP: with photos of waste that a model was taught with, and
with the flowers that came along."""

import base64
import io
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

from app.store.keys import Keys
from tests.photos import encode, packaged, shared
from tests.web.conftest import Own
from tests.web.problems import assert_problem
from tests.web.test_keys import bearer

KINDS = ("glass", "paper")


@pytest.fixture(scope="module")
def client(own: Own) -> Iterator[httpx.Client]:
    yield own.client


def waste(kind: str) -> list[bytes]:
    return [file.read_bytes() for file in sorted((shared("trash") / kind).iterdir())[:24]]


@pytest.fixture(scope="module")
def trash(client: httpx.Client) -> str:
    made = client.post("/models", json={"name": "Trash", "labels": list(KINDS)})
    assert made.status_code == 201
    for kind in KINDS:
        files = [("images", (f"{at}.jpg", photo)) for at, photo in enumerate(waste(kind))]
        sent = client.post("/models/trash/images", data={"label": kind}, files=files)
        assert sent.status_code == 201, sent.text
    run = client.post("/models/trash/runs", json={"settings": {"epochs": 5}}).json()["run"]
    ends = time.monotonic() + 120
    while (told := client.get(f"/runs/{run}").json())["state"] in ("queued", "running"):
        assert time.monotonic() < ends, told
        time.sleep(0.2)
    assert told["state"] == "succeeded", told
    return "trash"


def learned(client: httpx.Client, kind: str) -> tuple[bytes, str]:
    """A photo that was learned from, and its SHA-256."""
    (one, *_) = client.get(f"/models/trash/images?label={kind}&split=train").json()["items"]
    return waste(kind)[int(one["filename"].removesuffix(".jpg"))], one["sha256"]


def asked(client: httpx.Client, path: str, photo: bytes, **params: str) -> dict[str, Any]:
    """What one model says."""
    answer = client.post(path, files={"images": ("a.jpg", photo)}, params=params)
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["results"][0]["models"][0])


def test_flowers_are_held_against_shipped_ones_by_link_and_credit(client: httpx.Client) -> None:
    flower = encode(packaged("flower"))
    told = asked(client, "/models/flowers:predict", flower, explain="neighbours")
    assert len(told["neighbours"]) == 5
    alike = [one["similarity"] for one in told["neighbours"]]
    assert alike == sorted(alike, reverse=True) and 0 < alike[-1] < alike[0] < 1
    for one in told["neighbours"]:
        assert one["name"] and one["likeness"] and one["credit"]["link"].startswith("https://")
        assert (one["sha256"], one["thumbnail"], one["content"]) == (None, None, None)
    assert "heatmap" not in told["predictions"][0]


def test_photos_that_are_here_are_shown_to_who_may_see_them(
    client: httpx.Client, trash: str
) -> None:
    photo, sha256 = learned(client, "glass")
    told = asked(client, f"/models/{trash}:predict", photo, explain="heatmap,neighbours")
    first, *others = told["neighbours"]
    assert (first["sha256"], first["label"], first["name"]) == (sha256, "glass", "glass")
    assert first["similarity"] == pytest.approx(1, abs=1e-3)
    assert (first["likeness"], first["credit"]) == ("nearly the same photo", None)
    assert told["predictions"][0]["heatmap"].startswith("data:image/png")
    for one in (first, *others):
        for address in (one["thumbnail"], one["content"]):
            shown = client.get(httpx.URL(str(client.base_url)).join(address))
            assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    counts = {one["label"] for one in told["neighbours"]}
    said = "all show glass" if len(counts) == 1 else "show glass"
    assert said in told["because"]


def test_both_languages_say_it(client: httpx.Client, trash: str) -> None:
    photo, _ = learned(client, "paper")
    params = {"explain": "neighbours", "lang": "nb"}
    told = asked(client, f"/models/{trash}:predict", photo, **params)
    assert told["neighbours"][0]["likeness"] == "nesten samme bilde"
    assert told["because"].startswith(("Bildene som ligner mest", "Av de 5 bildene"))


def test_a_plain_answer_has_none_and_any_version_can_be_asked(
    client: httpx.Client, trash: str
) -> None:
    photo, sha256 = learned(client, "glass")
    plain = asked(client, f"/models/{trash}:predict", photo)
    assert {"neighbours", "because"}.isdisjoint(plain)
    told = asked(client, f"/models/{trash}/versions/1:predict", photo, explain="neighbours,heatmap")
    assert told["neighbours"][0]["sha256"] == sha256
    rest = {key: value for key, value in told.items() if key not in ("neighbours", "because")}
    for prediction in rest["predictions"]:
        del prediction["heatmap"]
    assert rest == plain


def test_what_learned_elsewhere_says_so(client: httpx.Client, cat: bytes) -> None:
    told = asked(client, "/models/imagenet:predict", cat, explain="neighbours")
    assert told["neighbours"] is None and "ImageNet" in told["because"]


def test_an_unknown_photo_is_said_to_be_like_too_few(client: httpx.Client, cat: bytes) -> None:
    told = asked(client, "/models/flowers:predict", cat, explain="neighbours")
    assert told["unknown"] is True and len(told["neighbours"]) == 5
    assert told["because"].startswith("Too few of the photos that Flowers learned from")
    assert {one["likeness"] for one in told["neighbours"]} <= {"alike", "little alike"}


def test_several_photos_each_have_their_own(client: httpx.Client, trash: str, cat: bytes) -> None:
    photo, sha256 = learned(client, "paper")
    answer = client.post(
        f"/predict?model=flowers&model={trash}&explain=neighbours",
        files=[("images", photo), ("images", b"no photo"), ("images", cat)],
    )
    paper, broken, other = answer.json()["results"]
    assert [len(model["neighbours"]) for model in paper["models"]] == [5, 5]
    assert paper["models"][1]["neighbours"][0]["sha256"] == sha256
    assert "models" not in broken and broken["error"]["code"] == "unsupported-image-type"
    assert other["models"][1]["neighbours"][0]["similarity"] < 0.95


def test_a_photo_that_was_removed_is_not_shown(client: httpx.Client, trash: str) -> None:
    photo, sha256 = learned(client, "glass")
    address = f"/models/{trash}:predict"
    client.delete(f"/models/{trash}/images/{sha256}").raise_for_status()
    first = asked(client, address, photo, explain="neighbours")["neighbours"][0]
    assert first["label"] == "glass" and first["similarity"] > 0.99
    assert (first["sha256"], first["thumbnail"]) == (None, None)
    client.post(f"/models/{trash}/images/{sha256}:restore").raise_for_status()
    again = asked(client, address, photo, explain="neighbours")["neighbours"][0]
    assert again["sha256"] == sha256


def test_every_answer_says_between_which_it_hesitated(client: httpx.Client) -> None:
    flower = encode(packaged("flower"))
    for model in ("flowers", "imagenet"):
        told = asked(client, f"/models/{model}:predict", flower)
        first, second, *_ = told["predictions"]
        between = told["hesitated"]
        assert (between["first"], between["second"]) == (first["label"], second["label"])
        assert between["margin"] == pytest.approx(first["score"] - second["score"], abs=2e-6)
        close = between["margin"] < 0.15 and second["score"] > 0.6 * first["score"]
        assert between["close"] is close
        assert asked(client, f"/models/{model}:predict", flower, top_k="1")["hesitated"] == between


def test_who_may_only_ask_sees_labels_and_likeness_but_no_photos(
    own: Own, trash: str, data_folder: Path, tmp_path: Path
) -> None:
    """The same data behind a key. Credits are public."""
    photo, sha256 = learned(own.client, "glass")
    told = asked(own.client, f"/models/{trash}:predict", photo, explain="neighbours")
    keys = {role: Keys(own.data).create(role) for role in ("admin", "predict")}
    proxied = {"X-Forwarded-For": "192.0.2.1"}
    shown = {}
    for role, key in keys.items():
        with httpx.Client(base_url=own.client.base_url, headers=proxied | bearer(key)) as other:
            shown[role] = asked(other, f"/models/{trash}:predict", photo, explain="neighbours")
            flower = asked(
                other, "/models/flowers:predict", encode(packaged("flower")), explain="neighbours"
            )
            assert all(one["credit"] for one in flower["neighbours"])
    assert shown["admin"] == told and told["neighbours"][0]["sha256"] == sha256
    hidden = {"sha256": None, "thumbnail": None, "content": None}
    assert shown["predict"]["neighbours"] == [one | hidden for one in told["neighbours"]]
    address = f"{own.client.base_url}models/{trash}:predict?explain=neighbours"
    nobody = httpx.post(address, files={"images": photo}, headers=proxied)
    assert_problem(nobody, 401, "unauthorized")


def picture(url: str, kind: str) -> Image.Image:
    scheme, _, content = url.partition(",")
    assert scheme == f"data:{kind};base64"
    return Image.open(io.BytesIO(base64.b64decode(content)))


def covered(client: httpx.Client, model: str, photo: bytes, **params: str) -> dict[str, Any]:
    files = {"images": ("a.jpg", photo)}
    answer = client.post(f"/models/{model}:occlude", files=files, params=params)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def cup(side: int = 300) -> bytes:
    """A cup of coffee on a plain wall."""
    wall = Image.new("RGB", (side, side), (200, 200, 190))
    wall.paste(Image.fromarray(packaged("coffee")).resize((side // 2, side // 3)), (0, side // 3))
    return encode(np.asarray(wall), "PNG")


def test_without_its_hot_part_the_score_falls(client: httpx.Client) -> None:
    told = covered(client, "imagenet", cup())
    asked_ = asked(client, "/models/imagenet:predict", cup(), explain="heatmap")
    assert told["prediction"] == asked_["predictions"][0]
    before, hot, cold = told["prediction"]["score"], told["hot"], told["cold"]
    assert hot["score"] < 0.5 * before and cold["score"] > 0.8 * before
    assert told["finding"] == "leaned" and told["says"].endswith(
        "leaned on what the heat map shows."
    )
    assert len(hot["places"]) == len(cold["places"]) <= 16
    assert {tuple(place) for place in hot["places"]}.isdisjoint(map(tuple, cold["places"]))
    assert all(column < 5 for _, column in hot["places"])  # the cup is on the left
    for part in (hot, cold):
        assert picture(part["picture"], "image/jpeg").size == (224, 224)


def test_any_label_can_be_asked_about_with_its_map(client: httpx.Client, cat: bytes) -> None:
    told = covered(client, "imagenet", cat, label="tabby-cat", lang="nb")
    assert told["prediction"]["label"] == "tabby-cat"
    assert picture(told["prediction"]["heatmap"], "image/png").size == (224, 224)
    assert told["says"].startswith("Sikkerheten for")
    box = covered(client, "imagenet", cat, box="0,0,0.5")
    assert box["box"] == {"x": 0.0, "y": 0.0, "side": 0.5}


def nothing_speaks_for(client: httpx.Client, photo: bytes) -> str:
    """A label with an empty heat map: one colour, so that nothing is more than the rest."""
    told = asked(client, "/models/flowers:predict", photo, explain="heatmap")
    return next(
        str(one["label"])
        for one in told["predictions"]
        if np.ptp(np.asarray(picture(one["heatmap"], "image/png"))) == 0
    )


def test_where_nothing_stands_out_nothing_is_covered(client: httpx.Client) -> None:
    flat = encode(np.full((64, 64, 3), 255, np.uint8), "PNG")
    told = covered(client, "flowers", flat, label=nothing_speaks_for(client, flat))
    assert (told["hot"], told["cold"], told["finding"]) == (None, None, None)
    name = told["prediction"]["name"]
    assert told["says"].startswith(f"No part of the square speaks for {name}")


def test_what_cannot_be_covered_is_refused(client: httpx.Client, cat: bytes) -> None:
    address = "/models/flowers:occlude"
    one = {"images": cat}
    assert_problem(client.post(f"{address}?label=car", files=one), 404, "not-found")
    assert_problem(client.post("/models/roses:occlude", files=one), 404, "not-found")
    assert_problem(client.post(f"{address}?top_k=1", files=one), 422, "unknown-parameter")
    two = [("images", cat), ("images", cat)]
    assert_problem(client.post(address, files=two), 413, "too-many-parts")
    bad = {"images": b"no photo"}
    assert_problem(client.post(address, files=bad), 415, "unsupported-image-type")


def test_a_photo_of_several_megabytes_may_be_covered(client: httpx.Client) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (900, 900, 3), np.uint8)
    large = encode(noise, "PNG")
    assert len(large) > 2_000_000
    assert covered(client, "flowers", large)["model"] == "flowers"
