"""Photos in a dataset over HTTP: added, listed, given another label, removed and brought back."""

from collections.abc import Iterator, Sequence
from typing import Any

import httpx
import pytest

from tests.web import wire
from tests.web.conftest import Own
from tests.web.photographs import different, jpeg, motif
from tests.web.problems import assert_problem, assert_safe_text

INVALID = (422, "invalid-parameter")


@pytest.fixture
def client(own: Own) -> Iterator[httpx.Client]:
    yield own.client
    alive = own.client.base_url.join("/livez")
    assert own.client.get(alive, timeout=1).json() == {"alive": True}


@pytest.fixture
def images(client: httpx.Client, request: pytest.FixtureRequest) -> str:
    """Where the photos of a new model with the labels cat and dog are."""
    name = f"of {request.node.name}"[:90].replace("[", " ").replace("]", "")
    made = client.post("/models", json={"name": name, "labels": ["cat", "dog"]})
    return f"/models/{made.json()['model']}/images"


def add(
    client: httpx.Client, images: str, *photos: bytes, label: str = "cat", **fields: str
) -> httpx.Response:
    files = [("images", (f"{at}.jpg", photo)) for at, photo in enumerate(photos)]
    return client.post(images, files=files, data={"label": label, **fields})


def added(
    client: httpx.Client, images: str, *photos: bytes, label: str = "cat", **fields: str
) -> list[dict[str, Any]]:
    answer = add(client, images, *photos, label=label, **fields)
    assert answer.status_code in (200, 201), answer.text
    return [result["image"] for result in answer.json()["results"]]


