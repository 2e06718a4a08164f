"""A training run can be watched, read as curves and as a table, and told in the end."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.blocks.bench import Bench, problem
from tests.browser.blocks.made import run
from tests.browser.test_reading import violations

pytestmark = pytest.mark.browser

OVER = run(
    state="succeeded", phase=None, stopped_early=True, version=3, went_live=False,
    waits_because=["It is worse on glass."], sentence="It began to overfit.",
)  # fmt: skip


def ends(page: Page, chart: str) -> dict[str, tuple[float, float]]:
    """Where the dot of each line stands, from the left and from the top."""
    found = {}
    for kind in ("training", "validation"):
        dot = page.locator(f"[data-chart={chart}] .chart-{kind} circle")
        found[kind] = (
            float(dot.get_attribute("cx") or "nan"),
            float(dot.get_attribute("cy") or "nan"),
        )
    return found


def test_a_finished_run_is_drawn_from_what_the_page_brought(page: Page, bench: Bench) -> None:
    page.goto(bench.page("run", "_run.html", run=OVER, model="waste"))
    for chart in ("loss", "share"):
        drawing = page.locator(f"[data-chart={chart}] svg")
        expect(drawing).to_contain_text("kept: epoch 12")
        expect(drawing).to_contain_text("stopped early: epoch 18")
    loss, share = ends(page, "loss"), ends(page, "share")
    assert loss["validation"][1] < loss["training"][1]  # more is higher up
    assert share["validation"][1] > share["training"][1]
    expect(page.get_by_role("img", name="Loss: training 0.071, validation 0.312")).to_be_visible()
    assert bench.asked == []
    assert violations(page) == ""


def test_the_table_says_what_the_curves_say(page: Page, bench: Bench) -> None:
    page.goto(bench.page("run", "_run.html", run=OVER, model="waste"))
    page.get_by_text("The numbers as a table").click()
    rows = page.locator("[data-epochs] tr")
    expect(rows).to_have_count(18)
    assert rows.nth(0).locator("th, td").all_text_contents() == [
        "1", "1.550", "1.620", "61.3%", "59.5%",
    ]  # fmt: skip
    expect(rows.nth(11).locator("th")).to_have_text("12, kept")


def test_each_epoch_moves_the_lines_and_keeps_what_is_drawn(page: Page, bench: Bench) -> None:
    bench.events["GET /runs/r1/events"] = [run(told=n) for n in (1, 2, 9)] + [OVER]
    page.goto(bench.page("run", "_run.html", run=run(told=0, phase="starting"), model="waste"))
    page.evaluate("window.lines = [...document.querySelectorAll('.chart-line path')]")
    expect(page.locator("[data-epochs] tr")).to_have_count(18)
    assert page.evaluate("window.lines.every((one) => one.isConnected)")
    assert page.evaluate("window.lines.every((one) => one.getAttribute('d').length > 90)")


def test_before_the_first_epoch_it_says_what_will_come(page: Page, bench: Bench) -> None:
    begun = run(told=0, phase="starting")
    bench.events["GET /runs/r1/events"] = [begun]
    bench.answers["GET /runs/r1"] = lambda asked: (200, begun)
    page.goto(bench.page("run", "_run.html", run=begun, model="waste"))
    expect(page.get_by_text("The curves begin with the first epoch.")).to_be_visible()
    expect(page.locator("[data-chart=loss]")).to_be_hidden()


def test_a_run_that_never_came_to_learn_promises_no_curves(page: Page, bench: Bench) -> None:
    page.goto(bench.page("run", "_run.html", run=run(told=0, state="failed"), model="waste"))
    expect(page.locator("[data-outcome-title]")).to_be_visible()
    expect(page.locator("[data-curves]")).to_have_count(0)


def test_a_run_says_its_phases_and_what_came_of_it(page: Page, bench: Bench) -> None:
    bench.events["GET /runs/r1/events"] = [run(), run(phase="examining"), OVER]
    bench.answers["GET /runs/r1"] = lambda asked: (200, OVER)
    page.goto(bench.page("run", "_run.html", run=run(state="queued", phase=None), model="waste"))
    expect(page.locator("[data-outcome-title]")).to_have_text(
        "Version 3 is ready and waits for you"
    )
    expect(page.locator("[data-outcome-reasons]")).to_have_text("It is worse on glass.")
    expect(page.locator("[data-run-sentence]")).to_have_text("It began to overfit.")
    expect(page.locator("[data-run-going]")).to_be_hidden()
    link = page.get_by_role("link", name="See the version and its exam")
    expect(link).to_have_attribute("href", "/models/waste/versions/3")
    expect(page.locator("[data-live]")).to_contain_text("It is worse on glass.")


def test_without_events_the_server_is_asked(page: Page, bench: Bench) -> None:
    bench.answers["GET /runs/r1/events"] = lambda asked: (404, {})
    answers = [problem(503, "busy", "Later."), (200, run(told=3)), (200, OVER)]
    bench.answers["GET /runs/r1"] = lambda asked: answers.pop(0)
    page.goto(bench.page("run", "_run.html", run=run(told=0), model="waste"))
    expect(page.locator("[data-run-trouble]")).to_contain_text("does not answer right now")
    expect(page.locator("[data-epochs] tr")).to_have_count(3, timeout=9000)
    expect(page.locator("[data-run-trouble]")).to_have_text("")
    expect(page.locator("[data-outcome-title]")).to_contain_text("Version 3", timeout=9000)


def test_a_run_can_be_cancelled(page: Page, bench: Bench) -> None:
    states = [run()]
    bench.answers["GET /runs/r1/events"] = lambda asked: (404, {})
    bench.answers["GET /runs/r1"] = lambda asked: (200, states[0])

    def cancel(asked: object) -> tuple[int, object]:
        states[0] = run(state="cancelled", phase=None)
        return 200, states[0]

    bench.answers["POST /runs/r1:cancel"] = cancel
    page.goto(bench.page("run", "_run.html", run=run(), model="waste"))
    page.get_by_role("button", name="Cancel the training").click()
    expect(page.locator("[data-outcome-title]")).to_have_text("The training was cancelled")
    expect(page.locator("[data-outcome-title]")).to_be_focused()


def test_a_failed_run_says_how_to_go_on(page: Page, bench: Bench) -> None:
    told = {"title": "Out of memory", "detail": "It needed 9 GB.", "advice": "Choose fewer."}
    failed = run(state="failed", problem=told)
    page.goto(bench.page("run", "_run.html", run=failed, model="waste"))
    expect(page.locator("[data-outcome-title]")).to_have_text("Out of memory")
    expect(page.locator("[data-outcome-detail]")).to_have_text("It needed 9 GB. Choose fewer.")


def test_without_scripts_the_page_says_the_same(visitor: Callable[..., Page], bench: Bench) -> None:
    page = visitor(java_script_enabled=False)
    page.goto(bench.page("run", "_run.html", run=OVER, model="waste"))
    expect(page.locator("[data-outcome-title]")).to_contain_text("Version 3 is ready")
    expect(page.get_by_text("It is worse on glass.")).to_be_visible()
    page.get_by_text("The numbers as a table").click()
    expect(page.locator("[data-epochs] tr").nth(11)).to_contain_text("12, kept")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_curves_fit_a_phone_and_can_be_told_apart(
    visitor: Callable[..., Page], bench: Bench, scheme: str
) -> None:
    size = {"width": 360, "height": 800}
    page = visitor(viewport=size, color_scheme=scheme, locale="nb-NO")
    page.goto(bench.page("run", "_run.html", run=OVER, model="waste"))
    expect(page.locator("[data-chart=loss] svg")).to_contain_text("beholdt: epoke 12")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    names = page.locator("[data-chart=loss] .chart-line text")
    first, second = (names.nth(n).bounding_box() for n in (0, 1))
    assert first is not None and second is not None
    assert second["y"] + second["height"] <= first["y"] + 3
    assert max(box["x"] + box["width"] for box in (first, second)) <= 360
    assert violations(page) == ""
