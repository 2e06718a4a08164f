"""Every setting, read once from BLOMST_* variables into one frozen object."""

import ipaddress
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from app.vision.decode import Limits

PREFIX = "BLOMST_"

_SWITCH = {"0": False, "1": True, "no": False, "yes": True, "false": False, "true": True}


class SettingsError(Exception):
    """A variable is unknown or its value cannot be used; the message names it."""


def _setting(default: Any, says: str, least: float | None = None, *, secret: bool = False) -> Any:
    return field(default=default, repr=not secret, metadata={"says": says, "least": least})


@dataclass(frozen=True)
class Settings:
    data: Path = _setting(Path("data"), "folder for everything that is kept")
    prepared: Path | None = _setting(None, "folder with a network that was prepared before")
    host: str = _setting("127.0.0.1", "address to listen on; others than loopback need a key")
    port: int = _setting(8000, "port to listen on; 0 takes a free one", 0)
    hosts: tuple[str, ...] = _setting((), "names this server may be called by, with commas between")
    insecure_no_key: bool = _setting(False, "let everyone in on other addresses, without a key")
    key: str = _setting("", "key that commands show to a server which asks for one", secret=True)
    connections: int = _setting(512, "connections at one time; more are turned away", 1)
    workers: int = _setting(0, "photos looked at in parallel; 0 is one for each core", 0)
    queue: int = _setting(64, "photos that may wait; more are answered 503", 1)
    images: int = _setting(32, "photos in one request", 1)
    dataset_images: int = _setting(50, "photos in one request to a dataset", 1)
    image_mb: float = _setting(15.0, "size of one photo, in MB", 0.001)
    request_mb: float = _setting(64.0, "size of one request, in MB", 0.001)
    waiting_mb: float = _setting(256.0, "bodies held in memory at one time, in MB", 1)
    inbox_days: int = _setting(0, "days for which photos of marked answers are kept; 0 is off", 0)
    inbox_images: int = _setting(2000, "photos without a label that a model holds", 1)
    zip_mb: int = _setting(500, "size of a zip of photos, in MB", 1)
    zip_members: int = _setting(10_000, "files and folders in a zip of photos", 1)
    zip_unpacked_mb: int = _setting(2000, "size of a zip of photos when unpacked, in MB", 1)
    min_side: int = _setting(8, "shortest side of a photo, in pixels", 1)
    max_side: int = _setting(16_384, "longest side of a photo, in pixels", 8)
    megapixels: int = _setting(50, "pixels of a photo, in millions", 1)
    decode_mb: int = _setting(150, "memory that decoding one photo may take, in MB", 1)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Reads the BLOMST_* variables. Raises SettingsError: a typo must not pass silently."""
        known = {PREFIX + f.name.upper(): f for f in fields(cls)}
        given = {k: v for k, v in environ.items() if k.startswith(PREFIX)}
        for name in given:
            if name not in known and not name.startswith(PREFIX + "TEST_"):
                raise SettingsError(f"{name} is not a setting. There are: {', '.join(known)}")
        values = {known[n].name: _parse(n, v, known[n]) for n, v in given.items() if n in known}
        return cls(**values)

    @property
    def open_to_others(self) -> bool:
        """Whether it listens on more than loopback, or goes by a name that a proxy passes on."""
        return not is_loopback(self.host) or bool(self.hosts)

    @property
    def needs_key(self) -> bool:
        return self.open_to_others and not self.insecure_no_key

    def image_bytes(self) -> int:
        return int(self.image_mb * 1_000_000)

    def request_bytes(self) -> int:
        return int(self.request_mb * 1_000_000)

    def zip_bytes(self) -> int:
        return self.zip_mb * 1_000_000

    def limits(self) -> Limits:
        """What the decoder lets pass."""
        return Limits(
            min_side=self.min_side,
            max_side=self.max_side,
            megapixels=self.megapixels,
            decode_mb=self.decode_mb,
        )

    def parallel(self) -> int:
        """Threads that look at photos."""
        return self.workers or os.cpu_count() or 1


def is_loopback(host: str) -> bool:
    """Of an address, or the one name that always means this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _parse(name: str, value: str, setting: Any) -> Any:
    kind, least = type(setting.default), setting.metadata["least"]
    if setting.default is None or isinstance(setting.default, Path):
        return Path(value) if value else setting.default
    if isinstance(setting.default, str):
        return value
    if isinstance(setting.default, tuple):
        return tuple(part.strip().lower() for part in value.split(",") if part.strip())
    if isinstance(setting.default, bool):
        if value.lower() not in _SWITCH:
            raise SettingsError(f"{name} should be 0 or 1 ({setting.metadata['says']})")
        return _SWITCH[value.lower()]
    try:
        parsed = kind(value)
        if not math.isfinite(parsed):
            raise ValueError(value)
    except ValueError:
        raise SettingsError(f"{name} should be a number ({setting.metadata['says']})") from None
    if least is not None and not parsed >= least:
        raise SettingsError(f"{name} should be at least {least} ({setting.metadata['says']})")
    return parsed
