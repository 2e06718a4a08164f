"""What was acknowledged is there: after hundreds at once, and after the server was killed."""

import asyncio
import hashlib
import sqlite3
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import httpx
import pytest

from app.vision.network import Network
from tests.conftest import serving
from tests.web.conftest import Own
from tests.web.photographs import different


async def send(url: str, photos: Iterable[tuple[str, bytes]]) -> list[tuple[bytes, int]]:
    """All at the same time; a status of 0 where no answer came."""

    async def one(client: httpx.AsyncClient, label: str, photo: bytes) -> tuple[bytes, int]:
        try:
            answer = await client.post(url, files={"images": photo}, data={"label": label})
        except httpx.HTTPError:
            return photo, 0
        return photo, answer.status_code

    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(limits=limits, timeout=120) as client:
        return await asyncio.gather(*(one(client, label, photo) for label, photo in photos))


def rows(data: Path, model: str) -> dict[str, str]:
    """Labels by SHA-256, read beside the server."""
    with sqlite3.connect(f"file:{data / 'blomst.db'}?mode=ro", uri=True) as c:
        asked = "SELECT sha256, label FROM images WHERE model = ? AND present"
        found = dict(c.execute(asked, (model,)).fetchall())
    c.close()
    return found


def objects(data: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in (data / "objects").rglob("*") if p.is_file()}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_five_hundred_times_the_same_photo_at_once_is_one(own: Own) -> None:
    own.client.post("/models", json={"name": "One", "labels": ["cat"]})
    photo = different(1)
    url = str(own.client.base_url.join("./models/one/images"))
    told = Counter(status for _, status in asyncio.run(send(url, [("cat", photo)] * 500)))
    assert told[201] == 1
    assert set(told) <= {200, 201, 503}
    assert rows(own.data, "one") == {sha256(photo): "cat"}
    assert list(objects(own.data)) == [sha256(photo)]


def test_five_hundred_photos_at_once_are_all_there_that_were_acknowledged(own: Own) -> None:
    own.client.post("/models", json={"name": "Many", "labels": ["cat", "dog"]})
    photos = [("cat" if at % 2 else "dog", different(10_000 + at)) for at in range(500)]
    url = str(own.client.base_url.join("./models/many/images"))
    told = asyncio.run(send(url, photos))
    assert {status for _, status in told} <= {201, 503}
    kept = {sha256(photo) for photo, status in told if status == 201}
    assert len(kept) > 100
    assert set(rows(own.data, "many")) == kept
    assert {name for name in objects(own.data) if name in rows(own.data, "many")} == kept


@pytest.mark.parametrize("after", [5, 80])
def test_what_was_acknowledged_outlives_a_killed_server(
    prepared: Network, data_folder: Path, tmp_path: Path, after: int
) -> None:
    """F01, F03 to F05: killed while photos come in, after so many answers."""
    made = str(data_folder / "derived")
    server = serving(tmp_path, BLOMST_PREPARED=made)
    labels = {sha256(p): label for label, p in _photos()}
    with server as url:
        httpx.post(f"{url}/api/v1/models", json={"name": "Own", "labels": ["cat", "dog"]})
        told = asyncio.run(_until_killed(server, f"{url}/api/v1/models/own/images", after))
    acknowledged = {sha256(photo) for photo, status in told if status == 201}
    assert after <= len(acknowledged) < len(labels)
    with serving(tmp_path, BLOMST_PREPARED=made) as url:
        images = f"{url}/api/v1/models/own/images"
        for name in acknowledged:
            image = httpx.get(f"{images}/{name}").json()
            assert image["label"] == labels[name]
            assert httpx.get(f"{images}/{name}/thumbnail").status_code == 200
        there = rows(tmp_path, "own")
        assert acknowledged <= set(there)
        kept = objects(tmp_path)
        assert all(sha256(content) == name for name, content in kept.items())  # nothing half
        assert set(there) <= set(kept)  # never a row without its file
        again = asyncio.run(send(images, _photos()))
        assert {status for _, status in again} <= {200, 201, 503}
        assert {s for p, s in again if sha256(p) in there} <= {200, 503}
    assert not list((tmp_path / "tmp").iterdir())


def test_photos_without_a_label_outlive_a_killed_server(
    prepared: Network, data_folder: Path, tmp_path: Path
) -> None:
    """SIGKILL while photos come in: none is half there, none that was acknowledged is gone."""
    made = str(data_folder / "derived")
    server = serving(tmp_path, BLOMST_PREPARED=made)
    with server as url:
        httpx.post(f"{url}/api/v1/models", json={"name": "Waste", "labels": ["glass", "paper"]})
        inbox = f"{url}/api/v1/models/waste/inbox"
        told = asyncio.run(_until_killed(server, inbox, 40, labelled=False))
    acknowledged = [sha256(photo) for photo, status in told if status == 201]
    assert 40 <= len(acknowledged) < len(_photos())
    with serving(tmp_path, BLOMST_PREPARED=made) as url:
        inbox = f"{url}/api/v1/models/waste/inbox"
        listed = httpx.get(inbox, params={"limit": 200}).json()["items"]
        assert {one["sha256"] for one in listed} >= set(acknowledged)
        for name in acknowledged:
            assert httpx.get(f"{inbox}/{name}/thumbnail").status_code == 200
            kept = tmp_path / "objects" / name[:2] / name
            assert sha256(kept.read_bytes()) == name
        taught = httpx.post(f"{inbox}/{acknowledged[0]}:teach", json={"label": "glass"})
        assert taught.json()["image"]["split"] == "train"


def _photos() -> list[tuple[str, bytes]]:
    return [("cat" if at % 2 else "dog", different(20_000 + at)) for at in range(160)]


async def _until_killed(
    server: serving, url: str, after: int, *, labelled: bool = True
) -> list[tuple[bytes, int]]:
    """Photos eight at a time, and SIGKILL when so many were acknowledged."""
    waiting, told = _photos(), []

    async def sender(client: httpx.AsyncClient) -> None:
        while waiting:
            label, photo = waiting.pop()
            said = {"label": label} if labelled else {}
            try:
                answer = await client.post(url, files={"images": photo}, data=said)
            except httpx.HTTPError:
                return
            told.append((photo, answer.status_code))
            if len(told) == after:
                server.process.kill()

    async with httpx.AsyncClient(timeout=30) as client:
        await asyncio.gather(*(sender(client) for _ in range(8)))
    return told
