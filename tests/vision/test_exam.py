import json

import numpy as np
import pytest

from app.vision import exam
from app.vision.head import Head, Reference
from app.vision.recipe import FEATURES
from tests.vision.made import clusters

LABELS = ("ash", "elm", "oak")


def _head(temperature: float = 2.0) -> Head:
    """Nearest centre, which is a linear head."""
    rows, truth = clusters(200, seed=8)
    centres = np.stack([rows[truth == label].mean(axis=0) for label in range(3)])
    bias = -0.5 * (centres**2).sum(axis=1)
    return Head(
        (0.01 * centres.T).astype(np.float32), (0.01 * bias).astype(np.float32), temperature
    )


def _report(
    photos: int = 40, others: int = 30, spread: float = 1.0, named: bool = False
) -> exam.Report:
    features, truth = clusters(photos, spread=spread, seed=4)
    strange = np.random.default_rng(3).gamma(0.5, 1, (others, FEATURES)).astype(np.float32)
    reference = Reference.of(clusters(50, seed=5)[0], 0.6)
    names = [f"{at:064x}" for at in range(len(truth))] if named else []
    questions = exam.Questions(features, truth, LABELS, {"strange": strange}, names)
    return exam.take(_head(), reference, questions)


def test_the_report_counts_what_it_claims() -> None:
    report = _report()
    counts = np.array(report["confusion"]["counts"])
    assert counts.sum() == report["photos"] == report["accuracy"]["of"] == 120
    assert np.trace(counts) == report["accuracy"]["right"]
    assert report["accuracy"]["low"] < report["accuracy"]["share"] <= report["accuracy"]["high"]
    assert [one["label"] for one in report["labels"]] == list(LABELS)
    assert [one["support"] for one in report["labels"]] == counts.sum(axis=1).tolist()


def test_the_report_is_plain_json_without_nan() -> None:
    for report in (_report(), _hard(), _report(others=0), _report(photos=0, others=5)):
        assert json.loads(json.dumps(report, allow_nan=False)) == report


def test_temperature_moves_calibration_but_no_answer() -> None:
    report = _report()["calibration"]
    assert report["temperature"] == 2
    assert report["before"]["error"] != report["after"]["error"]
    for when in ("before", "after"):
        assert sum(one["photos"] for one in report[when]["diagram"]) == 120


def test_unknown_tells_the_strange_from_the_taught() -> None:
    unknown = _report()["unknown"]
    strange = unknown["others"]["strange"]
    assert strange["photos"] == 30 and strange["auroc"] == pytest.approx(1, abs=0.02)
    assert unknown["answered"]["of"] == 120
    assert unknown["right_of_answered"]["of"] == unknown["answered"]["right"]


def test_the_same_exam_has_the_same_report() -> None:
    assert _report() == _report()


def _hard() -> exam.Report:
    """Photos so noisy that some are answered wrong."""
    return _report(spread=14.0, named=True)


def test_every_cell_of_the_matrix_opens_its_photos() -> None:
    report = _hard()
    assert np.trace(np.array(report["confusion"]["counts"])) < report["photos"]
    seen = []
    for i, truth in enumerate(LABELS):
        for j, answer in enumerate(LABELS):
            photos = exam.cell(report["rows"], truth, answer)
            assert len(photos) == report["confusion"]["counts"][i][j]
            assert all((one["truth"], one["answer"]) == (truth, answer) for one in photos)
            seen += [one["sha256"] for one in photos]
    assert sorted(seen) == report["rows"]["sha256"]


def test_the_most_confidently_wrong_come_first() -> None:
    rows = _hard()["rows"]
    wrong = exam.most_wrong(rows, 1000)
    assert [one["score"] for one in wrong] == sorted((one["score"] for one in wrong), reverse=True)
    assert all(one["truth"] != one["answer"] for one in wrong)
    assert exam.most_wrong(rows, 2) == wrong[:2]


def test_a_report_without_names_gets_the_same_rows_later() -> None:
    features, truth = clusters(40, spread=14.0, seed=4)
    report, reference = _hard(), Reference.of(clusters(50, seed=5)[0], 0.6)
    questions = exam.Questions(features, truth, LABELS, {})
    assert "rows" not in exam.take(_head(), reference, questions)
    names = report["rows"]["sha256"]
    assert exam.rows(_head(), reference, questions, names) == report["rows"]
    with pytest.raises(ValueError, match="119 names for 120 photos"):
        exam.rows(_head(), reference, questions, names[1:])


def test_rows_stay_small() -> None:
    """About 100 bytes a photo, most of them its hash."""
    report = _report(photos=400, named=True)
    assert len(json.dumps(report["rows"])) < 110 * report["photos"]
