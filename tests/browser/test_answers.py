"""What is said about a photo, and what can be done with it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.browser.steps import PREDICT, answers, asked, changed_answers, choose

pytestmark = pytest.mark.browser


def test_five_labels_of_every_model_with_bars(home: Page, photos: dict[str, Path]) -> None:
    answer = asked(home, photos["coffee"])
    models = answer.locator("section[data-model]")
    installed = home.locator("[data-form]").get_attribute("data-models")
    assert installed is not None
    expect(models).to_have_count(len(installed.split()))
    for model in models.all():
        expect(model.locator("[data-label]")).to_have_count(5)
    shown = answer.get_by_role("button", name=re.compile("espresso"))
    expect(shown.locator("[data-score]")).to_have_text(re.compile(r"^\d+%$"))
    bar = shown.locator("[data-bar]").get_attribute("width")
    percent = shown.locator("[data-score]").inner_text().rstrip("%")
    assert bar is not None
    assert round(float(bar)) == int(percent)
    expect(answer.locator("[data-time]")).to_contain_text("ms with the journey")


def test_what_is_no_flower_is_said_to_be_none(home: Page, photos: dict[str, Path]) -> None:
    answer = asked(home, photos["coffee"])
    expect(answer.locator("[data-headline]")).to_contain_text(
        re.compile(r"Not a flower I know; looks like:\s+espresso")
    )


def test_an_unknown_photo_shows_what_it_looks_like(home: Page, photos: dict[str, Path]) -> None:
    def unknown(result: dict[str, Any]) -> None:
        imagenet = next(m for m in result["models"] if m["model"] == "imagenet")
        like = imagenet["predictions"][0]
        flowers = {**imagenet, "model": "flowers", "name": "Flowers", "unknown": True}
        flowers |= {"decision": None, "reason": "Too far from every flower.", "looks_like": like}
        result["models"] = [imagenet, flowers]

    changed_answers(home, unknown)
    answer = asked(home, photos["chelsea"])
    headline = answer.get_by_role("heading", level=2)
    expect(headline).to_have_text(re.compile(r"Not a flower I know; looks like:\s+espresso"))
    flowers, imagenet = answer.locator("section[data-model]").all()
    expect(flowers).to_contain_text("Too far from every flower.")
    expect(imagenet.locator('[aria-pressed="true"]')).to_contain_text("espresso")


def test_the_tray_names_what_an_unknown_photo_looks_like(
    home: Page, photos: dict[str, Path]
) -> None:
    asked(home, photos["coffee"], photos["rocket"])
    thumb = home.get_by_role("link", name="coffee.jpg: Not a flower I know; looks like: espresso")
    expect(thumb).to_have_text("espresso?")
    expect(thumb).to_have_attribute("title", re.compile("looks like: espresso"))


def test_a_broken_photo_leaves_no_blank_box(
    home: Page, photos: dict[str, Path], tmp_path: Path
) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(photos["coffee"].read_bytes()[:700])
    choose(home, broken, photos["text"])
    expect(home.locator('[data-answer][data-state="failed"]')).to_have_count(2)
    expect(home.locator(".without-photo")).to_have_count(2)
    expect(home.locator(".thumb img")).to_have_count(0)


def test_two_close_labels_are_both_named(home: Page, photos: dict[str, Path]) -> None:
    def close(result: dict[str, Any]) -> None:
        for model in result["models"]:
            model |= {"unknown": None, "decision": model["predictions"][0]["label"]}
            model["hesitated"]["close"] = True
            for prediction, score in zip(model["predictions"], (0.48, 0.41), strict=False):
                prediction["score"] = score
        result["models"][0]["predictions"][0]["name"] = "tulip"
        result["models"][0]["predictions"][1]["name"] = "rose"

    changed_answers(home, close)
    answer = asked(home, photos["chelsea"])
    expect(answer.locator("[data-headline]")).to_have_text("Unsure between tulip and rose")
    expect(answer.locator("[data-sure]")).to_have_text("48% against 41%")


@pytest.mark.parametrize(
    ("score", "words"),
    [(0.97, "Very sure: 97%"), (0.75, "Quite sure: 75%"), (0.5, "Leaning"), (0.3, "Only a guess")],
)
def test_numbers_come_with_words(
    home: Page, photos: dict[str, Path], score: float, words: str
) -> None:
    def only(result: dict[str, Any]) -> None:
        for model in result["models"]:
            model["unknown"] = None
            for at, prediction in enumerate(model["predictions"]):
                prediction["score"] = 0.01 if at else score

    changed_answers(home, only)
    expect(asked(home, photos["chelsea"]).locator("[data-sure]")).to_contain_text(words)


def test_a_slider_goes_from_photo_to_heat_map(home: Page, photos: dict[str, Path]) -> None:
    answer = asked(home, photos["chelsea"])
    slider = answer.get_by_role("slider", name="From photo to heat map")
    heat = answer.locator("[data-map]")
    assert (heat.get_attribute("href") or "").startswith("data:image/png")
    slider.press("Home")
    expect(heat).to_have_attribute("opacity", "0")
    slider.press("End")
    expect(heat).to_have_attribute("opacity", "1")


def test_a_label_shows_its_own_map(home: Page, photos: dict[str, Path]) -> None:
    answer = asked(home, photos["chelsea"])
    before = answer.locator("[data-map]").get_attribute("href")
    label = answer.locator("[data-label]").nth(3)
    name = label.locator("[data-name]").inner_text()
    label.click()
    expect(label).to_have_attribute("aria-pressed", "true")
    expect(answer.locator('[aria-pressed="true"]')).to_have_count(1)
    assert answer.locator("[data-map]").get_attribute("href") != before
    expect(answer.locator("[data-where]")).to_contain_text(f"For {name} the network looked")
    expect(answer.locator("[data-photo]")).to_have_attribute("alt", re.compile(re.escape(name)))


def test_several_photos_arrive_two_at_a_time(home: Page, photos: dict[str, Path]) -> None:
    under_way, most = 0, 0

    def starts(request: Request) -> None:
        nonlocal under_way, most
        under_way += "predict" in request.url
        most = max(most, under_way)

    def ends(request: Request) -> None:
        nonlocal under_way
        under_way -= "predict" in request.url

    home.on("request", starts)
    home.on("requestfinished", ends)
    choose(home, *[photos[name] for name in ("chelsea", "coffee", "rocket", "flower")])
    expect(home.locator(".thumb")).to_have_count(4)
    answers(home, 4)
    assert 1 <= most <= 2
    expect(home.locator("[data-run]")).to_be_hidden()
    expect(home.locator("[data-live]")).to_contain_text("4 of 4")


def test_waiting_can_be_cancelled_and_taken_up_again(home: Page, photos: dict[str, Path]) -> None:
    held: list[Route] = []
    home.route(PREDICT, lambda route: held.append(route))
    choose(home, *[photos[name] for name in ("chelsea", "coffee", "rocket")])
    expect(home.locator("[data-count]")).to_have_text("0 of 3")
    expect(home.get_by_role("progressbar")).to_be_visible()
    home.get_by_role("button", name="Cancel").click()
    expect(home.locator('[data-state="cancelled"][data-answer]')).to_have_count(3)
    expect(home.locator("[data-said]")).to_have_text("Cancelled. 0 of 3 were answered.")
    assert len(held) <= 2
    again = home.get_by_role("button", name="Try all again")
    expect(again).to_be_focused()
    home.unroute(PREDICT)
    home.get_by_role("button", name="Try again").first.click()
    answers(home, 1)
    again.click()
    answers(home, 3)
    expect(again).to_be_hidden()


def test_cancelling_one_photo_keeps_the_focus_in_the_tray(
    home: Page, photos: dict[str, Path]
) -> None:
    home.route(PREDICT, lambda route: None)
    choose(home, photos["chelsea"])
    home.get_by_role("button", name="Cancel").click()
    expect(home.locator('[data-answer][data-state="cancelled"]')).to_be_visible()
    expect(home.get_by_role("heading", name="Your photos")).to_be_focused()
    expect(home.get_by_role("button", name="Try all again")).to_be_hidden()
    home.unroute_all(behavior="ignoreErrors")


def test_a_busy_server_is_asked_again_when_it_says(home: Page, photos: dict[str, Path]) -> None:
    turns = 0

    def busy_twice(route: Route) -> None:
        nonlocal turns
        turns += 1
        if turns > 2:
            return route.fallback()
        body = {"title": "Busy", "detail": "Full.", "code": "busy", "status": 503}
        route.fulfill(
            status=503,
            headers={"Retry-After": "1", "Content-Type": "application/problem+json"},
            body=json.dumps(body),
        )

    home.route(PREDICT, busy_twice)
    choose(home, photos["chelsea"])
    expect(home.locator("[data-status]")).to_contain_text("Trying again in 1 s (1 of 6)")
    answers(home)
    assert turns == 3


def test_what_is_no_photo_gets_the_servers_words(home: Page, photos: dict[str, Path]) -> None:
    choose(home, photos["text"])
    alert = home.get_by_role("alert")
    expect(alert).to_contain_text("Not a kind of image that can be read")
    expect(alert).to_contain_text("Save the photo as JPEG")
    assert not re.search(r"\b4\d\d\b|undefined|null", alert.inner_text())


def test_one_bad_file_does_not_stop_the_others(home: Page, photos: dict[str, Path]) -> None:
    choose(home, photos["chelsea"], photos["text"], photos["rocket"])
    answers(home, 2)
    expect(home.locator(".thumb img")).to_have_count(2)
    expect(home.locator('[data-answer][data-state="failed"]')).to_have_count(1)


def test_a_missing_server_is_named_and_asked_again(home: Page, photos: dict[str, Path]) -> None:
    home.route(PREDICT, lambda route: route.abort("connectionrefused"))
    choose(home, photos["chelsea"])
    expect(home.get_by_role("alert")).to_contain_text("The server cannot be reached")
    home.unroute(PREDICT)
    home.get_by_role("button", name="Try again").click()
    answers(home)
    expect(home.get_by_role("alert")).to_have_text("")


def test_answer_and_question_can_be_copied(
    home: Page, live_server: str, tmp_path: Path, photos: dict[str, Path]
) -> None:
    home.context.grant_permissions(["clipboard-read", "clipboard-write"])
    odd = tmp_path / 'Kari\'s "best"; photo.jpg'
    odd.write_bytes(photos["chelsea"].read_bytes())
    answer = asked(home, odd)
    answer.get_by_text("For your own programs").click()
    answer.get_by_role("button", name="Copy the line").click()
    expect(answer.get_by_role("button", name="Copied")).to_be_visible()
    line = home.evaluate("navigator.clipboard.readText()")
    assert line.startswith(r"""curl -F 'images=@"Kari'\''s \"best\"; photo.jpg"' """)
    assert f"{live_server.rstrip('/')}/api/v1/predict?model=" in line
    answer.get_by_role("button", name="Copy the answer as JSON").click()
    expect(answer.get_by_role("button", name="Copied")).to_have_count(2)
    told = json.loads(home.evaluate("navigator.clipboard.readText()"))
    assert told["results"][0]["filename"] == odd.name.replace('"', "%22")  # as browsers send it
    assert not re.search("heatmap|neighbours|because", json.dumps(told))


