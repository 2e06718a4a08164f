"""kill -9 in the middle of every step of teaching: what was acknowledged is there, what was begun
ends by itself, and one whole version answers. Of uploads see also web/test_acknowledged.py."""

import contextlib
import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.vision.network import Network
from tests.killing import MODEL, Json, Killed
from tests.teaching.tiles import tiles
from tests.teaching.zips import zipped
from tests.web.photographs import different

PHOTO = tiles("coffee", 1)[0]
OVER = ("succeeded", "failed", "cancelled")
LAST = ("examining", "going-live")


@pytest.fixture(scope="module")
def server(
    prepared: Network, data_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Killed]:
    """With two labels that can be trained."""
    server = Killed(tmp_path_factory.mktemp("killed"), data_folder / "derived")
    made = server.client.post("/models", json={"name": MODEL, "labels": ["coffee", "flower"]})
    assert made.status_code == 201, made.text
    for label in ("coffee", "flower"):
        server.add(label, tiles(label, 12))
    yield server
    server.stop()


def over(told: Json) -> bool:
    return told["state"] in OVER


def test_a_run_goes_on_through_kills_while_it_waits_and_while_it_learns(server: Killed) -> None:
    run = server.train(seed=1, epochs=60)
    server.kill_and_start()
    server.until(f"/runs/{run}", lambda told: told["phase"] == "learning")
    server.kill_and_start()
    server.check(PHOTO)
    ended = server.until(f"/runs/{run}", over)
    assert ended["state"] == "succeeded", ended
    assert ended["version"]
    server.check(PHOTO)


def test_a_run_outlives_its_trainer_and_then_its_server_on_the_way_to_going_live(
    server: Killed,
) -> None:
    run = server.train(seed=2, epochs=60)
    server.until(f"/runs/{run}", lambda told: told["phase"] == "learning")
    assert server.kill_trainer()
    server.until(f"/runs/{run}", lambda told: told["phase"] in LAST or over(told))
    server.kill_and_start()
    server.check(PHOTO)
    ended = server.until(f"/runs/{run}", over)
    assert (ended["state"], ended["attempt"] in (2, 3)) == ("succeeded", True), ended
    server.check(PHOTO)


def test_a_trainer_that_is_killed_every_time_fails_and_leaves_all_as_it_was(
    server: Killed,
) -> None:
    before = server.get(f"/models/{MODEL}/versions")["items"]
    run = server.train(seed=3)
    while not over(server.get(f"/runs/{run}")):
        server.kill_trainer()
        time.sleep(0.05)
    ended = server.get(f"/runs/{run}")
    assert (ended["state"], ended["attempt"], ended["version"]) == ("failed", 3, None)
    assert ended["problem"]["detail"]
    assert server.get(f"/models/{MODEL}/versions")["items"] == before
    server.check(PHOTO)


@pytest.mark.parametrize("after", [0, 40])
def test_a_zip_is_taken_in_though_its_server_was_killed(server: Killed, after: int) -> None:
    photos = {f"flower/{n}.jpg": different(1000 * after + n) for n in range(120)}
    zip_type = {"Content-Type": "application/zip"}
    sent = server.client.post(f"/models/{MODEL}/imports", content=zipped(photos), headers=zip_type)
    assert sent.status_code == 202
    address = f"/imports/{sent.json()['import']}"
    server.until(address, lambda told: told["done"] >= after)
    server.kill_and_start()
    ended = server.until(address, over)
    assert (ended["state"], ended["done"], ended["refused"]) == ("succeeded", 120, 0), ended
    assert ended["added"] + ended["set_aside"] + ended["already_there"] == 120
    server.check(PHOTO)


def test_a_server_killed_between_versions_answers_by_one_of_them(server: Killed) -> None:
    while len(server.get(f"/models/{MODEL}/versions")["items"]) < 2:
        server.until(f"/runs/{server.train(seed=4, epochs=5)}", over)
    for turn in range(3):
        asking = threading.Thread(target=go_back_and_forth, args=(server,))
        asking.start()
        time.sleep(0.1 + 0.15 * turn)
        server.kill()
        asking.join()
        server.start()
        server.check(PHOTO)


def go_back_and_forth(server: Killed) -> None:
    """From version to version until nobody answers any more."""
    with contextlib.suppress(httpx.HTTPError, RuntimeError):
        for turn in range(10_000):
            version = {"version": 1 + turn % 2}
            assert server.client.put(f"/models/{MODEL}/live", json=version).status_code == 200


def test_photos_that_were_acknowledged_outlive_a_kill(server: Killed) -> None:
    adding = threading.Thread(target=add_many, args=(server, 500_000))
    adding.start()
    time.sleep(1)
    server.kill()
    adding.join()
    server.start()
    server.check(PHOTO)


def add_many(server: Killed, first: int) -> None:
    with contextlib.suppress(httpx.HTTPError, RuntimeError):
        for number in range(first, first + 400, 4):
            server.add("flower", [different(number + more) for more in range(4)])


@pytest.mark.slow
def test_fifty_kills_at_any_moment(server: Killed) -> None:
    chance = random.Random(5)
    for kill in range(50):
        adding = threading.Thread(target=add_many, args=(server, 1_000_000 + 1000 * kill))
        waiting = [
            run for run in server.get(f"/models/{MODEL}/runs")["items"] if run["state"] not in OVER
        ]
        if not waiting:
            server.train(seed=100 + kill)
        adding.start()
        time.sleep(chance.uniform(0, 8))
        if chance.random() < 0.3:
            server.kill_trainer()
            time.sleep(chance.uniform(0, 2))
        server.kill()
        adding.join()
        server.start()
        server.check(PHOTO)
    for run in server.get(f"/models/{MODEL}/runs")["items"]:
        ended = server.until(f"/runs/{run['run']}", over)
        assert ended["state"] == "succeeded" or ended["attempt"] == 3, ended
    server.check(PHOTO)
