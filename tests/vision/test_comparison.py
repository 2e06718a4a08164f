import json
from dataclasses import asdict

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binomtest  # type: ignore[import-untyped]

from app.vision.comparison import Contest, Decision, compare, decide, mcnemar


def pair(only_old: int, only_new: int, both: int = 5) -> tuple[NDArray[np.bool_], ...]:
    old = [True] * only_old + [False] * only_new + [True] * both + [False]
    new = [False] * only_old + [True] * only_new + [True] * both + [False]
    return np.array(old), np.array(new)


@pytest.mark.parametrize(
    ("only_old", "only_new"), [(0, 0), (1, 0), (5, 0), (0, 5), (8, 2), (7, 7), (30, 18), (900, 700)]
)
def test_the_chances_are_those_of_scipys_binomial_test(only_old: int, only_new: int) -> None:
    found = mcnemar(*pair(only_old, only_new))
    assert (found.only_old, found.only_new) == (only_old, only_new)
    tosses = only_old + only_new
    if not tosses:
        assert (found.worse, found.different) == (1, 1)
        return
    worse = binomtest(only_old, tosses, alternative="greater").pvalue
    assert found.worse == pytest.approx(worse, rel=1e-9)
    assert found.different == pytest.approx(binomtest(only_old, tosses).pvalue, rel=1e-9)


def test_many_thousand_photos_make_no_trouble() -> None:
    assert mcnemar(*pair(20_000, 0)).worse == 0
    assert mcnemar(*pair(5_000, 5_000)).worse == pytest.approx(0.5, abs=0.01)


def judged(lost: int, won: int, each: int = 40, at: int = 0) -> Decision:
    """Two labels with `each` photos; of label `at` the new one gets `lost` wrong that were right,
    and of the other `won` right that were wrong."""
    truth = np.repeat(np.array([0, 1], np.int32), each)
    old, new = truth.copy(), truth.copy()
    new[np.flatnonzero(truth == at)[:lost]] = 1 - at
    old[np.flatnonzero(truth != at)[:won]] = at
    return decide(truth, old, new, ["oak", "elm"])


def test_a_version_that_is_no_worse_goes_live() -> None:
    decision = judged(lost=2, won=2)
    assert decision.goes_live and not decision.reasons
    assert (decision.of, decision.old_right, decision.new_right) == (80, 78, 78)
    assert (decision.only_old, decision.only_new) == (2, 2)
    assert decision.p == pytest.approx(binomtest(2, 4, alternative="greater").pvalue)


def test_a_version_that_is_surely_worse_waits() -> None:
    """4 of 4 is 0.0625, 5 of 5 is 0.03125."""
    assert judged(lost=4, won=0, each=60).goes_live
    decision = judged(lost=5, won=0, each=60)
    assert not decision.goes_live
    assert decision.reasons == [{"code": "worse", "p": 0.03125}]


def test_a_label_that_loses_more_than_ten_points_of_recall_makes_it_wait() -> None:
    assert judged(lost=4, won=4, each=40).goes_live  # exactly ten points
    assert judged(lost=5, won=5, each=40, at=1).reasons == [
        {"code": "recall", "label": "elm", "before": 1.0, "after": 0.875}
    ]


@pytest.mark.parametrize(("each", "waits"), [(9, False), (10, True)])
def test_a_label_with_few_photos_says_too_little(each: int, waits: bool) -> None:
    assert judged(lost=2, won=2, each=each).goes_live != waits


def test_a_removed_label_makes_it_wait_however_good_it_is() -> None:
    truth = np.zeros(3, np.int32)
    decision = decide(truth, truth, truth, ["oak"], removed=["ash", "elm"])
    assert decision.reasons == [
        {"code": "label-removed", "label": "ash"},
        {"code": "label-removed", "label": "elm"},
    ]


def test_an_answer_that_only_one_version_knows_is_wrong() -> None:
    truth = np.zeros(10, np.int32)
    decision = decide(truth, np.full(10, -1, np.int32), truth, ["oak"])
    assert (decision.old_right, decision.new_right, decision.only_new) == (0, 10, 10)


def test_without_a_photo_nothing_speaks_against_it() -> None:
    none = np.zeros(0, np.int32)
    decision = decide(none, none, none, ["oak", "elm"])
    assert decision.goes_live and decision.p == 1


def test_json_holds_a_decision() -> None:
    told = asdict(judged(lost=20, won=0))
    assert [reason["code"] for reason in told["reasons"]] == ["worse", "recall"]
    assert json.loads(json.dumps(told, allow_nan=False)) == told


def contest(only_old: int, only_new: int, both: int = 300) -> Contest:
    """Of two labels; the last three photos neither gets right, the very last differently wrong."""
    old_right, new_right = pair(only_old, only_new, both)
    truth = np.zeros(len(old_right) + 2, np.int32)
    old = np.r_[np.where(old_right, 0, 1), 1, 1]
    new = np.r_[np.where(new_right, 0, 1), 1, 2]
    return compare([f"{at:064x}" for at in range(len(truth))], truth, old, new, ["oak", "elm"])


@pytest.mark.parametrize(
    ("only_old", "only_new", "code"),
    [(0, 0, "same"), (4, 4, "same"), (3, 6, "could-be-luck"), (6, 3, "could-be-luck"),
     (3, 15, "better"), (15, 3, "worse")],
)  # fmt: skip
def test_the_verdict_is_that_of_the_two_sided_test(only_old: int, only_new: int, code: str) -> None:
    found = contest(only_old, only_new)
    assert found.verdict["code"] == code
    assert (found.only_old, found.only_new) == (only_old, only_new)
    assert found.new_right - found.old_right == only_new - only_old
    if code == "same":
        assert found.verdict["different"] == only_old + only_new + 1
        return
    expected = binomtest(only_old, only_old + only_new).pvalue
    assert found.p == found.verdict["p"] == pytest.approx(expected)
    assert found.verdict["by"] == abs(only_new - only_old) and found.verdict["of"] == found.of
    assert found.verdict["more"] == (only_new > only_old)


def test_the_photos_on_which_they_differ_are_told_those_that_decide_first() -> None:
    found = contest(2, 3)
    assert len(found.differ) == 6
    assert [one["sha256"] for one in found.differ[:5]] == [f"{at:064x}" for at in range(5)]
    assert found.differ[0] | {"sha256": ""} == {
        "sha256": "", "truth": "oak", "old": "oak", "new": "elm"
    }  # fmt: skip
    assert found.differ[-1]["old"] == "elm" and found.differ[-1]["new"] is None
    assert json.loads(json.dumps(asdict(found), allow_nan=False)) == asdict(found)


def test_versions_that_were_asked_nothing_are_the_same() -> None:
    none = np.zeros(0, np.int32)
    found = compare([], none, none, none, ["oak"])
    assert found.verdict == {"code": "same", "different": 0, "of": 0} and found.p == 1
