"""Photos in, answers out, over a real server."""

import base64
import io
import json

import httpx
import numpy as np
import pytest
from PIL import Image

from tests.photos import encode, packaged, shared

EXPECTED = [
    ("chelsea", "tiger-cat", 0.39),
    ("coffee", "espresso", 0.95),
    ("camera", "tripod", 0.94),
    ("rocket", "missile", 0.29),
]


@pytest.mark.parametrize(("name", "label", "score"), EXPECTED)
def test_well_known_photos_are_seen_for_what_they_are(
    client: httpx.Client, name: str, label: str, score: float
) -> None:
    photo = encode(packaged(name), "PNG")
    answer = client.post("/api/v1/models/imagenet:predict", files={"images": photo}).json()
    best = answer["results"][0]["models"][0]["predictions"][0]
    assert best["label"] == label
    assert best["score"] == pytest.approx(score, abs=0.03)


def test_the_colon_may_be_escaped(client: httpx.Client, cat: bytes) -> None:
    assert (
        client.post("/api/v1/models/imagenet%3Apredict", files={"images": cat}).status_code == 200
    )


def test_one_look_is_answered_by_every_model_that_was_asked(
    client: httpx.Client, cat: bytes
) -> None:
    answer = client.post("/api/v1/predict?model=imagenet&model=flowers", files={"images": cat})
    verdicts = answer.json()["results"][0]["models"]
    assert [v["model"] for v in verdicts] == ["imagenet", "flowers"]


def test_an_answer_tells_all_that_was_promised(client: httpx.Client, cat: bytes) -> None:
    answer = client.post("/api/v1/predict", files={"images": ("cat.jpg", cat)}).json()
    (result,) = answer["results"]
    assert result["filename"] == "cat.jpg"
    assert (result["width"], result["height"]) == (451, 300)
    assert result["box"] == {"x": 0.209, "y": 0.0625, "side": 0.875}
    assert result["timing_ms"] > 0
    assert len(result["sha256"]) == 64
    for verdict in result["models"]:
        assert {"model", "version", "predictions", "decision", "unknown", "reason"} <= set(verdict)


def test_scores_are_finite_and_sum_to_one(client: httpx.Client) -> None:
    for value in (0, 255):
        flat = encode(np.full((64, 64, 3), value, np.uint8), "PNG")
        answer = client.post("/api/v1/models/flowers:predict", files={"images": flat}).json()
        scores = [p["score"] for p in answer["results"][0]["models"][0]["predictions"]]
        assert sum(scores) == pytest.approx(1, abs=1e-5)


def test_top_k_gives_so_many_labels_best_first(client: httpx.Client, cat: bytes) -> None:
    answer = client.post("/api/v1/models/imagenet:predict?top_k=100", files={"images": cat}).json()
    scores = [p["score"] for p in answer["results"][0]["models"][0]["predictions"]]
    assert len(scores) == 100
    assert scores == sorted(scores, reverse=True)


def test_names_come_in_the_language_that_was_asked_for(client: httpx.Client, cat: bytes) -> None:
    def name(address: str, **headers: str) -> str:
        answer = client.post(address, files={"images": cat}, headers=headers).json()
        return str(answer["results"][0]["models"][0]["predictions"][0]["name"])

    address = "/api/v1/models/imagenet:predict"
    assert name(address) == "tiger cat"
    assert name(address, **{"Accept-Language": "nn-NO,nb;q=0.9,en;q=0.1"}) == "tigerkatt"
    assert name(f"{address}?lang=nb") == "tigerkatt"
    assert name(f"{address}?lang=en", **{"Accept-Language": "nb"}) == "tiger cat"


def test_the_body_may_be_the_photo_itself(client: httpx.Client, coffee: bytes) -> None:
    answer = client.post(
        "/api/v1/models/imagenet:predict", content=coffee, headers={"Content-Type": "image/jpeg"}
    )
    assert answer.json()["results"][0]["models"][0]["decision"] == "espresso"


@pytest.mark.parametrize("field", ["images", "image", "file"])
def test_three_field_names_are_taken(client: httpx.Client, cat: bytes, field: str) -> None:
    assert client.post("/api/v1/predict", files={field: cat}).status_code == 200


def test_a_heat_map_comes_with_every_label(client: httpx.Client, cat: bytes) -> None:
    answer = client.post("/api/v1/predict?explain=heatmap", files={"images": cat}).json()
    for verdict in answer["results"][0]["models"]:
        for prediction in verdict["predictions"]:
            scheme, _, content = prediction["heatmap"].partition(",")
            assert scheme == "data:image/png;base64"
            assert Image.open(io.BytesIO(base64.b64decode(content))).size == (224, 224)


