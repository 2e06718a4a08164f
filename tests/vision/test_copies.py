import json
from dataclasses import asdict, replace

import numpy as np
import pytest

from app.vision import copies, likeness
from app.vision.copies import Pair
from app.vision.features import SPLITS, Table, digests
from tests.vision.test_ridge import FLOWERS, made


@pytest.fixture(scope="module")
def flowers() -> Table:
    return Table.load(FLOWERS.read_bytes())


def joined(table: Table, extra: Table) -> Table:
    names = ("rows", "scales", "label", "split", "group", "hash", "sha256")
    return Table(
        table.labels,
        **{n: np.concatenate([getattr(table, n), getattr(extra, n)]) for n in names},
    )


def copied(
    table: Table, at: list[int], label: str | None = None, split: str | None = None
) -> Table:
    """The table with these photos once more at its end, the same pixels in another encoding."""
    again = table.take(np.array(at))
    draw = np.random.default_rng(5)
    noise = draw.integers(-2, 3, again.rows.shape)
    rows = np.where(again.rows, np.clip(again.rows + noise, 0, 255), 0).astype(np.uint8)
    label_at = (
        again.label if label is None else np.full(len(at), table.labels.index(label), np.int32)
    )
    split_at = again.split if split is None else np.full(len(at), SPLITS.index(split), np.uint8)
    return joined(
        table,
        replace(
            again, rows=rows, label=label_at, split=split_at, hash=again.hash ^ np.uint64(3),
            group=np.arange(len(at), dtype=np.int32) + 1 + table.group.max(),
            sha256=digests([f"{n:064x}" for n in range(len(at))]),
        ),
    )  # fmt: skip


def test_a_photo_under_two_labels_comes_first(flowers: Table) -> None:
    rose = int(np.flatnonzero(flowers.label == flowers.labels.index("rose"))[7])
    doubled = copied(flowers, [rose], label="tulip")
    first = copies.pairs(doubled)[0]
    assert (first.one, first.other) == (rose, len(flowers))
    assert (first.kind, first.bits, first.two_labels) == ("near", 2, True)
    assert first.cosine > 0.99


def test_a_photo_in_two_splits_is_told(flowers: Table) -> None:
    at = [int(place) for place in np.flatnonzero(flowers.split == SPLITS.index("test"))[:3]]
    found = [pair for pair in copies.pairs(copied(flowers, at, split="train")) if pair.two_splits]
    assert {pair.one for pair in found} >= set(at)
    assert not any(pair.two_labels for pair in found)


def test_the_same_bytes_are_exact_whatever_they_are_called(flowers: Table) -> None:
    part = flowers.take(np.arange(200))
    again = joined(part, part.take(np.array([17])))
    (exact,) = [pair for pair in copies.pairs(again) if pair.kind == "exact"]
    assert (exact.one, exact.other, exact.bits) == (17, 200, 0)
    assert exact.cosine == pytest.approx(1, abs=1e-5) and exact.cosine <= 1


def test_features_alone_say_so_only_when_they_agree_very_well(flowers: Table) -> None:
    part = flowers.take(np.arange(50))
    doubled = copied(part, [8])
    doubled.hash[50] = ~doubled.hash[8]
    (pair,) = [pair for pair in copies.pairs(doubled) if pair.other == 50]
    assert (pair.kind, pair.bits) == ("alike", 64)
    doubled.rows[50] = np.where(np.arange(1280) % 9 < 2, 0, doubled.rows[50])
    assert all(pair.other != 50 for pair in copies.pairs(doubled))


def test_what_is_set_aside_is_in_no_split(flowers: Table) -> None:
    doubled = copied(flowers.take(np.arange(30)), [3], split="aside")
    (pair,) = [pair for pair in copies.pairs(doubled) if pair.other == 30]
    assert not pair.two_splits
    assert copies.leak(doubled, [pair]).copied == 0


