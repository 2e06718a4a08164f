"""What to photograph next in a browser: photos without a label get theirs with one key each."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from app.vision.network import Network
from tests.browser.steps import answers, choose
from tests.browser.teaching.conftest import LABELS, add, grown, new_model, train, wait_for_labels
from tests.browser.test_reading import violations
from tests.conftest import serving
from tests.teaching.tiles import tiles

pytestmark = pytest.mark.browser


@pytest.fixture
def waiting(api: httpx.Client, request: pytest.FixtureRequest) -> str:
    """A model that answers, of which eight photos wait for their label."""
    model = new_model(api, f"Waiting {request.node.name}"[:90], LABELS)
    for label in LABELS:
        add(api, model, label, tiles(label, 10))
    train(api, model)
    wait_for_labels(api, model, [*tiles("coffee", 14)[10:], *tiles("flower", 14)[10:]])
    return model


def left(api: httpx.Client, model: str) -> list[str]:
    items = api.get(f"/models/{model}/queue").json()["items"]
    return [one["photo"]["sha256"] for one in items]


def label_of(api: httpx.Client, model: str, sha256: str) -> str | None:
    found = api.get(f"/models/{model}/images/{sha256}")
    if found.is_error or found.json()["removed"]:
        return None
    assert found.json()["split"] == "train"
    return str(found.json()["label"])


def press(page: Page, key: str, last: str) -> None:
    """Until the request that this brings about is answered."""
    with page.expect_response(lambda response: response.url.endswith(last)):
        page.keyboard.press(key)


def test_photos_get_their_labels_by_keyboard_and_that_is_undone(
    page: Page, api: httpx.Client, waiting: str
) -> None:
    order = left(api, waiting)
    page.goto(f"/models/{waiting}/next")
    section, said = page.locator("#waiting"), page.locator("#waiting [data-waiting-said]")
    count = page.locator("#waiting [data-waiting-count]")
    expect(count).to_have_text("8 photos wait for their labels")
    section.get_by_role("button", name="Label them by keyboard").click()
    current = page.locator("[data-photo][aria-current]")
    expect(current).to_be_focused()
    expect(current).to_have_attribute("data-photo", order[0])
    press(page, "2", ":teach")
    expect(said).to_have_text("It is flower, among the photos to learn from.")
    expect(count).to_have_text("7 photos wait for their labels")
    assert label_of(api, waiting, order[0]) == "flower"
    expect(current).to_have_attribute("data-photo", order[1])
    press(page, "Control+z", ":restore")
    expect(said).to_have_text("Undone: it waits again.")
    expect(current).to_have_attribute("data-photo", order[0])
    assert label_of(api, waiting, order[0]) is None and order[0] in left(api, waiting)
    suggested = str(current.get_attribute("data-suggested"))
    press(page, "Enter", ":teach")
    assert label_of(api, waiting, order[0]) == suggested
    press(page, "Delete", order[1])
    expect(said).to_contain_text("Removed")
    assert order[1] not in left(api, waiting)
    press(page, "Control+z", ":restore")
    assert order[1] in left(api, waiting)
    page.keyboard.press("ArrowRight")
    expect(current).to_have_attribute("data-photo", order[2])
    press(page, "1", ":teach")
    assert label_of(api, waiting, order[2]) == "coffee"
    assert len(left(api, waiting)) == 6


def test_a_photo_of_the_dataset_is_told_and_stays(
    page: Page, api: httpx.Client, waiting: str, tmp_path: Path
) -> None:
    sealed = next(
        one
        for one in api.get(f"/models/{waiting}/images").json()["items"]
        if one["split"] == "test"
    )
    tile = next(
        one
        for one in tiles(sealed["label"], 10)
        if hashlib.sha256(one).hexdigest() == sealed["sha256"]
    )
    for name, content in (("sealed.jpg", tile), ("new.jpg", tiles("rocket", 5)[4])):
        (tmp_path / name).write_bytes(content)
    page.goto(f"/models/{waiting}/next")
    page.locator("[data-upload-files]").set_input_files(
        [str(tmp_path / "sealed.jpg"), str(tmp_path / "new.jpg")]
    )
    expect(page.locator("[data-report-title]")).to_have_text("One photo was added")
    expect(page.locator("[data-report-refused]")).to_contain_text("sealed photos of the exam")
    expect(page.locator("#waiting [data-waiting-count]")).to_have_text(
        "9 photos wait for their labels"
    )
    page.get_by_role("button", name="Label them by keyboard").click()
    expect(page.locator("[data-photo][aria-current]")).to_be_focused()


def test_the_page_leads_to_where_photos_of_the_label_are_added(
    page: Page, api: httpx.Client, tmp_path: Path
) -> None:
    model = new_model(api, "Lopsided", LABELS)
    add(api, model, "coffee", tiles("coffee", 16))
    add(api, model, "flower", tiles("flower", 3))
    page.goto(f"/models/{model}/next")
    lead = page.locator(".next-lead")
    expect(lead).to_contain_text("Photograph flower first", timeout=90_000)
    more = tiles("flower", 5)[3:]
    for at, tile in enumerate(more):
        (tmp_path / f"{at}.jpg").write_bytes(tile)
    page.locator(".choices").get_by_role("link", name="Add photos of flower").click()
    row = page.locator("#label-flower")
    expect(row).to_be_in_viewport()
    row.get_by_label("Choose photos of flower").set_input_files(sorted(tmp_path.iterdir()))
    expect(row.locator("[data-images-of=flower]")).to_have_text("5 photos")
    assert {*labelled(api, model, "flower")} >= {hashlib.sha256(tile).hexdigest() for tile in more}


def labelled(api: httpx.Client, model: str, label: str) -> list[str]:
    items = api.get(f"/models/{model}/images?label={label}").json()["items"]
    return [one["sha256"] for one in items]


def test_without_scripts_each_photo_is_a_form(
    visitor: Callable[..., Page], api: httpx.Client, waiting: str
) -> None:
    grown(api, waiting)
    page = visitor(java_script_enabled=False)
    page.goto(f"/models/{waiting}")
    page.get_by_role("link", name="What to photograph next: 8 photos wait").click()
    first = page.locator("[data-photo]").first
    digest = str(first.get_attribute("data-photo"))
    first.get_by_label("Another label").fill("flower")
    first.get_by_role("button", name="Label it").click()
    told = page.locator(".last-told")
    expect(told).to_contain_text("It is flower now, among the photos to learn from.")
    assert label_of(api, waiting, digest) == "flower"
    told.get_by_role("button", name="Undo").click()
    assert label_of(api, waiting, digest) is None
    page.locator("[data-photo]").first.get_by_role("button", name="Remove").click()
    expect(told).to_contain_text("Removed.")
    assert len(left(api, waiting)) == 7


@pytest.fixture(scope="module")
def marking(
    prepared: Network, data_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """A server that keeps photos of marked answers."""
    data = tmp_path_factory.mktemp("marks")
    made = str(data_folder / "derived")
    with (
        serving(data, BLOMST_PREPARED=made, BLOMST_INBOX_DAYS="30") as url,
        httpx.Client(base_url=f"{url}/api/v1", timeout=30) as client,
    ):
        yield client


@pytest.mark.parametrize("locale", ["en-GB", "nb-NO"])
def test_an_answer_is_marked_taken_back_and_learned_from(
    visitor: Callable[..., Page], marking: httpx.Client, photos: dict[str, Path], locale: str
) -> None:
    api = marking
    digest = hashlib.sha256(photos["flower"].read_bytes()).hexdigest()
    page = visitor(locale=locale, viewport={"width": 360, "height": 800})
    page.goto(str(api.base_url.join("/")))
    page.locator("[data-camera-button]").wait_for()
    choose(page, photos["flower"])
    marks = answers(page).locator("[data-marks]")
    line = marks.locator("[data-mark]")
    expect(line).to_have_count(1)  # imagenet cannot be taught
    right, wrong = (line.locator(f"[data-verdict={kind}]") for kind in ("right", "wrong"))
    assert api.get("/models/flowers/inbox").json()["marked"] == 0
    assert violations(page) == ""
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    wrong.click()
    expect(line.locator("[data-mark-told]")).not_to_be_empty()
    expect(right).to_be_hidden()
    (kept,) = api.get("/models/flowers/inbox").json()["items"]
    assert kept["sha256"] == digest  # as it was chosen, not the smaller copy
    assert kept["mark"]["verdict"] == "wrong"
    line.locator("[data-mark-back]").click()
    expect(wrong).to_be_visible()
    assert api.get("/models/flowers/inbox").json()["items"] == []
    expect(line.locator("[data-mark-back]")).to_be_hidden()
    wrong.click()
    line.locator("[data-mark-look]").click()
    expect(page.locator("#marked [data-photo]")).to_have_count(1)
    assert violations(page) == ""
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    item = page.locator("#marked [data-photo]")
    said = kept["mark"]["answer"]["label"]
    assert item.get_attribute("data-suggested") != said
    with page.expect_response(lambda response: response.url.endswith(":teach")):
        item.locator("[data-as]").first.click()
    assert api.get("/models/flowers/inbox").json()["marked"] == 0
    assert api.get(f"/models/flowers/images/{digest}").json()["split"] == "train"
    api.delete(f"/models/flowers/images/{digest}")
