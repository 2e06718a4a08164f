"""What a trainer saw in photos, put away as it goes: a cancel or a crash costs little of it.

`looked/<any>.<view>.safetensors` in the folder of an attempt: features in 8 bits, and whose.
"""

import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path

from app.store.kept import Kept, Row
from app.vision.engine import Floats
from app.vision.features import TableDamaged, digests, pack, quantise, unpack

_FOLDER = "looked"
_END = ".safetensors"


def put(folder: Path, view: str, sha256s: Sequence[str], features: Floats) -> None:
    """Of some photos, n x 1280. What lies there under its name is whole."""
    place = folder / _FOLDER
    place.mkdir(exist_ok=True)
    name = f"{secrets.token_hex(6)}.{view}{_END}"
    aside = place / f".{name}"
    aside.write_bytes(pack(*quantise(features), sha256=digests(sha256s)))
    aside.replace(place / name)


def keep(kept: Kept, folder: Path) -> int:
    """Moves it to the features that are kept. How many there were."""
    count = 0
    for file, view in _files(folder):
        try:
            found = unpack(file.read_bytes())
            names = [digest.tobytes().hex() for digest in found["sha256"]]
        except (TableDamaged, KeyError):
            continue  # a power failure between writing and syncing; it is seen once more
        scales = found["scales"].tolist()
        kept.put(view, {n: Row(found["rows"][at], scales[at]) for at, n in enumerate(names)})
        file.unlink()
        count += len(names)
    return count


def _files(folder: Path) -> Iterator[tuple[Path, str]]:
    for file in sorted((folder / _FOLDER).glob(f"*{_END}")):
        if not file.name.startswith("."):
            yield file, file.name.removesuffix(_END).partition(".")[2]