def test_a_photo_can_be_put_away(home: Page, photos: dict[str, Path]) -> None:
    asked(home, photos["chelsea"], photos["coffee"])
    home.get_by_role("button", name="Remove chelsea.jpg").click()
    expect(home.locator("[data-answer]")).to_have_count(1)
    expect(home.get_by_role("button", name="Remove coffee.jpg")).to_be_focused()
    home.get_by_role("button", name="Remove coffee.jpg").click()
    expect(home.get_by_text("Show Blomst a flower")).to_be_visible()


def test_only_what_may_do_better_is_offered_again(home: Page, photos: dict[str, Path]) -> None:
    choose(home, photos["text"])
    expect(home.get_by_role("alert")).to_contain_text("Not a kind of image")
    expect(home.get_by_role("button", name="Try again")).to_be_hidden()


def test_a_page_made_before_the_server_was_ready_waits_in_line(
    home: Page, photos: dict[str, Path]
) -> None:
    turns = 0

    def preparing_once(route: Route) -> None:
        nonlocal turns
        turns += 1
        if turns > 1:
            return route.fallback()
        body = {"title": "Not ready", "detail": "Soon.", "code": "not-ready", "status": 503}
        route.fulfill(status=503, headers={"Retry-After": "1"}, body=json.dumps(body))

    def without_models(route: Route) -> None:
        page = route.fetch()
        body = re.sub('data-models="[^"]*"', 'data-models=""', page.text())
        route.fulfill(response=page, body=body)

    home.route("/", without_models)
    home.route("**/api/v1/models", preparing_once)
    home.reload()
    choose(home, photos["chelsea"])
    expect(home.locator("[data-status]")).to_contain_text("Asking again in 1 s")
    answers(home)
