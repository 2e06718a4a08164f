"""How good versions are, told over HTTP with the numbers of the flowers that came along."""

import time
from collections.abc import Iterator

import httpx
import pytest

from tests.photos import encode, packaged
from tests.teaching.tiles import tiles
from tests.web.conftest import Own

FLOWERS = "/models/flowers"


@pytest.fixture(scope="module")
def client(own: Own) -> Iterator[httpx.Client]:
    yield own.client


@pytest.fixture(scope="module")
def report(client: httpx.Client) -> dict[str, object]:
    found = client.get(f"{FLOWERS}/versions/1")
    assert found.status_code == 200, found.text
    return dict(found.json()["report"])


@pytest.fixture(scope="module")
def things(client: httpx.Client) -> str:
    """A model with photos that are here, and two versions."""
    made = client.post("/models", json={"name": "Things", "labels": ["coffee", "flower"]})
    assert made.status_code == 201
    for label in ("coffee", "flower"):
        files = [("images", (f"{at}.jpg", tile)) for at, tile in enumerate(tiles(label, 12))]
        sent = client.post("/models/things/images", data={"label": label}, files=files)
        assert sent.status_code == 201, sent.text
    for epochs in (1, 5):
        asked = {"settings": {"epochs": epochs}, "force": True}
        run = client.post("/models/things/runs", json=asked).json()["run"]
        ends = time.monotonic() + 120
        while (told := client.get(f"/runs/{run}").json())["state"] in ("queued", "running"):
            assert time.monotonic() < ends, told
            time.sleep(0.2)
        assert told["state"] == "succeeded", told
    return "things"


def test_the_report_has_all_that_is_known_of_a_version(report: dict[str, object]) -> None:
    assert report["by"] == "exam" and report["worst"] == "tulip"
    accuracy = report["accuracy"]
    assert isinstance(accuracy, dict) and (accuracy["right"], accuracy["of"]) == (419, 444)
    assert isinstance(report["sittings"], list) and len(report["sittings"]) == 1
    calibration = report["calibration"]
    assert isinstance(calibration, dict)
    for when in ("before", "after"):
        assert sum(one["photos"] for one in calibration[when]["diagram"]) == 444
    assert calibration["after"]["error"] < calibration["after"]["by_chance"]
    unknown = report["unknown"]
    assert isinstance(unknown, dict)
    by_set = {one["set"]: one for one in unknown["others"]}
    assert by_set["trash"]["auroc"] > 0.99
    assert "rows" not in report["exam"]  # type: ignore[operator]


def test_each_threshold_says_what_it_does(report: dict[str, object]) -> None:
    answering = report["answering"]
    assert isinstance(answering, dict)
    for name in ("thresholds", "coverages"):
        told = answering[name]
        for whose in ("chosen", "exam"):
            curve = told[whose]
            assert len(curve["answered"]) == len(curve["right"]) == len(told["at"])
            assert all(r <= a <= curve["of"] for a, r in zip(curve["answered"], curve["right"],
                                                             strict=True))  # fmt: skip
    exam = answering["thresholds"]["exam"]
    assert exam["answered"] == sorted(exam["answered"], reverse=True)
    assert exam["answered"][0] == report["unknown"]["answered"]["right"]  # type: ignore[index]
    worth = answering["worth"]
    at = answering["thresholds"]["at"].index(worth[-1]["threshold"])
    chosen = answering["thresholds"]["chosen"]
    assert chosen["right"][at] / chosen["answered"][at] >= worth[-1]["right"]


def test_every_cell_of_the_matrix_opens_its_photos(
    client: httpx.Client, report: dict[str, object]
) -> None:
    confusion = report["confusion"]
    assert isinstance(confusion, dict)
    for truth, counts in zip(confusion["labels"], confusion["counts"], strict=True):
        for answer, count in zip(confusion["labels"], counts, strict=True):
            asked = {"truth": truth, "answer": answer, "limit": "1"}
            found = client.get(f"{FLOWERS}/versions/1/answers", params=asked).json()
            assert found["total"] == count
            for one in found["items"]:
                assert (one["truth"], one["answer"], one["split"]) == (truth, answer, "test")
                assert one["thumbnail"] is None and one["credit"]["link"].startswith("https://")


