import hashlib
import random
import time
from collections import Counter

import numpy as np
import pytest

from app.vision.splits import Arrival, Placement, Splitter, split_folder

RNG = np.random.default_rng(5)


def photo(name: str, label: str = "rose", look: int | None = None, bits: int = 0) -> Arrival:
    """A photo with this name for its bytes. Photos of the same `look` are copies of one another,
    differing in `bits` bits of their hashes."""
    sha256 = hashlib.sha256(name.encode()).hexdigest()
    draw = random.Random(f"look {look}" if look is not None else name)
    row = np.zeros(1280, np.uint8)
    row[draw.sample(range(1280), 40)] = 200
    return Arrival(sha256, label, draw.getrandbits(64) ^ ((1 << bits) - 1), row)


def counts(placements: dict[str, Placement], label: str) -> Counter[str]:
    return Counter(p.split for p in placements.values() if p.label == label)


def test_the_first_photo_of_a_label_goes_to_train() -> None:
    for name in "abcdefgh":
        (placement,) = Splitter().place(photo(name))
        assert placement.split == "train" and placement.reason is None


def test_ten_photos_of_a_label_have_all_three_splits() -> None:
    for trial in range(20):
        placements = split_folder([photo(f"{trial} {n}") for n in range(10)])
        found = counts(placements, "rose")
        assert found["train"] == 7 and {found["validation"], found["test"]} == {1, 2}


def test_each_label_is_shared_out_by_itself_seventy_fifteen_fifteen() -> None:
    photos = [photo(f"{label} {n}", label) for label in ("rose", "tulip") for n in range(200)]
    placements = split_folder(photos)
    for label in ("rose", "tulip"):
        assert counts(placements, label) == {"train": 140, "validation": 30, "test": 30}


def test_the_order_of_a_folder_does_not_matter() -> None:
    photos = [photo(f"{n}", "abc"[n % 3], look=n // 2 if n < 20 else None) for n in range(60)]
    shuffled = random.Random(1).sample(photos, len(photos))
    assert split_folder(photos) == split_folder(shuffled)


def test_further_photos_never_move_earlier_ones() -> None:
    splitter = Splitter()
    for n in range(30):
        splitter.place(photo(f"{n}"))
    before = splitter.placements()
    for n in range(30, 90):
        splitter.place(photo(f"{n}"))
    after = splitter.placements()
    assert {sha256: after[sha256] for sha256 in before} == before


def test_going_on_from_what_was_stored_is_as_if_one_had_never_stopped() -> None:
    photos = [photo(f"{n}", "ab"[n % 2], look=n // 3) for n in range(40)]
    straight, first = Splitter(), Splitter()
    for one in photos:
        straight.place(one)
    for one in photos[:20]:
        first.place(one)
    resumed = Splitter()
    for one in photos[:20]:
        stored = first.placements()[one.sha256]
        resumed.remember(one._replace(label=stored.label), stored)
    for one in photos[20:]:
        resumed.place(one)
    assert resumed.placements() == straight.placements()


@pytest.mark.parametrize(("bits", "together"), [(0, True), (4, True), (5, False)])
def test_a_copy_joins_the_group_and_the_split_of_its_like(bits: int, together: bool) -> None:
    splitter = Splitter()
    for n in range(9):
        splitter.place(photo(f"{n}"))
    (first,) = splitter.place(photo("original", look=1))
    *_, copy = splitter.place(photo("copy", look=1, bits=bits))
    assert (copy.group == first.group) == together
    assert not together or copy.split == first.split


def test_a_like_hash_alone_makes_no_copy() -> None:
    splitter = Splitter()
    (first,) = splitter.place(photo("one", look=1))
    stranger = photo("two", look=1)._replace(row=photo("other").row)
    (second,) = splitter.place(stranger)
    assert second.group != first.group


def test_the_same_bytes_again_change_nothing() -> None:
    splitter = Splitter()
    assert splitter.place(photo("one")) == splitter.place(photo("one"))
    assert len(splitter.placements()) == 1


def test_the_same_bytes_under_two_labels_are_set_aside() -> None:
    placements = split_folder([photo("one", "rose"), photo("one", "tulip")])
    (placement,) = placements.values()
    assert placement.split == "aside" and placement.reason == "two-labels"


def test_copies_under_two_labels_are_all_set_aside() -> None:
    splitter = Splitter()
    splitter.place(photo("rose 1", "rose", look=1))
    splitter.place(photo("rose 2", "rose", look=1))
    changed = splitter.place(photo("tulip", "tulip", look=1))
    assert [p.split for p in changed] == ["aside"] * 3
    assert {p.reason for p in splitter.placements().values()} == {"two-labels"}
    (later,) = splitter.place(photo("rose 3", "rose", look=1))
    assert later.split == "aside"


def test_what_is_set_aside_leaves_its_place_in_the_split_free() -> None:
    splitter = Splitter()
    splitter.place(photo("rose", "rose", look=1))
    splitter.place(photo("tulip", "tulip", look=1))
    (first,) = splitter.place(photo("another rose", "rose"))
    assert first.split == "train"


def _between(one: Arrival, other: Arrival) -> Arrival:
    """A photo near both, where their hashes differ in 8 bits."""
    return photo("between")._replace(hash=one.hash ^ 0b1111, row=one.row)


def _pair() -> tuple[Arrival, Arrival]:
    one = photo("one", look=1)
    return one, photo("other", look=1, bits=8)


def test_a_photo_near_two_splits_is_set_aside() -> None:
    one, other = _pair()
    splitter = Splitter()
    splitter.remember(one, Placement(one.sha256, "rose", 0, "train"))
    splitter.remember(other, Placement(other.sha256, "rose", 1, "test"))
    (placement,) = splitter.place(_between(one, other))
    assert placement.split == "aside" and placement.reason == "two-splits"
    assert splitter.placements()[other.sha256].split == "test"


def test_a_photo_near_two_groups_of_one_split_makes_them_one() -> None:
    one, other = _pair()
    splitter = Splitter()
    splitter.remember(one, Placement(one.sha256, "rose", 0, "train"))
    splitter.remember(other, Placement(other.sha256, "rose", 1, "train"))
    changed = splitter.place(_between(one, other))
    assert [p.group for p in changed] == [0, 0]
    assert {p.group for p in splitter.placements().values()} == {0}


def test_no_group_ever_lies_in_two_splits() -> None:
    for seed in range(10):
        draw = random.Random(seed)
        splitter = Splitter()
        for n in range(120):
            look, bits = draw.randrange(30), draw.randrange(9)
            splitter.place(photo(f"{seed} {n}", draw.choice("aab"), look=look, bits=bits))
        homes: dict[int, set[str]] = {}
        for placement in splitter.placements().values():
            if placement.split != "aside":
                homes.setdefault(placement.group, set()).add(placement.split)
        assert homes and all(len(splits) == 1 for splits in homes.values())


def test_many_photos_are_placed_quickly() -> None:
    """100,000 take ten times as long: the bands keep most comparisons away."""
    hashes = RNG.integers(0, 2**64, 10_000, dtype=np.uint64).tolist()
    row = np.ones(1280, np.uint8)
    splitter = Splitter()
    started = time.process_time()
    for n, hash_ in enumerate(hashes):
        splitter.place(Arrival(f"{n:064x}", "rose", hash_, row))
    assert time.process_time() - started < 5
