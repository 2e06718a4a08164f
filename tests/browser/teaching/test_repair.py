"""From a folder with faults to a better model, on the pages alone and without scripts: each fault
is found where the pages show it, and repaired there. Takes some minutes."""

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.teaching.conftest import looked_over
from tests.browser.teaching.faults import FEW, SPARSE, Faulty, plant
from tests.photos import shared
from tests.teaching.zips import zipped

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MODEL = "/models/waste"
_AT_ONCE = 50


def test_planted_faults_are_found_and_repaired_on_the_pages(
    visitor: Callable[..., Page], api: httpx.Client, tmp_path: Path
) -> None:
    faulty = plant(shared("trash"))
    page = visitor(java_script_enabled=False, locale="en-GB")
    page.set_default_timeout(60_000)
    bring_in(page, faulty, tmp_path)
    train(page, 1)
    before = exam_of(api, 1)
    in_the_report(page, api, faulty)
    too_few(page, api, faulty)
    contradictions(page, api, faulty)
    copies(page, api, faulty)
    found = doubts(page, api, faulty)
    train(page, 2)
    then, after = exam_of(api, 1), exam_of(api, 2)
    say(f"exam before the repair: version 1 {shown(before)}")
    say(f"exam after it: version 1 {shown(then)}, version 2 {shown(after)}")
    say(f"of {len(faulty.swapped)} wrong labels {found} were repaired")
    compared(page, api)
    handed_on(page, api)
    assert share(after) > share(then)


def say(line: str) -> None:
    sys.stderr.write(line + "\n")


def bring_in(page: Page, faulty: Faulty, folder: Path) -> None:
    page.goto("/models")
    page.get_by_label("Name").fill("Waste")
    page.get_by_role("button", name="Make it").click()
    archive = folder / "waste.zip"
    archive.write_bytes(zipped(faulty.files))
    field = page.get_by_label("Or a zip with one folder for each label")
    field.set_input_files(str(archive))
    page.locator("form").filter(has=field).locator("button").click()
    expect(page).to_have_url(re.compile(r"/imports/\d+$"))
    until(page, page.get_by_text("Finished."))


def train(page: Page, version: int) -> None:
    page.goto(MODEL)
    page.locator(".train-go button").click()
    until(page, page.locator(".run, h2, h1").filter(has_text=f"Version {version}").first)


def in_the_report(page: Page, api: httpx.Client, faulty: Faulty) -> None:
    """Among what it got most confidently wrong are photos that bear a wrong label: one is put right
    where it is shown, and the exam is taken anew."""
    page.goto(f"{MODEL}/versions/1")
    page.get_by_role("link", name=re.compile("repair the labels?$")).click()
    wrong = [sha256 for sha256 in shas(page, "[data-photo]", "data-photo")[:12]
             if sha256 in faulty.swapped]  # fmt: skip
    assert wrong, "none of the surest mistakes is a planted one"
    sat = len(report(api, 1)["sittings"])
    page.locator(f"[data-photo='{wrong[0]}']").get_by_role("checkbox").check()
    page.locator("select[name=label]").select_option(faulty.swapped[wrong[0]])
    page.get_by_role("button", name="Relabel").click()
    expect(page.locator(f"[data-photo='{wrong[0]}']")).to_have_count(0)
    page.get_by_role("link", name="Version 1").click()
    assert len(report(api, 1)["sittings"]) == sat + 1


def too_few(page: Page, api: httpx.Client, faulty: Faulty) -> None:
    """The page of the model names the label to photograph, and takes its photos in."""
    page.goto(MODEL)
    expect(page.locator(".advice")).to_contain_text(f"{SPARSE} has far fewer photos")
    assert api.get(f"{MODEL}/labels/{SPARSE}").json()["images"]["total"] == FEW
    for start in range(0, len(faulty.spare), _AT_ONCE):
        page.goto(MODEL)
        some = [str(photo) for photo in faulty.spare[start : start + _AT_ONCE]]
        page.get_by_label(f"Add photos of {SPARSE}").set_input_files(some)
        row = page.locator(".label-row").filter(has_text=re.compile(f"^\\s*{SPARSE}"))
        row.get_by_role("button", name="Add them").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("were added")


def contradictions(page: Page, api: httpx.Client, faulty: Faulty) -> None:
    """The same bytes in two folders count for nothing until someone says what they show."""
    for sha256, right in faulty.torn.items():
        assert photo(api, sha256)["split"] == "aside"
        open_care(page, api)
        lot = page.locator("form.lot").filter(has=page.locator(f"input[value='{sha256}']"))
        lot.get_by_role("button", name=f"It is {right}").click()
        assert photo(api, sha256)["label"] == right and photo(api, sha256)["split"] != "aside"


