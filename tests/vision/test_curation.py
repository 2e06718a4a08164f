import csv
import hashlib
import json
import time
from dataclasses import asdict, replace

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.neighbors import NearestNeighbors

from app.vision import copies, curation
from app.vision.arrival import sight
from app.vision.decode import Limits, inspect
from app.vision.engine import Engine
from app.vision.features import Table, digests, quantise
from tests.photos import shared
from tests.vision.test_ridge import FLOWERS, made

NO_TULIP = {
    "15275504998_ca9eb82998.jpg": "a window with red shutters",
    "13910126337_53faf1d214_n.jpg": "a branch over a lake",
    "4522764992_e9d70b82c1_m.jpg": "an iris",
    "7094415739_6b29e5215c_m.jpg": "a cherry tree",
    "14116780333_7836f4448c.jpg": "a fountain",
    "15275190769_0ed7bbf490.jpg": "a green house",
}

DOUBLED = ("15069459615", "15072973261", "14889392928", "15066430311")


@pytest.fixture(scope="module")
def flowers() -> Table:
    return Table.load(FLOWERS.read_bytes())


@pytest.fixture(scope="module")
def files() -> list[str]:
    with (FLOWERS.parent / "photos.tsv").open(encoding="utf-8", newline="") as file:
        return [row["file"].rpartition("/")[2] for row in csv.DictReader(file, delimiter="\t")]


def mislabelled(table: Table, share: float, seed: int) -> tuple[Table, NDArray[np.int64]]:
    """The table with that share of its labels wrong, and which."""
    draw = np.random.default_rng(seed)
    wrong = draw.choice(len(table), round(share * len(table)), replace=False)
    label = table.label.copy()
    label[wrong] += draw.integers(1, len(table.labels), len(wrong)).astype(np.int32)
    return replace(table, label=label % np.int32(len(table.labels))), wrong


def test_nine_of_ten_wrong_labels_are_in_the_first_twelfth_of_the_list(flowers: Table) -> None:
    found = []
    for seed in range(3):
        table, wrong = mislabelled(flowers, 0.05, seed)
        begun = time.process_time()
        doubts = curation.doubts(table)
        assert time.process_time() - begun < 20  # of both cores together
        assert len(doubts) == len(table)
        first = {one.at for one in doubts[: round(0.08 * len(table))]}
        found.append(len(first & set(wrong.tolist())) / len(wrong))
        assert found[-1] >= 0.9
    assert np.mean(found) >= 0.93


def test_a_wrong_label_gets_the_right_one_as_a_suggestion(flowers: Table) -> None:
    table, wrong = mislabelled(flowers, 0.05, 7)
    by_place = {one.at: one for one in curation.doubts(table)}
    meant = [by_place[at].suggested == flowers.labels[flowers.label[at]] for at in wrong.tolist()]
    assert np.mean(meant) > 0.88


def test_tulips_without_a_tulip_are_near_the_top(flowers: Table, files: list[str]) -> None:
    first = curation.doubts(flowers, at_most=60)
    assert {files[one.at] for one in first} >= set(NO_TULIP)
    assert [one.score for one in first] == sorted(one.score for one in first)
    for one in first:
        assert one.label == flowers.labels[flowers.label[one.at]]
        assert one.suggested_score >= one.score
    assert json.loads(json.dumps(asdict(first[0]), allow_nan=False)) == asdict(first[0])


def test_copies_do_not_vouch_for_each_others_wrong_label(flowers: Table) -> None:
    """A rose that stands five times among the tulips is doubted in all five places."""
    rose = int(np.flatnonzero(flowers.label == flowers.labels.index("rose"))[30])
    places = np.r_[np.arange(len(flowers)), [rose] * 5]
    table = flowers.take(places)
    table.label[-5:] = flowers.labels.index("tulip")
    first = curation.doubts(table, at_most=round(0.03 * len(table)))
    assert {one.at for one in first} >= set(range(len(flowers), len(table)))


def test_one_label_leaves_nothing_to_doubt() -> None:
    table = made(each=8)
    assert curation.doubts(table.take(table.label == 1)) == []


def test_distances_are_to_the_fifth_of_another_group(monkeypatch: pytest.MonkeyPatch) -> None:
    table = made(each=14)
    features = table.features().astype(np.float64)
    search = NearestNeighbors(n_neighbors=6, metric="cosine", algorithm="brute").fit(features)
    expected = search.kneighbors(features)[0][:, 5]
    assert curation._distances(table) == pytest.approx(expected, abs=1e-5)
    monkeypatch.setattr(curation, "_BLOCK", 10)
    assert curation._distances(table) == pytest.approx(expected, abs=1e-5)
    table.group[:2] = 0
    assert (curation._distances(table)[:2] >= expected[:2] - 1e-5).all()


def test_photos_like_nothing_else_are_found(flowers: Table, files: list[str]) -> None:
    """A poster of bears, the sign of a shop, a bus, a bridge, a limousine."""
    found = curation.strays(flowers)
    assert 5 <= len(found) <= 0.01 * len(flowers)
    assert [one.distance for one in found] == sorted((o.distance for o in found), reverse=True)
    assert {files[one.at] for one in found} >= {
        "6948239566_0ac0a124ee_n.jpg", "8590442797_07fa2141c0_n.jpg", "3105702091_f02ce75226.jpg",
    }  # fmt: skip


def test_a_stranger_among_flowers_is_a_stray_even_when_it_came_six_times(
    flowers: Table,
) -> None:
    noise = np.random.default_rng(2).gamma(0.4, 1.0, (1, 1280)).astype(np.float32)
    rows, scales = quantise(np.repeat(noise, 6, axis=0))
    table = flowers.take(np.r_[np.arange(len(flowers)), [0] * 6])
    table.rows[-6:], table.scales[-6:] = rows, scales
    table.group[-6:] = table.group.max() + 1
    assert {one.at for one in curation.strays(table)} >= set(range(len(flowers), len(table)))


def test_few_photos_have_no_strays() -> None:
    table = made(each=20)
    assert curation.strays(table.take(np.arange(5))) == []
    assert curation.strays(table.take(np.zeros(0, np.int64))) == []
    table.group[:] = 3
    assert curation.strays(table) == []


def test_the_doubled_sunflowers_are_found(engine: Engine) -> None:
    everything = sorted(shared("flower_photos").glob("sunflowers/*.jpg"))
    doubled = [file for file in everything if file.name[:11] in DOUBLED]
    files = sorted({*doubled, *everything[::8]})
    looked = []
    for file in files:
        content = file.read_bytes()
        looked.append(sight(content, inspect(content, Limits()), engine.look))
    rows, scales = quantise(np.stack([one.features for one in looked]))
    table = Table(
        ("sunflower",), rows, scales, np.zeros(len(rows), np.int32), np.zeros(len(rows), np.uint8),
        np.arange(len(rows), dtype=np.int32), np.array([one.hash for one in looked], np.uint64),
        digests([one.sha256 for one in looked]),
    )  # fmt: skip
    exact = [pair for pair in copies.pairs(table) if pair.kind == "exact"]
    names = {frozenset(files[at].name[:11] for at in (pair.one, pair.other)) for pair in exact}
    assert names == {frozenset(DOUBLED[:2]), frozenset(DOUBLED[2:])}
    hashes = [hashlib.sha256(file.read_bytes()).digest() for file in doubled]
    assert len(set(hashes)) == 2
