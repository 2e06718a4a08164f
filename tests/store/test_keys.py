"""Keys: found when right, and in no other way."""

import hashlib
import json
import stat
from pathlib import Path

import pytest

from app.store.keys import SESSION_SECONDS, Keys, KeysDamaged


def test_a_key_is_found_and_only_its_hash_is_kept(tmp_path: Path) -> None:
    key = Keys(tmp_path).create()
    again = Keys(tmp_path)
    found = again.find(key.encode())
    assert found is not None and found.role == "admin"
    kept = (tmp_path / "keys.json").read_text()
    assert key not in kept and key.split("_", 2)[2] not in kept
    assert json.loads(kept)[0]["sha256"] == hashlib.sha256(key.encode()).hexdigest()


def test_what_is_kept_can_be_read_by_its_owner_alone(tmp_path: Path) -> None:
    Keys(tmp_path).create()
    for name in ("keys.json", "session.secret"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "wrong", [b"", b"blomst_", b"x" * 10_000, "nøkkel".encode(), b"\xff\xfe", b"blomst_00000000_x"]
)
def test_what_is_not_a_key_is_not_found(tmp_path: Path, wrong: bytes) -> None:
    keys = Keys(tmp_path)
    key = keys.create().encode()
    assert keys.find(wrong) is None
    assert keys.find(key[:-1]) is None
    assert keys.find(key + b"x") is None
    assert keys.find(key[:-1] + bytes([key[-1] ^ 1])) is None


def test_a_key_made_by_another_process_is_taken_at_once(tmp_path: Path) -> None:
    serving = Keys(tmp_path)
    first = serving.create()
    second = Keys(tmp_path).create()
    assert serving.find(second.encode()) is not None
    third = serving.create()
    every = Keys(tmp_path)
    assert all(every.find(key.encode()) for key in (first, second, third))


def test_a_session_lasts_its_time_and_not_longer(tmp_path: Path) -> None:
    now = 1_000_000.0
    keys = Keys(tmp_path, now=lambda: now)
    key = keys.find(keys.create().encode())
    assert key is not None
    cookie = keys.open_session(key)
    assert Keys(tmp_path, now=lambda: now).find_session(cookie) == key
    now += SESSION_SECONDS - 1
    assert keys.find_session(cookie) == key
    now += 2
    assert keys.find_session(cookie) is None


def test_a_session_cannot_be_made_up_or_prolonged(tmp_path: Path) -> None:
    keys = Keys(tmp_path)
    key = keys.find(keys.create().encode())
    assert key is not None
    name, until, signature = keys.open_session(key).split(".")
    for forged in (
        "",
        ".",
        "..",
        f"{name}.{int(until) + 1}.{signature}",
        f"{name}.{until}.{'0' * 64}",
        f"{name}.{until}.",
        f"ffffffff.{until}.{signature}",
        f"{name}.nonsense.{signature}",
    ):
        assert keys.find_session(forged) is None


def test_a_session_ends_with_its_key(tmp_path: Path) -> None:
    keys = Keys(tmp_path)
    key = keys.find(keys.create().encode())
    assert key is not None
    cookie = keys.open_session(key)
    (tmp_path / "keys.json").write_text("[]")
    assert Keys(tmp_path).find_session(cookie) is None


def test_a_damaged_file_of_keys_lets_nobody_in(tmp_path: Path) -> None:
    Keys(tmp_path).create()
    for damage in ("{", "[1]", '[{"id": 1}]'):
        (tmp_path / "keys.json").write_text(damage)
        with pytest.raises(KeysDamaged):
            Keys(tmp_path)
