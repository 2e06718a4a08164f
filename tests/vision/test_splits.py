import hashlib
import random
import time
from collections import Counter

import numpy as np
import pytest

from app.vision import likeness
from app.vision.features import SPLITS, Split
from app.vision.splits import (
    Arrival,
    Memory,
    Placement,
    Splitter,
    bands,
    copies,
    split_folder,
)

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


def start(*placed: tuple[Arrival, Placement]) -> tuple[Splitter, Memory]:
    ledger = Memory()
    for one in placed:
        ledger.put(*one)
    return Splitter(ledger), ledger


def put(photo: Arrival, group: int, split: Split) -> tuple[Arrival, Placement]:
    return photo, Placement(photo.sha256, photo.label, group, split)


def test_the_first_photo_of_a_label_goes_to_train() -> None:
    for name in "abcdefgh":
        placement = start()[0].place(photo(name))
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
    """Not even copies that disagree about the label, or that tie splits together."""
    draw = random.Random(3)
    splitter, ledger = start()
    reasons = set()
    for n in range(200):
        before = {sha256: (one.split, one.label) for sha256, one in ledger.placements().items()}
        look, bits = draw.randrange(60), draw.randrange(9)
        placement = splitter.place(photo(f"{n}", draw.choice("aaaab"), look=look, bits=bits))
        reasons.add(placement.reason)
        after = {sha256: (one.split, one.label) for sha256, one in ledger.placements().items()}
        assert {sha256: after[sha256] for sha256 in before} == before
    assert {"two-labels", None} <= reasons


