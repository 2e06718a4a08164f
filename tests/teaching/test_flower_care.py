"""Photo care on real photos: known faults and planted ones are found."""

import asyncio
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from app.store import images
from app.store.folder import DataFolder
from app.store.store import Store
from app.teaching import caring
from app.teaching.analyses import Analyses
from app.teaching.care import care
from app.teaching.caring import Care
from app.teaching.inspected import Inspected
from app.vision.features import Table
from app.vision.network import Network
from app.vision.recipe import RECIPE
from tests.conftest import ROOT
from tests.photos import shared
from tests.vision.test_curation import DOUBLED, NO_TULIP, mislabelled
from tests.vision.test_ridge import FLOWERS

MODEL = "garden"


def test_nine_of_ten_wrong_labels_are_among_the_first_doubts() -> None:
    table, wrong = mislabelled(Table.load(FLOWERS.read_bytes()), 0.05, 11)
    told = care(Inspected(table, {}, len(table), {}), lambda phase, **_: None)
    first = {one["sha256"] for one in told["doubts"][: round(0.08 * len(table))]}
    planted = {table.sha256[at].tobytes().hex() for at in wrong}
    assert len(first & planted) >= 0.9 * len(planted)


def test_labels_with_too_few_photos_doubt_nothing() -> None:
    table = Table.load(FLOWERS.read_bytes())
    few = replace(table.take(table.label == 0), label=table.label[table.label == 0] * 0)
    told = care(Inspected(few, {}, len(few), {}), lambda phase, **_: None)
    assert (told["judged"], told["doubts"], told["leak"]) == (0, [], None)


@pytest.fixture(scope="module")
def garden(
    prepared: Network, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Store, Path]]:
    """The photos imported by their folders, with two copies of roses among the tulips."""
    place = tmp_path_factory.mktemp("garden")
    photos, data = place / "photos", place / "data"
    shutil.copytree(shared("flower_photos"), photos)
    roses = sorted((photos / "roses").glob("*.jpg"))
    shutil.copy(roses[200], photos / "tulips" / "same.jpg")
    with Image.open(roses[100]) as rose:
        rose.save(photos / "tulips" / "again.jpg", quality=60)
    (data / "derived").mkdir(parents=True)
    command = [sys.executable, "-m", "app", "import", str(photos), "--model", MODEL]
    subprocess.run([*command, "--data", str(data)], cwd=ROOT, check=True, capture_output=True)
    folder = DataFolder(data)
    folder.open()
    store = Store.open(folder, RECIPE.id)
    yield store, roses[100]
    store.close()
    folder.close()


async def _looked_over(store: Store) -> dict[str, Any]:
    analyses = Analyses(store)
    await analyses.start()
    try:
        while True:
            told = await analyses.ask(MODEL, "care")
            assert not told.failed
            if told.found is not None and told.current:
                return told.found.result
            await asyncio.sleep(0.2)
    finally:
        await analyses.stop()


@pytest.mark.slow
def test_known_and_planted_faults_of_the_flower_photos_are_found(
    garden: tuple[Store, Path],
) -> None:
    store, rose = garden
    found = asyncio.run(asyncio.wait_for(_looked_over(store), 300))
    open_points: Care = caring.open_points(store, MODEL, found)
    troubled = [{one.filename for one in lot.images} for lot in open_points.troubles]
    assert troubled == [{"again.jpg", rose.name}]
    assert [sorted(label for label, _ in one.came) for one in open_points.torn] == [
        ["roses", "tulips"]
    ]
    doubled = [[Path(file).name for _, file in one.came] for one in open_points.twice]
    numbers = {name.partition("_")[0] for names in doubled for name in names}
    assert numbers >= set(DOUBLED)
    first = {one.image.filename for one in open_points.doubts[:80]}
    assert len(first & set(NO_TULIP)) >= 5
    assert open_points.unreadable == []
    with store.database.read() as c:
        assert len(list(images.stream(c, MODEL))) == open_points.photos
