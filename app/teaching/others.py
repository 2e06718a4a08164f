"""Makes a set of "not these" from a folder of photos: features in 8 bits, and where they are from.

    python -m app.teaching.others FOLDER OUT --source WHERE --licence NAME

writes `OUT.safetensors` and `OUT.json`. The photos with the lowest SHA-256 are taken, so the same
folder gives the same set.
"""

import argparse
import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from app.settings import Settings
from app.teaching import record
from app.teaching.looking import Looker
from app.vision import network, others
from app.vision.arrival import Sight
from app.vision.engine import Engine
from app.vision.features import digests, pack, quantise
from app.vision.recipe import RECIPE

FORMAT = 1
HOW = "the {count} photos of the lowest SHA-256 of {of}, looked at once, features in 8 bits"


def make(folder: Path, out: Path, looker: Looker, source: str, licence: str) -> int:
    """How many photos the set has. Raises FileNotFoundError when none can be read."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    found = [one for one in looker.first(files, lambda done, of: None) if isinstance(one, Sight)]
    sights = list({one.sha256: one for one in found}.values())
    if not sights:
        raise FileNotFoundError(str(folder))
    chosen = [sights[at] for at in others.lowest(digests([one.sha256 for one in sights]))]
    rows, scales = quantise(np.stack([one.features for one in chosen]))
    content = pack(rows, scales)
    features = out.with_suffix(".safetensors")
    features.write_bytes(content)
    manifest = {
        "format": FORMAT,
        "photos": len(chosen),
        "source": source,
        "licence": licence,
        "made": HOW.format(count=len(chosen), of=len(sights)),
        "backbone": RECIPE.id,
        "features": {"file": features.name, "sha256": hashlib.sha256(content).hexdigest()},
    }
    out.with_suffix(".json").write_text(record.dumps(manifest), "utf-8")
    return len(chosen)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser("python -m app.teaching.others")
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--source", required=True)
    parser.add_argument("--licence", required=True)
    chosen = parser.parse_args(arguments)
    settings = Settings.from_environment()
    made = network.prepare(settings.data / "derived", beforehand=settings.prepared)
    workers = settings.parallel()
    looker = Looker(Engine(made.content, workers), settings.limits(), workers)
    make(chosen.folder, chosen.out, looker, chosen.source, chosen.licence)
    return 0


if __name__ == "__main__":
    sys.exit(main())