def test_the_most_confidently_wrong_come_first_page_by_page(client: httpx.Client) -> None:
    address = f"{FLOWERS}/versions/1/answers"
    asked = {"right": "false", "limit": "10"}
    found: list[dict[str, object]] = []
    while True:
        page = client.get(address, params=asked).json()
        found += page["items"]
        if page["next_cursor"] is None:
            break
        asked["cursor"] = page["next_cursor"]
    assert len(found) == page["total"] == len({one["sha256"] for one in found}) == 25
    scores = [one["score"] for one in found]
    assert scores == sorted(scores, reverse=True)  # type: ignore[type-var]
    assert all(one["truth"] != one["answer"] for one in found)
    foreign = client.get(address, params={"right": "true", "cursor": asked["cursor"]})
    assert (foreign.status_code, foreign.json()["code"]) == (422, "invalid-parameter")


def test_what_is_not_there_is_not_found(client: httpx.Client, things: str) -> None:
    for path in (
        f"{FLOWERS}/versions/99",
        f"{FLOWERS}/versions/99/answers",
        f"{FLOWERS}/versions/1/answers?truth=car",
        f"{FLOWERS}/comparison?a=1&b=99",
        "/models/nobody/comparison?a=1&b=2",
        f"/models/{things}/versions/1/images/{'0' * 64}/heatmap?label=coffee",
    ):
        assert client.get(path).status_code == 404, path
    assert client.get(f"{FLOWERS}/comparison?a=one").status_code == 422
    assert client.get(f"{FLOWERS}/versions/1/answers?right=maybe").status_code == 422


def test_two_versions_are_compared_in_words(client: httpx.Client, things: str) -> None:
    told = client.get(f"/models/{things}/comparison?a=1&b=2").json()
    assert told["by"] == "cross-validation" and told["of"] == 24
    assert told["a_right"] - told["b_right"] == told["only_a"] - told["only_b"]
    assert told["verdict"].startswith(("Version", "Both")) and 0 <= told["p"] <= 1
    assert len(told["photos"]) == told["differing"] >= told["only_a"] + told["only_b"]
    for one in told["photos"][:1]:
        for number, whose in ((1, "a"), (2, "b")):
            picture = client.get(one[whose]["heatmap"].removeprefix("/api/v1"))
            assert picture.headers["content-type"] == "image/jpeg"
            assert f"/versions/{number}/" in one[whose]["heatmap"]
    given = client.get(f"/models/{things}/comparison").json()
    assert {given["a"], given["b"]} == {1, 2} and given["of"] == 24
    alone = client.get(f"{FLOWERS}/comparison").json()
    assert (alone["a"], alone["b"], alone["of"], alone["differing"]) == (1, 1, 444, 0)
    same = client.get(f"/models/{things}/comparison?a=2&b=2&lang=nb").json()
    assert (same["better"], same["differing"], same["p"]) == (None, 0, 1)
    assert same["verdict"] == f"Begge fikk {same['a_right']} av 24 riktige."


def test_with_few_photos_the_report_is_by_cross_validation(
    client: httpx.Client, things: str
) -> None:
    report = client.get(f"/models/{things}/versions/2").json()["report"]
    assert report["by"] == "cross-validation" and report["accuracy"]["of"] == 24
    assert sum(sum(counts) for counts in report["confusion"]["counts"]) == 24
    found = client.get(f"/models/{things}/versions/2/answers").json()
    assert found["total"] == 24 and {one["score"] for one in found["items"]} == {None}
    page = client.get(f"{client.base_url}".replace("/api/v1/", f"/models/{things}/versions/2"))
    assert page.status_code == 200 and "cross-validation" in page.text


