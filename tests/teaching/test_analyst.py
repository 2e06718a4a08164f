"""A dataset is looked over by a process of its own; what it finds is told by the photos' hashes."""

import asyncio
from pathlib import Path

from app.store.folder import DataFolder
from app.store.store import Store
from app.teaching import shipped
from app.teaching.analyses import Analyses, Analysis
from app.vision.recipe import RECIPE


def test_the_flowers_that_came_along_are_looked_over(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    folder.open()
    store = Store.open(folder, RECIPE.id)
    shipped.seed(store)
    try:
        done = asyncio.run(asyncio.wait_for(_finished(store), 120))
    finally:
        store.close()
        folder.close()
    assert done.found is not None
    told = done.found.result
    assert told["photos"] == 2956 and told["unreadable"] == {}
    assert told["lots"] and all(
        len(sha256) == 64 for lot in told["lots"] for sha256 in lot["photos"]
    )
    suspects = told["doubts"][:20]
    assert all(one["label"] != one["suggested"] for one in suspects)
    assert [one["score"] for one in suspects] == sorted(one["score"] for one in suspects)


async def _finished(store: Store) -> Analysis:
    analyses = Analyses(store)
    await analyses.start()
    try:
        while True:
            found = await analyses.ask("flowers", "care")
            if found.current or found.failed:
                return found
            await asyncio.sleep(0.2)
    finally:
        await analyses.stop()
