"""Photos come in by the folder, by the zip and by the thousand, and nothing is lost on the way."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.blocks.bench import LABELS, Asked, Bench, problem
from tests.browser.test_reading import violations

pytestmark = pytest.mark.browser

IMAGES = "POST /models/waste/images"
TARGET = (
    '<p data-drop-label="metal" data-name="Metal">Metal '
    '<span data-images-of="metal" data-n="2">2 photos</span></p>'
)


def added(asked: Asked) -> tuple[int, Any]:
    results = [
        {"filename": name, "status": "added", "image": {"split": "train"}} for name in asked.files
    ]
    return 201, {"results": results}


@pytest.fixture
def path(bench: Bench) -> str:
    bench.answers["GET /models/waste/labels"] = lambda asked: (200, {"items": LABELS})
    bench.answers[IMAGES] = added
    return bench.page(
        "uploader", "_uploader.html", model="waste", label=None, importing=None, beside=TARGET
    )


@pytest.fixture
def ready(page: Page, path: str) -> Page:
    page.goto(path)
    page.wait_for_load_state("networkidle")
    return page


def folder(root: Path, *names: str) -> Path:
    for name in names:
        file = root / "waste" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(name.encode())
    return root / "waste"


def choose(page: Page, found: Path) -> None:
    page.locator("[data-upload-folder]").set_input_files(str(found))


def confirm(page: Page) -> None:
    page.get_by_role("button", name="Add them", exact=True).click()


def report(page: Page) -> str:
    page.locator("[data-report]").wait_for()
    return page.locator("[data-report]").inner_text()


def test_a_folder_is_shown_before_it_is_sent(ready: Page, bench: Bench, tmp_path: Path) -> None:
    names = ("GLASS/a.jpg", "GLASS/b.jpg", "metall/c.jpg", "cork/d.jpg", "cork/deep/e.jpg")
    beside = ("notes.txt", "glass/.DS_Store", "__MACOSX/f.jpg", "glass/Thumbs.db")
    bench.answers["POST /models/waste/labels"] = lambda asked: (201, {"label": "cork"})
    choose(ready, folder(tmp_path, *names, *beside))
    plan = ready.locator("[data-plan-labels] li")
    expect(plan).to_have_count(3)
    told = sorted(" ".join(text.split()) for text in plan.all_text_contents())
    assert told == ["Glass 2 photos", "Metal 1 photo", "cork 2 photos new label"]
    expect(ready.locator("[data-plan-ignored]")).to_have_text("4 other files are left out.")
    assert bench.requests(IMAGES) == []
    assert violations(ready) == ""
    confirm(ready)
    assert "5 photos were added" in report(ready)
    expect(ready.locator("[data-images-of]")).to_have_text("3 photos")
    sent = {asked.body["label"]: sorted(asked.files) for asked in bench.requests(IMAGES)}
    assert sent == {"glass": ["a.jpg", "b.jpg"], "metal": ["c.jpg"], "cork": ["d.jpg", "e.jpg"]}
    made = [asked.body for asked in bench.requests("POST /models/waste/labels")]
    assert made == [{"name": "cork"}]
    assert violations(ready) == ""


def test_photos_dropped_onto_a_label_go_there_at_once(
    ready: Page, bench: Bench, tmp_path: Path
) -> None:
    found = folder(tmp_path, "x/a.jpg", "x/y/b.jpg", "x/read.md")
    place = ready.locator("[data-drop-label]").bounding_box()
    assert place is not None
    touch = ready.context.new_cdp_session(ready)
    carried = {"items": [], "files": [str(found)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        at = {"type": kind, "x": place["x"] + 20, "y": place["y"] + 8, "data": carried}
        touch.send("Input.dispatchDragEvent", at)
        if kind == "dragOver":
            expect(ready.locator("[data-drop-words]")).to_have_text(
                "Drop them: all of these show Metal"
            )
    assert "2 photos were added" in report(ready)
    (asked,) = bench.requests(IMAGES)
    assert (asked.body, sorted(asked.files)) == ({"label": "metal"}, ["a.jpg", "b.jpg"])
    expect(ready.locator("[data-drop]")).to_be_hidden()


def test_a_thousand_photos_travel_fifty_a_request(
    ready: Page, bench: Bench, tmp_path: Path
) -> None:
    choose(ready, folder(tmp_path, *(f"glass/{n}.jpg" for n in range(1010))))
    confirm(ready)
    assert "1,010 photos were added" in report(ready)
    sizes = [len(asked.files) for asked in bench.requests(IMAGES)]
    assert max(sizes) == 50
    assert sum(sizes) == 1010
    names = [name for asked in bench.requests(IMAGES) for name in asked.files]
    assert len(set(names)) == 1010


def test_a_busy_server_is_asked_again_and_told_so(
    ready: Page, bench: Bench, tmp_path: Path
) -> None:
    busy = (*problem(429, "too-busy", "Wait.")[:2], {"Retry-After": "1"})
    turns: list[Asked] = []

    def answer(asked: Asked) -> Any:
        turns.append(asked)
        return busy if len(turns) < 3 else added(asked)

    bench.answers[IMAGES] = answer
    choose(ready, folder(tmp_path, "glass/a.jpg"))
    confirm(ready)
    expect(ready.locator("[data-sent-trouble]")).to_have_text("too-busy. Trying again in 1 s.")
    assert "One photo was added" in report(ready)
    assert len(turns) == 3


def test_a_lost_connection_is_waited_for(ready: Page, bench: Bench, tmp_path: Path) -> None:
    lost: list[str] = []

    def lose(route: Any) -> None:
        lost.append(route.request.url)
        route.abort() if len(lost) == 1 else route.continue_()

    ready.route("**/images", lose)
    choose(ready, folder(tmp_path, "glass/a.jpg"))
    confirm(ready)
    assert "One photo was added" in report(ready)
    assert len(lost) == 2


def test_each_refused_photo_is_named_with_its_reason(
    ready: Page, bench: Bench, tmp_path: Path
) -> None:
    def answer(asked: Asked) -> Any:
        if asked.body["label"] == "metal":
            each = [
                {"pointer": f"images/{n}", "code": "no", "detail": "Broken."}
                for n, _ in enumerate(asked.files)
            ]
            return problem(422, "no-usable-images", "None.", errors=each)
        results = [
            {"filename": name, "error": {"title": "No", "detail": "It breaks off."}}
            if name == "b.jpg"
            else {"filename": name, "status": "already-there", "image": {"split": "aside"}}
            for name in asked.files
        ]
        return 200, {"results": results}

    bench.answers[IMAGES] = answer
    names = ("glass/a.jpg", "glass/b.jpg", "metal/c.jpg", "metal/d.jpg")
    choose(ready, folder(tmp_path, *names))
    confirm(ready)
    told = report(ready)
    for line in (
        "Nothing new was added",
        "1 was already there",
        "1 is set aside",
        "3 were refused",
    ):
        assert line in told
    assert "waste/glass/b.jpg It breaks off." in " ".join(told.split())
    assert "waste/metal/d.jpg Broken." in " ".join(told.split())


def test_a_file_over_the_limit_does_not_travel(ready: Page, bench: Bench, tmp_path: Path) -> None:
    found = folder(tmp_path, "glass/a.jpg", "glass/b.jpg")
    (found / "glass" / "a.jpg").write_bytes(bytes(15_000_001))
    choose(ready, found)
    confirm(ready)
    assert "at most 15 MB are accepted" in report(ready)
    assert [asked.files for asked in bench.requests(IMAGES)] == [["b.jpg"]]


def test_stopping_keeps_what_was_added_and_says_how_to_go_on(
    ready: Page, bench: Bench, tmp_path: Path
) -> None:
    turns: list[Asked] = []

    def answer(asked: Asked) -> Any:
        turns.append(asked)
        return added(asked) if len(turns) == 1 else problem(503, "busy", "Later.")

    bench.answers[IMAGES] = answer
    choose(ready, folder(tmp_path, *(f"glass/{n}.jpg" for n in range(150))))
    confirm(ready)
    expect(ready.locator("[data-sent-count]")).to_have_text("50 of 150")
    ready.get_by_role("button", name="Stop").click()
    told = report(ready)
    assert "50 new photos" in told
    assert "Drop the same folder again to go on" in told


def test_loose_photos_ask_what_they_show(ready: Page, bench: Bench, tmp_path: Path) -> None:
    found = folder(tmp_path, "a.jpg")
    ready.locator("[data-upload-files]").set_input_files(str(found / "a.jpg"))
    confirm(ready)
    expect(ready.locator("[data-plan-said]")).to_have_text("Choose what the photos show first.")
    ready.locator("[data-plan-label]").select_option("paper")
    confirm(ready)
    assert "One photo was added" in report(ready)
    assert [asked.body["label"] for asked in bench.requests(IMAGES)] == ["paper"]


def test_a_zip_goes_as_it_is_and_is_followed_to_its_report(
    ready: Page, bench: Bench, tmp_path: Path
) -> None:
    job = {
        "import": "i1", "state": "running", "done": 3, "total": 8, "seconds_left": 12.0,
        "added": 0, "already_there": 0, "refused": 0, "ignored": 0, "problem": None,
    }  # fmt: skip
    over = {**job, "state": "succeeded", "added": 5, "already_there": 1, "refused": 1, "ignored": 1}
    bench.answers["POST /models/waste/imports"] = lambda asked: (202, {**job, "state": "queued"})
    bench.events["GET /imports/i1/events"] = [job, job, over]
    line = {"file": "glass/broken.jpg", "reason": "It breaks off."}
    bench.answers["GET /imports/i1/report"] = lambda asked: (200, {"items": [line]})
    zipped = tmp_path / "waste.ZIP"
    zipped.write_bytes(b"PK" * 1000)
    ready.locator("[data-upload-files]").set_input_files(str(zipped))
    expect(ready.locator("[data-sending-title]")).to_have_text("Looking through the zip")
    expect(ready.locator("[data-sent-left]")).to_have_text("about 10 seconds left")
    told = report(ready)
    for sentence in ("5 photos were added", "1 was already there", "It breaks off."):
        assert sentence in told
    (asked,) = bench.requests("POST /models/waste/imports")
    assert asked.body == b"PK" * 1000