def test_a_heat_map_can_be_the_whole_answer(client: httpx.Client, cat: bytes) -> None:
    wish = {"Accept": "image/png"}
    one = client.post("/api/v1/models/imagenet:predict", files={"images": cat}, headers=wish)
    assert one.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(one.content)).size == (224, 224)
    two = [("images", cat), ("images", cat)]
    several = client.post("/api/v1/models/imagenet:predict", files=two, headers=wish)
    assert several.status_code == 406


def test_the_heat_map_points_at_the_thing(client: httpx.Client) -> None:
    """The cup of coffee is moved to either side of a plain wall; the map follows it."""
    cup = Image.fromarray(packaged("coffee")).resize((150, 100))
    for left in (0, 150):
        wall = Image.new("RGB", (300, 300), (200, 200, 190))
        wall.paste(cup, (left, 100))
        answer = client.post(
            "/api/v1/models/imagenet:predict",
            files={"images": encode(np.asarray(wall), "PNG")},
            headers={"Accept": "image/png"},
        )
        hot = np.asarray(Image.open(io.BytesIO(answer.content)), float)  # palette index = strength
        weight = hot.sum(axis=0)
        centre = (weight * np.arange(224)).sum() / weight.sum()
        assert (centre < 112) == (left == 0)


def test_people_can_look_elsewhere_in_the_photo(client: httpx.Client) -> None:
    both = np.concatenate([packaged("coffee")[:300, :300], packaged("chelsea")[:300, 100:400]], 1)
    photo = encode(both, "PNG")

    def seen(box: str) -> str:
        address = f"/api/v1/models/imagenet:predict?box={box}"
        answer = client.post(address, files={"images": photo}).json()
        return str(answer["results"][0]["models"][0]["decision"])

    assert seen("0,0,1") == "espresso"
    assert "cat" in seen("0.5,0,1")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_all_eight_turns_of_a_camera_get_equal_answers(client: httpx.Client, kind: str) -> None:
    turned = {
        1: [], 2: ["FLIP_LEFT_RIGHT"], 3: ["ROTATE_180"], 4: ["FLIP_TOP_BOTTOM"],
        5: ["TRANSPOSE"], 6: ["ROTATE_90"], 7: ["TRANSVERSE"], 8: ["ROTATE_270"],
    }  # fmt: skip
    upright = Image.fromarray(packaged("coffee"))
    found = []
    for turn, back in turned.items():
        image = upright
        for step in back:
            image = image.transpose(Image.Transpose[step])
        exif = Image.Exif()
        exif[0x0112] = turn
        options = {"quality": 95} if kind == "JPEG" else {"lossless": True}
        photo = encode(np.asarray(image), kind, exif=exif, **options)
        answer = client.post("/api/v1/models/imagenet:predict", files={"images": photo}).json()
        result = answer["results"][0]
        assert (result["width"], result["height"]) == upright.size
        found.append(result["models"][0]["predictions"][0])
    assert {best["label"] for best in found} == {"espresso"}
    assert np.ptp([best["score"] for best in found]) < 0.01


def test_several_photos_keep_their_order_and_a_bad_one_has_its_own_error(
    client: httpx.Client, cat: bytes, coffee: bytes
) -> None:
    files = [
        ("images", ("a.jpg", cat)),
        ("images", ("notes.jpg", b"just some text")),
        ("images", ("b.jpg", coffee)),
    ]
    answer = client.post("/api/v1/models/imagenet:predict?top_k=1", files=files)
    assert answer.status_code == 200
    first, bad, last = answer.json()["results"]
    assert first["models"][0]["decision"] == "tiger-cat"
    assert bad["filename"] == "notes.jpg"
    assert (bad["error"]["status"], bad["error"]["code"]) == (415, "unsupported-image-type")
    assert last["models"][0]["decision"] == "espresso"


def test_when_none_of_several_is_usable_each_reason_is_told(client: httpx.Client) -> None:
    files = [("images", ("a.jpg", b"text")), ("images", ("b.jpg", b""))]
    answer = client.post("/api/v1/predict", files=files)
    assert answer.status_code == 422
    assert [e["code"] for e in answer.json()["errors"]] == ["unsupported-image-type", "empty-file"]


def test_the_imagenet_sample_is_told_as_well_as_measured(
    client: httpx.Client,
) -> None:
    photos = sorted(shared("imagenet_sample").glob("*.JPEG"))
    listed = [x["label"] for x in client.get("/api/v1/models/imagenet").json()["labels"]]
    right = 0
    for photo in photos:
        answer = client.post(
            "/api/v1/models/imagenet:predict?top_k=1", files={"images": photo.read_bytes()}
        ).json()
        decision = answer["results"][0]["models"][0]["decision"]
        right += listed.index(decision) == int(photo.name[:3])
    assert len(photos) == 100
    assert right >= 86


def test_json_never_holds_what_json_cannot_say(client: httpx.Client, cat: bytes) -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    answer = client.post("/api/v1/predict?explain=heatmap", files={"images": cat})
    json.loads(answer.text, parse_constant=refuse)