def test_going_on_from_what_was_stored_is_as_if_one_had_never_stopped() -> None:
    photos = [photo(f"{n}", "ab"[n % 2], look=n // 3) for n in range(40)]
    straight, first = start(), start()
    for one in photos:
        straight[0].place(one)
    for one in photos[:20]:
        first[0].place(one)
    stored = first[1].placements()
    resumed = start(*((one, stored[one.sha256]) for one in photos[:20]))
    for one in photos[20:]:
        resumed[0].place(one)
    assert resumed[1].placements() == straight[1].placements()


@pytest.mark.parametrize(("bits", "together"), [(0, True), (4, True), (5, False)])
def test_a_copy_joins_the_group_and_the_split_of_its_like(bits: int, together: bool) -> None:
    for split in SPLITS[:3]:
        original = photo("original", look=1)
        splitter, _ = start(put(photo("first"), 0, "train"), put(original, 1, split))
        copy = splitter.place(photo("copy", look=1, bits=bits))
        assert (copy.group == 1) == together
        assert not together or copy.split == split


def test_a_like_hash_alone_makes_no_copy() -> None:
    splitter, _ = start()
    first = splitter.place(photo("one", look=1))
    stranger = photo("two", look=1)._replace(row=photo("other").row)
    assert splitter.place(stranger).group != first.group


def test_hashes_that_differ_in_four_bits_have_a_band_in_common() -> None:
    draw = random.Random(8)
    for _ in range(500):
        one = draw.getrandbits(64)
        other = one
        for bit in draw.sample(range(64), likeness.NEAR_BITS):
            other ^= 1 << bit
        assert set(bands(one)) & set(bands(other))
        assert len(set(bands(one))) == 5 and max(bands(one)) < 65_536


def test_copies_agree_in_hash_and_features() -> None:
    one, far = photo("one", look=1), photo("two")
    assert copies(one.hash, one.row, one.hash ^ 0b1111, one.row)
    assert not copies(one.hash, one.row, one.hash ^ 0b11111, one.row)
    assert not copies(one.hash, one.row, one.hash, far.row)


def test_the_same_bytes_again_change_nothing_whatever_their_label() -> None:
    splitter, ledger = start()
    first = splitter.place(photo("one", "rose"))
    assert splitter.place(photo("one", "rose")) == first
    assert splitter.place(photo("one", "tulip")) == first
    assert ledger.placements() == {first.sha256: first}


def test_of_a_folder_the_same_bytes_under_two_labels_are_set_aside() -> None:
    photos = [photo("one", "rose"), photo("one", "tulip"), photo("one", "rose")]
    (placement,) = split_folder(photos).values()
    assert placement.split == "aside" and placement.reason == "two-labels"


def test_a_copy_under_another_label_is_set_aside_and_the_earlier_ones_stay() -> None:
    splitter, ledger = start()
    earlier = [splitter.place(photo(f"rose {n}", "rose", look=1)) for n in range(2)]
    tulip = splitter.place(photo("tulip", "tulip", look=1))
    assert (tulip.split, tulip.reason) == ("aside", "two-labels")
    assert [ledger.find(one.sha256) for one in earlier] == earlier
    assert splitter.place(photo("rose 3", "rose", look=1)).split == earlier[0].split


def test_a_photo_near_only_what_is_set_aside_is_set_aside_for_the_same_reason() -> None:
    splitter, _ = start()
    splitter.set_aside(photo("doubtful", look=1), "two-labels")
    placement = splitter.place(photo("copy", look=1))
    assert (placement.split, placement.reason) == ("aside", "two-labels")


def test_what_is_set_aside_takes_no_place_in_a_split() -> None:
    splitter, _ = start()
    splitter.set_aside(photo("doubtful", "rose"), "two-labels")
    assert splitter.place(photo("first", "rose")).split == "train"


def _between(one: Arrival, other: Arrival) -> Arrival:
    """A photo near both, where their hashes differ in 8 bits."""
    return photo("between")._replace(hash=one.hash ^ 0b1111, row=one.row)


def _pair() -> tuple[Arrival, Arrival]:
    one = photo("one", look=1)
    return one, photo("other", look=1, bits=8)


def test_a_photo_near_two_splits_is_set_aside() -> None:
    one, other = _pair()
    splitter, ledger = start(put(one, 0, "train"), put(other, 1, "test"))
    placement = splitter.place(_between(one, other))
    assert placement.split == "aside" and placement.reason == "two-splits"
    assert ledger.members(1)[0].split == "test"


def test_a_photo_near_two_groups_of_one_split_makes_them_one() -> None:
    one, other = _pair()
    splitter, ledger = start(put(one, 0, "train"), put(other, 1, "train"))
    splitter.place(_between(one, other))
    assert {p.group for p in ledger.placements().values()} == {0}
    assert len(ledger.members(0)) == 3 and not ledger.members(1)


@pytest.mark.parametrize("split", ["train", "validation", "test"])
def test_frames_of_one_recording_stay_together_however_they_look(split: Split) -> None:
    splitter, _ = start(put(photo("frame 1"), 4, split), put(photo("stranger"), 5, "train"))
    for n in range(2, 30):
        frame = splitter.place(photo(f"frame {n}"), group=4)
        assert (frame.group, frame.split) == (4, split)


def test_a_frame_near_another_group_takes_it_into_its_own() -> None:
    splitter, ledger = start(put(photo("like", look=1), 2, "train"), put(photo("f"), 4, "train"))
    assert splitter.place(photo("frame", look=1), group=4).group == 4
    assert len(ledger.members(4)) == 3 and not ledger.members(2)


def test_a_frame_near_another_split_is_set_aside() -> None:
    splitter, _ = start(put(photo("like", look=1), 2, "test"), put(photo("f"), 4, "train"))
    frame = splitter.place(photo("frame", look=1), group=4)
    assert (frame.split, frame.reason, frame.group) == ("aside", "two-splits", 4)


def test_what_is_only_for_training_goes_to_train() -> None:
    splitter, _ = start()
    for n in range(20):
        assert splitter.place(photo(f"{n}"), train_only=True).split == "train"
    assert splitter.place(photo("like", look=1)).split != "train"  # the others are due
    copy = splitter.place(photo("0 again", look=2), train_only=True)
    assert splitter.place(photo("0 copy", look=2), train_only=True).group == copy.group


@pytest.mark.parametrize("split", ["validation", "test"])
def test_what_is_only_for_training_is_set_aside_near_the_exam(split: Split) -> None:
    splitter, ledger = start(put(photo("sealed", look=1), 0, split))
    placement = splitter.place(photo("copy", look=1), train_only=True)
    assert (placement.split, placement.reason) == ("aside", "near-exam")
    assert ledger.counts("rose") == {split: 1, "aside": 1}


def test_no_group_ever_lies_in_two_splits_or_under_two_labels() -> None:
    for seed in range(10):
        draw = random.Random(seed)
        splitter, ledger = start()
        for n in range(120):
            look, bits = draw.randrange(30), draw.randrange(9)
            one = photo(f"{seed} {n}", draw.choice("aab"), look=look, bits=bits)
            splitter.place(one, train_only=n % 5 == 0)
        homes: dict[int, set[tuple[str, str]]] = {}
        for placement in ledger.placements().values():
            if placement.split != "aside":
                homes.setdefault(placement.group, set()).add((placement.split, placement.label))
        assert homes and all(len(home) == 1 for home in homes.values())


def test_many_photos_are_placed_quickly() -> None:
    """100,000 take ten times as long: the bands keep most comparisons away."""
    hashes = RNG.integers(0, 2**64, 10_000, dtype=np.uint64).tolist()
    row = np.ones(1280, np.uint8)
    splitter, _ = start()
    started = time.process_time()
    for n, hash_ in enumerate(hashes):
        splitter.place(Arrival(f"{n:064x}", "rose", hash_, row))
    assert time.process_time() - started < 5