def test_blocks_make_no_difference(flowers: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    part = copied(flowers.take(np.arange(300)), [5, 60, 299])
    whole = [(pair.one, pair.other, pair.kind) for pair in copies.pairs(part)]
    assert {(5, 300, "near"), (60, 301, "near"), (299, 302, "near")} <= set(whole)
    monkeypatch.setattr(copies, "_BLOCK", 64)
    assert [(pair.one, pair.other, pair.kind) for pair in copies.pairs(part)] == whole


def test_near_pairs_of_the_flowers_lie_in_one_group(flowers: Table) -> None:
    """As those who made the splits found them one by one."""
    found = [pair for pair in copies.pairs(flowers) if pair.kind == "near"]
    assert len(found) >= 6
    assert all(flowers.group[pair.one] == flowers.group[pair.other] for pair in found)
    assert not any(pair.two_splits for pair in found)


def test_families_are_what_pairs_tie_together() -> None:
    tied = [Pair(one, two, "near", 0, 1.0, False, False) for one, two in ((4, 6), (1, 4), (2, 3))]
    assert copies.families(7, tied).tolist() == [0, 1, 2, 2, 1, 5, 1]


def test_a_leak_makes_hard_photos_look_easy() -> None:
    """Photos whose labels mean nothing can be answered right only by having seen them."""
    table = made(each=40, spread=3.0)
    table.label[:] = np.random.default_rng(3).integers(0, 3, len(table))
    doubled = copied(table, list(range(0, 120, 2)))
    found = copies.pairs(doubled)
    told = copies.leak(doubled, found)
    assert (told.of, told.copied) == (180, 120)
    assert told.without < 60 < 90 < told.with_copies
    assert told.rest + told.without < 0.5 * told.of


def test_a_leak_of_easy_photos_adds_little(flowers: Table) -> None:
    found = copies.pairs(flowers)
    told = copies.leak(flowers, found)
    assert told.of == len(flowers) and 10 <= told.copied <= 40
    assert abs(told.with_copies - told.without) <= 5
    assert json.loads(json.dumps(asdict(told))) == asdict(told)


def test_photos_without_copies_have_no_leak() -> None:
    table = made(each=10)
    assert copies.pairs(table) == []
    told = copies.leak(table, [])
    assert (told.copied, told.with_copies, told.without) == (0, 0, 0)


def test_a_poor_copy_is_found_by_its_hash(flowers: Table) -> None:
    """Where features agree less than those of copies do, as with small photos saved again."""
    part = flowers.take(np.arange(50))
    doubled = copied(part, [8], label="tulip")
    doubled.rows[50] = np.where(np.arange(1280) % 7 < 3, 0, doubled.rows[50])
    (pair,) = [pair for pair in copies.pairs(doubled) if pair.other == 50]
    assert (pair.kind, pair.bits, pair.two_labels) == ("poorer", 2, True)
    assert copies.POORER_COSINE <= pair.cosine < 0.8 < likeness.NEAR_COSINE
    doubled.hash[50] ^= np.uint64(4)
    assert all(pair.other != 50 for pair in copies.pairs(doubled))


def test_a_hash_that_many_share_says_nothing(flowers: Table) -> None:
    """As in photos of one scene from one place, which all have about the same."""
    part = flowers.take(np.arange(50))
    for count, found in ((copies.MOST_POORER + 1, True), (copies.MOST_POORER + 2, False)):
        scene = replace(part, hash=part.hash.copy(), rows=part.rows.copy())
        scene.hash[:count] = scene.hash[0]
        draw = np.random.default_rng(7)
        noise = draw.integers(-40, 41, (count, 1280))
        scene.rows[:count] = np.clip(scene.rows[0].astype(int) + noise, 0, 255)
        pairs = [pair for pair in copies.pairs(scene) if pair.other < count]
        assert all(pair.cosine < likeness.NEAR_COSINE for pair in pairs)
        assert {pair.kind for pair in pairs} == ({"poorer"} if found else set())
