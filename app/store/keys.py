"""Keys that open the server to others: long random secrets, of which only hashes are kept.

`keys.json` and `session.secret` in the data folder can be read by their owner alone. A key has a
role; so far there is one, `admin`, and room for more.
"""

import hashlib
import hmac
import json
import os
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from app.durable import sync

PREFIX = "blomst"
SESSION_SECONDS = 30 * 24 * 3600

_NOBODY = "0" * 64
_LONGEST = 200


class KeysDamaged(Exception):
    """The file of keys cannot be read; the message says why."""


@dataclass(frozen=True)
class Key:
    """`id` may be shown; `sha256` is of the whole key, in hexadecimal."""

    id: str
    role: str
    sha256: str


class Keys:
    """The keys of one data folder, and the sessions that were opened with them."""

    def __init__(self, folder: Path, now: Callable[[], float] = time.time) -> None:
        self._file = folder / "keys.json"
        self._now = now
        self._keys = self._read()
        self._secret = _secret_of(folder / "session.secret")

    def __len__(self) -> int:
        return len(self._keys)

    def create(self, role: str = "admin") -> str:
        """A new key, on disk as its hash before it is returned. It cannot be shown again."""
        name = secrets.token_hex(4)
        key = f"{PREFIX}_{name}_{secrets.token_urlsafe(32)}"
        kept = {**self._read(), name: Key(name, role, _sha256(key.encode()))}
        _write_private(
            self._file, json.dumps([asdict(k) for k in kept.values()], indent=1).encode()
        )
        self._keys = kept
        return key

    def find(self, presented: bytes) -> Key | None:
        """The key that these bytes are, in the same time whether or how they are wrong."""
        name = presented[: len(PREFIX) + 9].decode("latin-1").removeprefix(PREFIX + "_")
        self._read_if_changed()
        key = self._keys.get(name)
        given = _sha256(presented[:_LONGEST])
        same = hmac.compare_digest(given, key.sha256 if key else _NOBODY)
        return key if same else None

    def open_session(self, key: Key) -> str:
        """What a browser keeps in place of the key: whose it is, how long it lasts, signed."""
        told = f"{key.id}.{int(self._now()) + SESSION_SECONDS}"
        return f"{told}.{self._sign(told)}"

    def find_session(self, cookie: str) -> Key | None:
        """The key a session was opened with, while both are valid."""
        told, _, signature = cookie.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._sign(told).encode()):
            return None
        self._read_if_changed()
        name, _, until = told.partition(".")
        return self._keys.get(name) if int(until) > self._now() else None

    def _sign(self, told: str) -> str:
        return hmac.new(self._secret, told.encode("utf-8", "replace"), "sha256").hexdigest()

    def _read_if_changed(self) -> None:
        """A key may have been made or removed by another process just now."""
        if self._stamp() != self._seen:
            self._keys = self._read()

    def _stamp(self) -> int:
        try:
            return self._file.stat().st_mtime_ns
        except OSError:
            return 0

    def _read(self) -> dict[str, Key]:
        self._seen = self._stamp()
        try:
            kept = [Key(**each) for each in json.loads(self._file.read_bytes())]
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError) as error:
            raise KeysDamaged(f"cannot read {self._file}: {error}") from error
        return {key.id: key for key in kept}


def _secret_of(file: Path) -> bytes:
    """Made on first use. A short or missing one is made anew: it only ends the sessions."""
    try:
        secret = file.read_bytes()
    except FileNotFoundError:
        secret = b""
    if len(secret) != 32:
        secret = secrets.token_bytes(32)
        _write_private(file, secret)
    return secret


def _write_private(file: Path, content: bytes) -> None:
    """Whole or not at all, and from its first moment for the owner only."""
    aside = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        aside.rename(file)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    sync(file.parent)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