def test_a_heat_map_shows_the_square_that_the_network_saw(
    client: httpx.Client, things: str
) -> None:
    one = client.get(f"/models/{things}/images?limit=1").json()["items"][0]
    pictures = []
    for version in (1, 2):
        address = f"/models/{things}/versions/{version}/images/{one['sha256']}/heatmap"
        found = client.get(address, params={"label": one["label"]})
        assert (found.status_code, found.headers["content-type"]) == (200, "image/jpeg")
        pictures.append(found.content)
        assert client.get(address, params={"label": "car"}).status_code == 404
        best = client.get(address).content  # whichever label that is
        assert best == found.content or version == 1
    assert pictures[0] != pictures[1]
    absent = client.get(f"{FLOWERS}/images?limit=1").json()["items"][0]["sha256"]
    missing = client.get(f"{FLOWERS}/versions/1/images/{absent}/heatmap?label=rose")
    assert missing.json()["code"] == "photo-absent"


def test_a_score_below_the_threshold_is_no_answer(client: httpx.Client) -> None:
    photo = encode(packaged("flower"), quality=90)

    def asked(lang: str = "en") -> dict[str, object]:
        sent = client.post(f"{FLOWERS}:predict?lang={lang}", files={"images": photo})
        return dict(sent.json()["results"][0]["models"][0])

    before = asked()
    assert before["decision"] == "rose" and before["reason"] is None, before
    told = client.patch(FLOWERS, json={"threshold": 0.9}).json()
    assert (told["threshold"], told["coverage"]) == (0.9, 0.95)
    after = asked()
    assert after["decision"] is None and after["unknown"] is False
    assert after["predictions"] == before["predictions"]
    assert str(after["reason"]).startswith("Not sure enough to answer:")
    assert str(asked("nb")["reason"]).startswith("Ikke sikker nok til å svare:")
    answering = client.get(f"{FLOWERS}/versions/1").json()["report"]["answering"]
    assert answering["threshold"] == 0.9
    page = httpx.post(str(client.base_url).replace("/api/v1/", "/"), files={"images": photo})
    assert "Not sure enough to answer; most likely:" in page.text
    client.patch(FLOWERS, json={"threshold": 0})
    assert asked()["decision"] == "rose"


def test_a_tight_coverage_makes_more_photos_unknown(client: httpx.Client) -> None:
    photo = encode(packaged("flower"), quality=90)

    def unknown() -> object:
        sent = client.post(f"{FLOWERS}:predict", files={"images": photo})
        return sent.json()["results"][0]["models"][0]["unknown"]

    assert unknown() is False
    assert client.patch(FLOWERS, json={"coverage": 0.5}).json()["coverage"] == 0.5
    found = client.get(f"{FLOWERS}/versions/1").json()["report"]["unknown"]
    assert found["coverage"] == 0.5 and found["answered"]["share"] == pytest.approx(0.5, abs=0.1)
    assert unknown() is True
    client.patch(FLOWERS, json={"coverage": 0.95})
    assert unknown() is False


@pytest.mark.parametrize(
    "body",
    [
        {"coverage": 0.4}, {"coverage": 1}, {"threshold": 1}, {"threshold": -0.1},
        {"threshold": "0.5"}, {"threshold": None}, {"coverage": True}, {"name": None}, {},
        {"treshold": 0.5},
    ],
)  # fmt: skip
def test_what_is_no_choice_is_refused(client: httpx.Client, body: dict[str, object]) -> None:
    before = client.get(FLOWERS).json()
    assert client.patch(FLOWERS, json=body).status_code == 422
    assert client.get(FLOWERS).json() == before


def test_imagenet_has_nothing_to_choose(client: httpx.Client) -> None:
    refused = client.patch("/models/imagenet", json={"threshold": 0.5})
    assert (refused.status_code, refused.json()["code"]) == (409, "model-not-teachable")