def listed(client: httpx.Client, images: str, **query: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = client.get(images, params=query).json()["items"]
    return items


def shas(found: Sequence[dict[str, Any]]) -> list[str]:
    return [image["sha256"] for image in found]


def test_the_same_photo_twice_is_one(client: httpx.Client, images: str, own: Own) -> None:
    """I42."""
    photo = different(1)
    first, again = add(client, images, photo), add(client, images, photo, label="dog")
    assert (first.status_code, again.status_code) == (201, 200)
    (one,), (other,) = first.json()["results"], again.json()["results"]
    assert (one["status"], other["status"]) == ("added", "already-there")
    assert one["image"] == other["image"]  # it keeps its label
    assert (own.data / "objects" / one["sha256"][:2] / one["sha256"]).read_bytes() == photo
    both = add(client, images, different(2), different(2))
    assert [r["status"] for r in both.json()["results"]] == ["added", "already-there"]
    assert len(listed(client, images)) == 2


def test_a_photo_may_be_the_whole_body_with_its_label_in_the_address(
    client: httpx.Client, images: str
) -> None:
    headers = {"Content-Type": "image/jpeg"}
    answer = client.post(f"{images}?label=CAT", content=different(3), headers=headers)
    assert answer.status_code == 201
    image = answer.json()["results"][0]["image"]
    assert (image["label"], image["filename"], image["source"]) == ("cat", "", "upload")
    assert client.get(f"{images}/{image['sha256']}").json() == image
    assert_problem(client.post(images, content=different(3), headers=headers),
                   422, "missing-field")  # fmt: skip
    twice = client.post(f"{images}?label=cat", files={"images": different(3)},
                        data={"label": "cat"})  # fmt: skip
    assert_problem(twice, 422, "duplicate-field")


def test_what_cannot_be_said_of_photos_is_refused(client: httpx.Client, images: str) -> None:
    photo = different(4)
    assert_problem(add(client, images, photo, label="bird"), 404, "not-found")
    assert_problem(client.post(images, files={"images": photo}), 422, "missing-field")
    assert_problem(add(client, images, photo, split="test"), 422, "invalid-field")
    assert_problem(add(client, images, photo, colour="red"), 422, "unknown-field")
    for hold in ("", "x" * 65, "a b", "../x", "é"):
        assert_problem(add(client, images, photo, hold=hold), 422, "invalid-field")
    fields = [wire.part(b"\xff\xfe", b'Content-Disposition: form-data; name="label"')]
    url = str(client.base_url.join(f".{images}"))
    broken = wire.post(url, wire.form(wire.file(photo), *fields))
    assert_problem(broken, 422, "invalid-text")  # L05
    assert listed(client, images) == []


def test_a_model_that_is_not_there_is_told_before_the_photos_are_read(client: httpx.Client) -> None:
    headers = [("Content-Type", wire.FORM), ("Content-Length", "60000000")]
    for model, told in (
        ("nobodys", (404, "not-found")),
        ("imagenet", (409, "model-not-teachable")),
    ):
        url = str(client.base_url.join(f"./models/{model}/images"))
        assert_problem(wire.exchange(url, headers), *told)


def test_fifty_files_of_which_three_are_bad(client: httpx.Client, images: str) -> None:
    """M24: each has its result or its error, and the good ones are kept."""
    photos = [different(1000 + at) for at in range(50)]
    bad = {7: b"", 20: b"no photo", 49: photos[49][:200]}
    answer = add(client, images, *(bad.get(at, photo) for at, photo in enumerate(photos)))
    assert answer.status_code == 201
    results = answer.json()["results"]
    assert [r["filename"] for r in results] == [f"{at}.jpg" for at in range(50)]
    assert {at: r["error"]["code"] for at, r in enumerate(results) if "error" in r} == {
        7: "empty-file", 20: "unsupported-image-type", 49: "truncated-image",
    }  # fmt: skip
    assert len(listed(client, images, limit="200")) == 47
    again = add(client, images, *(bad.get(at, photo) for at, photo in enumerate(photos)))
    assert again.status_code == 200
    assert_problem(add(client, images, *bad.values()), 422, "no-usable-images")
    assert_problem(add(client, images, b"no photo"), 415, "unsupported-image-type")


def test_one_file_more_than_fifty_is_refused_early(client: httpx.Client, images: str) -> None:
    """M10."""
    assert_problem(add(client, images, *[different(5)] * 51), 413, "too-many-parts")
    assert listed(client, images) == []


FILE_NAMES = [
    ("M13", b"../../etc/passwd", "../../etc/passwd"),
    ("M14", b"a\0b.jpg", "a\ufffdb.jpg"),
    ("M16", b"\xff\xfe.jpg", "\ufffd\ufffd.jpg"),
    ("M17", b"<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
    ("M17-reordered", "a\u202egpj.exe".encode(), "a\ufffdgpj.exe"),
    ("M17-long", b"x" * 300, "x" * 255),
    ("M17-device", b"CON.png", "CON.png"),
    ("M17-hidden", b".htaccess", ".htaccess"),
]


@pytest.mark.parametrize(
    ("given", "shown"), [pytest.param(given, shown, id=row) for row, given, shown in FILE_NAMES]
)
def test_file_names_are_only_shown(
    client: httpx.Client, images: str, own: Own, given: bytes, shown: str
) -> None:
    photo = different(hash(given) % 10**6)
    part = wire.file(photo, b'name="images"; filename="' + given + b'"')
    label = wire.part(b"cat", b'Content-Disposition: form-data; name="label"')
    answer = wire.post(str(client.base_url.join(f".{images}")), wire.form(part, label))
    assert answer.status_code == 201, answer.text
    (image,) = listed(client, images)
    assert image["filename"] == shown
    assert_safe_text(image["filename"])
    on_disk = {p.name for p in (own.data / "objects").rglob("*") if p.is_file()}
    assert all(len(name) == 64 for name in on_disk)


def test_the_plain_file_name_wins_over_the_encoded_one(client: httpx.Client, images: str) -> None:
    """M18."""
    names = b'name="images"; filename="plain.jpg"; filename*=UTF-8\'\'other.jpg'
    label = wire.part(b"cat", b'Content-Disposition: form-data; name="label"')
    form = wire.form(wire.file(different(6), names), label)
    assert wire.post(str(client.base_url.join(f".{images}")), form).status_code == 201
    assert listed(client, images)[0]["filename"] == "plain.jpg"


def test_pages_lead_through_everything_newest_first(client: httpx.Client, images: str) -> None:
    for at in range(7):
        added(client, images, different(2000 + at), label="cat" if at % 2 else "dog")
    every = listed(client, images, limit="200")
    found: list[dict[str, Any]] = []
    url = f"{images}?limit=3&lang=en"
    while url:
        answer = client.get(url)
        found += answer.json()["items"]
        url = answer.links.get("next", {}).get("url", "").removeprefix("/api/v1")
        assert bool(url) == (answer.json()["next_cursor"] is not None)
    assert found == every and len(every) == 7
    cats = listed(client, images, label="Cat")
    assert [c["label"] for c in cats] == ["cat"] * 3
    splits = {s: len(listed(client, images, split=s)) for s in ("train", "validation", "test")}
    assert sum(splits.values()) == 7


def test_a_cursor_is_taken_as_it_was_given_and_only_for_its_list(
    client: httpx.Client, images: str
) -> None:
    """Q05."""
    for at in range(3):
        added(client, images, different(2100 + at))
    cursor = client.get(f"{images}?limit=1").json()["next_cursor"]
    assert len(listed(client, images, cursor=cursor)) == 2
    changed = ("B" if cursor[10] != "B" else "C").join((cursor[:10], cursor[11:]))
    forged = ["", "x", "AAAAAAAAAAU", "MTAw", cursor[:-1], cursor + "=", cursor + "A", changed]
    for one in [*forged, "é", "1", "-1", "\0", "A" * 5000]:
        assert_problem(client.get(images, params={"cursor": one}), *INVALID)
    assert_problem(client.get(images, params={"cursor": cursor, "label": "cat"}), *INVALID)
    assert_problem(client.get("/models/flowers/images", params={"cursor": cursor}), *INVALID)


BAD_QUERIES = [
    ("limit=1000000000", INVALID),
    ("limit=0", INVALID),
    ("limit=-1", INVALID),
    ("limit=201", INVALID),
    ("limit=1e2", INVALID),
    ("limit=", INVALID),
    ("offset=-1", (422, "unknown-parameter")),
    ("split=exam", INVALID),
    ("removed=1", INVALID),
    ("label=bird", (404, "not-found")),
    ("label=", (404, "not-found")),
]


@pytest.mark.parametrize(("query", "told"), BAD_QUERIES)
def test_a_list_that_cannot_be_is_refused(
    client: httpx.Client, images: str, query: str, told: tuple[int, str]
) -> None:
    """Q05."""
    assert_problem(client.get(f"{images}?{query}"), *told)


def test_copies_join_the_split_of_the_photo_they_are_like(
    client: httpx.Client, images: str
) -> None:
    for at in range(8):  # so that a copy would go elsewhere if it were not known
        added(client, images, different(2200 + at))
    cat = motif()
    (first,) = added(client, images, jpeg(cat, 95))
    half = cat.resize((cat.width // 2, cat.height // 2))
    copies = added(client, images, jpeg(cat, 60), jpeg(half, 85), jpeg(cat, 40))
    for copy in copies:
        assert (copy["split"], copy["group"]) == (first["split"], first["group"])
    (other,) = added(client, images, jpeg(cat, 70), label="dog")
    assert (other["split"], other["reason"]) == ("aside", "two-labels")


def exam_photo(client: httpx.Client, images: str) -> tuple[dict[str, Any], bytes]:
    """A photo that went to the test split, and another encoding of it."""
    for name in ("chelsea", "coffee", "rocket", "camera", "flower"):
        for quality in (91, 92, 93, 94, 95, 96):
            (found,) = added(client, images, jpeg(motif(name), quality))
            if found["split"] == "test":
                return found, jpeg(motif(name), 75)
            client.delete(f"{images}/{found['sha256']}")
            added(client, images, different(quality * 1000 + len(name)))
    pytest.fail("none of them went to the exam")


def test_what_is_taught_goes_to_train_and_aside_where_it_is_near_the_exam(
    client: httpx.Client, images: str
) -> None:
    for at in range(12):
        (taught,) = added(client, images, different(2300 + at), split="train")
        assert (taught["split"], taught["source"]) == ("train", "teach")
    exam, copy = exam_photo(client, images)
    (near,) = added(client, images, copy, split="train")
    assert (near["split"], near["reason"], near["group"]) == ("aside", "near-exam", exam["group"])


def test_frames_of_one_hold_are_one_group(client: httpx.Client, images: str) -> None:
    first = added(client, images, different(2400), different(2401), hold="a-1")
    then = added(client, images, different(2402), hold="a-1")
    other = added(client, images, different(2403), hold="a-2")
    assert {image["group"] for image in first + then} == {first[0]["group"]}
    assert {image["split"] for image in first + then} == {first[0]["split"]}
    assert other[0]["group"] != first[0]["group"]
    assert {image["source"] for image in first + other} == {"camera"}


def test_removing_can_be_undone(client: httpx.Client, images: str) -> None:
    every = added(client, images, *(different(2500 + at) for at in range(6)))
    gone = shas(every)[:4]
    assert client.delete(f"{images}/{gone[0]}").status_code == 204
    assert_problem(client.delete(f"{images}/{gone[0]}"), 404, "not-found")
    told = client.post(f"{images}:remove", json={"images": gone[1:]})
    assert [change["sha256"] for change in told.json()["changed"]] == gone[1:]
    assert set(shas(listed(client, images))) == set(shas(every)) - set(gone)
    removed = listed(client, images, removed="true")
    assert set(shas(removed)) == set(gone)
    assert all(image["removed"] for image in removed)
    back = client.post(f"{images}/{gone[0]}:restore")
    assert back.json() == every[0]
    client.post(f"{images}:restore", json={"images": gone})
    assert sorted(listed(client, images), key=str) == sorted(every, key=str)


def test_a_removed_photo_that_comes_again_is_back(client: httpx.Client, images: str) -> None:
    (photo,) = added(client, images, different(2550))
    client.delete(f"{images}/{photo['sha256']}")
    again = add(client, images, different(2550), label="dog")
    assert again.status_code == 201
    (result,) = again.json()["results"]
    assert (result["status"], result["image"]["label"]) == ("added", "dog")
    assert result["image"]["removed"] is None
    assert len(listed(client, images)) == 1


def test_another_label_can_be_undone(client: httpx.Client, images: str) -> None:
    every = added(client, images, *(different(2600 + at) for at in range(5)))
    (dog,) = added(client, images, different(2605), label="dog")
    asked = {"images": [*shas(every), dog["sha256"]], "label": "Dog"}
    told = client.post(f"{images}:relabel", json=asked).json()["changed"]
    assert [(c["sha256"], c["label_before"], c["label"]) for c in told] == [
        (sha256, "cat", "dog") for sha256 in shas(every)
    ]
    after = {i["sha256"]: i for i in listed(client, images, label="dog")}
    assert {s: i["split"] for s, i in after.items() if s in shas(every)} == {
        i["sha256"]: i["split"] for i in every
    }  # the exam asks about the same photos as before
    undo = {"images": [c["sha256"] for c in told], "label": told[0]["label_before"]}
    client.post(f"{images}:relabel", json=undo)
    assert sorted(listed(client, images), key=str) == sorted([*every, dog], key=str)
    one = client.patch(f"{images}/{dog['sha256']}", json={"label": "cat"})
    assert (one.status_code, one.json()["label"]) == (200, "cat")


def test_many_at_once_are_all_or_none(client: httpx.Client, images: str) -> None:
    every = shas(added(client, images, different(2700), different(2701)))
    unknown = [*every, "0" * 64]
    for verb, more in (("relabel", {"label": "dog"}), ("remove", {}), ("restore", {})):
        answer = client.post(f"{images}:{verb}", json={"images": unknown, **more})
        assert_problem(answer, 404, "not-found")
        for bad in ([], ["../x"], ["A" * 64], [5], "x", ["0" * 63]):
            answer = client.post(f"{images}:{verb}", json={"images": bad, **more})
            assert_problem(answer, 422, "invalid-field")
        many = ["0" * 64] * 1001
        answer = client.post(f"{images}:{verb}", json={"images": many, **more})
        assert_problem(answer, 422, "too-many-items")
    assert_problem(client.post(f"{images}:relabel", json={"images": every, "label": "bird"}),
                   404, "not-found")  # fmt: skip
    assert {i["label"] for i in listed(client, images)} == {"cat"}


def test_photos_of_a_removed_label_come_back_with_it(client: httpx.Client, images: str) -> None:
    (photo,) = added(client, images, different(2800))
    label = f"{images.removesuffix('images')}labels/cat"
    client.delete(label)
    assert listed(client, images) == []
    assert_problem(add(client, images, different(2801)), 404, "not-found")
    moved = added(client, images, different(2800), label="dog")
    assert moved[0]["label"] == "dog"  # nobody shows it under a label that is gone
    client.patch(f"{images}/{photo['sha256']}", json={"label": "dog"})
    client.post(f"{label}:restore")
    assert [i["label"] for i in listed(client, images)] == ["dog"]


def test_shipped_photos_are_told_without_being_here(client: httpx.Client) -> None:
    (photo,) = listed(client, "/models/flowers/images", limit="1", label="rose")
    assert (photo["has_photo"], photo["source"], photo["thumbnail"]) == (False, "shipped", None)
    assert photo["credit"]["link"].startswith("https://")
    for look in ("content", "thumbnail"):
        answer = client.get(f"/models/flowers/images/{photo['sha256']}/{look}")
        assert_problem(answer, 404, "photo-absent")
