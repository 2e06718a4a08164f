"""One import: order, outcomes, and going on."""

import hashlib
import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from app.store import images, imports
from app.store.store import Store
from app.teaching import importing, shipped
from app.teaching.importing import Importing, Progress
from app.teaching.survey import Lot
from app.vision import decode
from app.vision.arrival import sight
from app.vision.decode import Limits
from app.vision.engine import Engine
from app.vision.features import quantise
from app.vision.splits import Arrival, Placement, split_folder
from tests.photos import encode, shared
from tests.teaching.taking_in import File, Files, OneLoop, begun, report, rows, run
from tests.teaching.tiles import folder_of, tiles


def arrival(engine: Engine, file: File) -> Arrival:
    seen = sight(file.content, decode.inspect(file.content, Limits()), engine.look)
    row, _ = quantise(seen.features[None])
    return Arrival(seen.sha256, file.label, seen.hash, row[0])


def test_a_folder_comes_to_lie_in_the_splits_it_has_in_training(
    store: Store, lookout: OneLoop, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In batches as in one piece, with copies and with the same photo under two labels."""
    monkeypatch.setattr(importing, "BATCH", 7)
    files = folder_of("cats", "chelsea", 12) | folder_of("cups", "coffee", 12)
    pixels = decode.look_at(decode.inspect(files["cats/03.jpg"], Limits())).square
    files |= {
        "cats/like-03.jpg": encode(pixels, quality=60),
        "cats/same-04.jpg": files["cats/04.jpg"],
    }
    files |= {"cups/cat.jpg": files["cats/05.jpg"]}
    assert run(store, lookout, begun(store), files)
    expected = split_folder([arrival(engine, file) for file in Files(files).members])
    found = rows(store)
    assert {s: (i.label, i.split, i.reason) for s, i in found.items()} == {
        s: (p.label, p.split, p.reason) for s, p in expected.items()
    }
    assert groups(found) == groups(expected)


def groups(placed: Mapping[str, images.Image] | Mapping[str, Placement]) -> set[frozenset[str]]:
    numbers = {one.group for one in placed.values()}
    return {frozenset(s for s, one in placed.items() if one.group == n) for n in numbers}


def test_every_file_has_its_outcome(store: Store, lookout: OneLoop) -> None:
    one, two, three = tiles("chelsea", 3)
    files = {
        "cats/1.jpg": one, "cats/2.jpg": one, "cats/3.jpg": two, "dogs/3.jpg": two,
        "dogs/4.jpg": three, "dogs/5.jpg": b"\xff\xd8\xff", "dogs/6.jpg": b"\xff\xd8\xff",
    }  # fmt: skip
    number, progress = begun(store), Progress()
    assert run(store, lookout, number, files, progress)
    told = {item.file: (item.outcome, item.code) for item in report(store, number)}
    assert told == {
        "cats/1.jpg": ("added", None),
        "cats/2.jpg": ("already-there", None),
        "cats/3.jpg": ("set-aside", "two-labels"),
        "dogs/3.jpg": ("set-aside", "two-labels"),
        "dogs/4.jpg": ("added", None),
        "dogs/5.jpg": ("refused", "undecodable-image"),
        "dogs/6.jpg": ("refused", "undecodable-image"),
    }
    assert (progress.done, progress.total) == (7, 7)
    assert sorted(item.item for item in report(store, number)) == list(range(7))


def test_one_that_was_stopped_goes_on(
    store: Store, lookout: OneLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 5)
    files = folder_of("cats", "chelsea", 12)
    number, progress = begun(store), Progress()

    def stop() -> None:
        progress.stop = progress.done >= 5

    progress.report = stop
    assert not run(store, lookout, number, files, progress)
    before = report(store, number)
    assert 5 <= len(before) < 12 and len(rows(store)) == len(before)
    looked, meet = [], lookout.meet

    async def counted(*given: Any) -> Any:
        looked.append(given)
        return await meet(*given)

    monkeypatch.setattr(lookout, "meet", counted)
    assert run(store, lookout, number, files)
    assert len(looked) == 12 - len(before)
    assert sorted(item.file for item in report(store, number)) == sorted(files)
    assert {item.outcome for item in report(store, number)} == {"added"}
    assert len(rows(store)) == 12


def test_what_is_there_is_not_looked_at_again(
    store: Store, lookout: OneLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = folder_of("cats", "chelsea", 4)
    run(store, lookout, begun(store), files)
    monkeypatch.setattr(lookout, "meet", None)
    number = begun(store)
    assert run(store, lookout, number, files)
    assert {item.outcome for item in report(store, number)} == {"already-there"}


def test_outcomes_are_there_if_and_only_if_the_photos_are(
    store: Store, lookout: OneLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(c: Any, number: int, items: Any) -> None:
        raise RuntimeError("in the middle of the transaction")

    number = begun(store)
    add_items = imports.add_items
    calls = itertools.count()

    def add(c: Any, number: int, items: Any) -> None:
        (add_items if next(calls) == 0 else broken)(c, number, items)

    monkeypatch.setattr(imports, "add_items", add)
    with pytest.raises(RuntimeError):
        run(store, lookout, number, folder_of("cats", "chelsea", 3))
    assert rows(store) == {} and report(store, number) == []


def test_photos_ahead_hold_only_so_many_bytes(
    store: Store, lookout: OneLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = folder_of("cats", "chelsea", 12)
    largest = max(map(len, files.values()))
    monkeypatch.setattr(importing, "AHEAD_BYTES", 2 * largest)
    under_way: list[int] = []
    most, meet = [0], Importing._meet

    async def counted(self: Importing[Any], lot: Lot[Any]) -> Any:
        under_way.append(lot.size)
        most[0] = max(most[0], sum(under_way))
        try:
            return await meet(self, lot)
        finally:
            under_way.remove(lot.size)

    monkeypatch.setattr(Importing, "_meet", counted)
    assert run(store, lookout, begun(store), files)
    assert largest < most[0] <= 2 * largest


# The flowers that are known by their features


def test_copies_of_shipped_flowers_take_their_places(store: Store, lookout: OneLoop) -> None:
    """Re-encoded, as TensorFlow's own files are; none that was learned from gets into the exam."""
    shipped.seed(store)
    before = rows(store, "flowers")
    known = {}
    for path in sorted(shared("flower_photos").glob("*/*.jpg"))[::40]:
        content = path.read_bytes()
        sha256 = hashlib.sha256(content).hexdigest()
        if sha256 in before:
            known[f"{path.parent.name}/{path.name}"] = (before[sha256], content)
    assert len(known) > 30
    files = {}
    for name, (_, content) in known.items():
        photo = decode.loaded(decode.inspect(content, Limits()), 10_000)
        files[name] = encode(np.asarray(photo.convert("RGB")), quality=88)
    number = begun(store, "flowers")
    assert run(store, lookout, number, files, model="flowers")
    after = {image.number: image for image in rows(store, "flowers").values()}
    assert len(after) == len(before)
    outcomes = {item.file: item for item in report(store, number)}
    came = 0
    for name, (image, _) in known.items():
        now = after[image.number]
        assert (now.label, now.split, now.group) == (image.label, image.split, image.group)
        came += now.present and now.sha256 == outcomes[name].sha256
        assert outcomes[name].outcome == "added"
    assert came == len(known)
