"""A model's photos as numbers, over a real server."""

import gzip
import json

import httpx
import numpy as np
import pytest
from safetensors.numpy import load

from app.lab import material
from app.vision.features import SPLITS, Table
from tests.web.conftest import Own
from tests.web.problems import assert_problem

FEATURES = "/models/flowers/features"


def of(client: httpx.Client, **params: int) -> Table:
    answer = client.get(FEATURES, params=params)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/octet-stream"
    return Table.load(answer.content)


def test_a_sample_has_features_labels_and_splits_but_none_of_the_exam(own: Own) -> None:
    table = of(own.client)
    assert len(table) == 600 and len(table.labels) == 5
    assert {SPLITS[split] for split in table.split} == {"train", "validation"}
    names = [digest.tobytes().hex() for digest in table.sha256]
    assert names == sorted(names)
    for at in (0, 300, 599):
        image = own.client.get(f"/models/flowers/images/{names[at]}").json()
        assert image["label"] == table.labels[table.label[at]]
        assert image["split"] == SPLITS[table.split[at]]


def test_a_smaller_sample_is_the_beginning_of_a_larger(own: Own) -> None:
    small, large = of(own.client, limit=40), of(own.client, limit=90)
    assert np.array_equal(small.rows, large.rows[:40])
    assert len(of(own.client, limit=5000)) == sum(
        label["images"][split]
        for label in own.client.get("/models/flowers/labels").json()["items"]
        for split in ("train", "validation")
    )


def test_what_is_taken_away_is_not_among_them(own: Own) -> None:
    first = of(own.client, limit=1).sha256[0].tobytes().hex()
    own.client.delete(f"/models/flowers/images/{first}").raise_for_status()
    assert first not in {digest.tobytes().hex() for digest in of(own.client).sha256}
    own.client.post(f"/models/flowers/images/{first}:restore").raise_for_status()
    assert of(own.client, limit=1).sha256[0].tobytes().hex() == first


def test_a_model_without_photos_has_none(own: Own) -> None:
    own.client.post("/models", json={"name": "Empty", "labels": ["one", "two"]})
    table = Table.load(own.client.get("/models/empty/features").content)
    assert len(table) == 0 and table.labels == ("one", "two")


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("/models/nothing/features", 404, "not-found"),
        ("/models/imagenet/features", 409, "model-not-teachable"),
        (f"{FEATURES}?limit=0", 422, "invalid-parameter"),
        (f"{FEATURES}?limit=5001", 422, "invalid-parameter"),
        (f"{FEATURES}?count=5", 422, "unknown-parameter"),
    ],
)
def test_what_cannot_be_answered_says_why(own: Own, address: str, status: int, code: str) -> None:
    assert_problem(own.client.get(address), status, code)


def test_the_labs_photos_are_sent_once_and_compressed(client: httpx.Client) -> None:
    answer = client.get("/lab/features", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.content == material.content()
    assert len(gzip.compress(answer.content)) < 2_500_000
    plain = client.get("/lab/features", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers and plain.content == answer.content
    again = client.get("/lab/features", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304 and again.content == b""


def test_the_labs_photos_have_all_that_its_pages_train_on() -> None:
    content = material.content()
    columns = load(content)
    assert np.bincount(columns["split"]).tolist() == [400, 200]
    assert material.photos() == {"learn": 400, "choose": 200}
    assert (np.diff(columns["split"].astype(int)) >= 0).all()
    assert np.bincount(columns["label"]).tolist() == [120] * 5
    assert len(columns["untrained_rows"]) == 600
    assert len(columns["view_1_rows"]) == len(columns["view_2_rows"]) == 400
    length = int.from_bytes(content[:8], "little")
    told = json.loads(content[8 : 8 + length])["__metadata__"]
    assert len(json.loads(told["labels"])) == 5