def copies(page: Page, api: httpx.Client, faulty: Faulty) -> None:
    """Copies too poor to be kept together by themselves are shown where they do harm."""
    apart = {
        copy for copy, original in faulty.copies.items()
        if {photo(api, copy)["split"], photo(api, original)["split"]}
        in ({"train", "test"}, {"train", "validation"}, {"validation", "test"})
    }  # fmt: skip
    assert apart, "no copy lies in another split than its original"
    open_care(page, api)
    listed = {copy for copy in apart if page.locator(f"button[value='{copy}']").count()}
    say(f"{len(apart)} of {len(faulty.copies)} poor copies lay apart, {len(listed)} were shown")
    assert len(listed) >= 0.8 * len(apart)
    expect(page.locator("#copies")).to_contain_text("look like one photo in two splits")
    for copy in sorted(listed):
        page.locator(f".lot button[value='{copy}']").first.click()
        assert photo(api, copy)["removed"] is not None


def doubts(page: Page, api: httpx.Client, faulty: Faulty) -> int:
    """Wrong labels stand at the top of the list; each is changed with one press."""
    left = {s for s, right in faulty.swapped.items() if photo(api, s)["label"] != right}
    labels = api.get(f"{MODEL}/labels").json()["items"]
    share = round(0.08 * sum(one["images"]["total"] for one in labels))
    open_care(page, api)
    order = []
    for _ in pages(page):
        order += shas(page, "[data-doubt]", "data-doubt")
    found = [one for one in order[:share] if one in left]
    say(f"{len(found)} of {len(left)} wrong labels are among the first {share}")
    assert len(found) >= 0.75 * len(left)
    return len(faulty.swapped) - len(left) + sum(repaired(page, api, faulty, one) for one in found)


def repaired(page: Page, api: httpx.Client, faulty: Faulty, sha256: str) -> bool:
    """Whether the doubt still stood: the photos are looked over anew as they change, and those that
    were put right may have won the others over."""
    page.goto(f"{MODEL}/care")
    doubt, right = page.locator(f"[data-doubt='{sha256}']"), faulty.swapped[sha256]
    if not any(doubt.count() for _ in pages(page)):
        return False
    if doubt.get_attribute("data-suggested") == right:
        doubt.get_by_role("button", name=f"It is {right}").click()
    else:
        doubt.get_by_label("Another label").fill(right)
        doubt.get_by_role("button", name="Change it").click()
    assert photo(api, sha256)["label"] == right
    return True


def pages(page: Page) -> Iterator[None]:
    yield
    while (more := page.locator("[data-doubt-next][href]")).count():
        more.click()
        yield


def compared(page: Page, api: httpx.Client) -> None:
    page.goto(f"{MODEL}/compare?a=1&b=2")
    told = api.get(f"{MODEL}/comparison?a=1&b=2").json()
    say(told["verdict"])
    expect(page.locator("[data-verdict]")).to_have_text(told["verdict"])
    assert told["better"] == 2
    maps = page.locator(".maps").first
    maps.locator("summary").click()
    for picture in maps.locator("img").all():
        expect(picture).to_have_js_property("naturalWidth", 224)


def handed_on(page: Page, api: httpx.Client) -> None:
    """The card says the same as the report, and what of the licence is known."""
    page.goto(f"{MODEL}/versions/2/card")
    right = exam_of(api, 2)["right"]
    expect(page.locator("section").filter(has_text="How well").first).to_contain_text(str(right))
    expect(page.locator("section").filter(has_text="Licence").first).to_contain_text("Apache-2.0")
    unknown = {one["set"]: one for one in report(api, 2)["unknown"]["others"]}
    assert not unknown["trash"]["used"] and unknown["flowers"]["used"]
    say(unknown["flowers"]["sentence"])
    assert unknown["flowers"]["auroc"] >= 0.99


def open_care(page: Page, api: httpx.Client) -> None:
    """When all of it was looked over as it is now."""
    looked_over(api, "waste")
    page.goto(f"{MODEL}/care")


def until(page: Page, there: Locator) -> None:
    """Loads the page again, as it says, until that is on it."""
    for _ in range(600):
        if there.is_visible():
            return
        page.wait_for_timeout(500)
        page.reload()
    pytest.fail(f"never came to {there}")


def shas(page: Page, selector: str, attribute: str) -> list[str]:
    return [str(one.get_attribute(attribute)) for one in page.locator(selector).all()]


def photo(api: httpx.Client, sha256: str) -> dict[str, Any]:
    return dict(api.get(f"{MODEL}/images/{sha256}").json())


def report(api: httpx.Client, version: int) -> dict[str, Any]:
    return dict(api.get(f"{MODEL}/versions/{version}").json()["report"])


def exam_of(api: httpx.Client, version: int) -> dict[str, Any]:
    return dict(report(api, version)["accuracy"])


def share(exam: dict[str, Any]) -> float:
    return float(exam["right"] / exam["of"])


def shown(exam: dict[str, Any]) -> str:
    return f"{exam['right']} of {exam['of']} ({100 * share(exam):.1f}%)"
