"""The hardest files that are let in, each decoded in a process of its own that watches its peak."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from app.vision.decode import Limits

NEAREST = Image.Resampling.NEAREST
ROOT = Path(__file__).parents[2]

MEASURE = """
import io, json, sys
from pathlib import Path
from PIL import Image
from app.vision.decode import Box, Limits, inspect, look_at

def read(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024

for kind in ("JPEG", "PNG", "WEBP", "AVIF"):
    out = io.BytesIO()
    Image.new("RGB", (600, 600)).save(out, kind)
    look_at(inspect(out.getvalue(), Limits()))
content, box = Path(sys.argv[1]).read_bytes(), Box(0, 0, float(sys.argv[2]))
Path("/proc/self/clear_refs").write_text("5")
before = read("VmRSS")
photo = inspect(content, Limits(), box)
look_at(photo, box)
print(json.dumps([photo.cost_mb, read("VmHWM") - before]))
"""


def picture(mode: str, side: int) -> Image.Image:
    """Large bands of colour and a slope of transparency: quick to write, and small."""
    rows, columns = np.mgrid[0:256, 0:256]
    bands = ((rows + columns) % 256).astype(np.uint8)
    if mode == "I;16":
        return Image.fromarray(bands.astype(np.uint16) << 8).resize((side, side), NEAREST)
    image = Image.fromarray(np.stack([bands, bands.T, 255 - bands], axis=-1))
    if mode in ("RGBA", "LA"):
        image.putalpha(Image.fromarray(columns.astype(np.uint8)))
    image = image.quantize(64) if mode == "P" else image.convert(mode)
    return image.resize((side, side), NEAREST)


QUICK: dict[str, Any] = {"compress_level": 1}
MOVING: dict[str, Any] = {
    "save_all": True, "disposal": 1, "append_images": [Image.new("RGBA", (3110, 3110), "green")]
}  # fmt: skip
LOSSLESS: dict[str, Any] = {"lossless": True, "method": 0, "quality": 0}
HARDEST: list[tuple[str, str, int, str, dict[str, Any]]] = [
    ("PNG RGB", "RGB", 6250, "PNG", QUICK),
    ("PNG RGBA", "RGBA", 3600, "PNG", QUICK),
    ("PNG animation", "RGBA", 3110, "PNG", {**MOVING, **QUICK}),
    ("PNG grey and alpha", "LA", 3600, "PNG", QUICK),
    ("PNG 16-bit", "I;16", 3750, "PNG", QUICK),
    ("PNG palette", "P", 5100, "PNG", QUICK),
    ("PNG palette, transparent", "P", 4150, "PNG", {"transparency": 3, **QUICK}),
    ("JPEG progressive 4:4:4", "RGB", 5060, "JPEG", {"progressive": True, "subsampling": 0}),
    ("JPEG progressive CMYK", "CMYK", 4350, "JPEG", {"progressive": True}),
    ("JPEG baseline, 50 megapixels", "RGB", 7071, "JPEG", {}),
    ("JPEG baseline CMYK, 50 megapixels", "CMYK", 7071, "JPEG", {}),
    ("WebP lossless", "RGB", 3130, "WEBP", LOSSLESS),
    ("WebP lossless with alpha", "RGBA", 2790, "WEBP", LOSSLESS),
    ("WebP lossy with alpha", "RGBA", 2790, "WEBP", {"method": 0}),
    ("AVIF", "RGB", 3980, "AVIF", {"speed": 10}),
    ("AVIF 4:4:4 with alpha", "RGBA", 2850, "AVIF", {"speed": 10, "subsampling": "4:4:4"}),
]


def peak(content: bytes, folder: Path, side: float = 1.0) -> tuple[float, float]:
    """Estimate and growth of the peak while a square of this side is looked at, in MB."""
    (folder / "photo").write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(folder / "photo"), str(side)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    estimate, grown = json.loads(done.stdout)
    return estimate, grown


@pytest.mark.skipif(sys.platform != "linux", reason="reads peaks from /proc")
@pytest.mark.parametrize(
    ("mode", "side", "kind", "options"),
    [
        pytest.param(mode, side, kind, options, id=name)
        for name, mode, side, kind, options in HARDEST
    ],
)
def test_the_hardest_file_of_each_kind_takes_what_was_estimated(
    mode: str, side: int, kind: str, options: dict[str, Any], tmp_path: Path
) -> None:
    out = io.BytesIO()
    picture(mode, side).save(out, kind, **options)
    assert len(out.getvalue()) < 15_000_000
    estimate, grown = peak(out.getvalue(), tmp_path)
    if kind != "JPEG" or options:
        assert 140 < estimate <= Limits().decode_mb  # so it is the hardest
    assert grown < estimate + 10
    assert grown < 200
    assert grown > estimate / 2 - 10


@pytest.mark.skipif(sys.platform != "linux", reason="reads peaks from /proc")
def test_the_smallest_box_of_the_largest_jpeg_takes_what_was_estimated(tmp_path: Path) -> None:
    out = io.BytesIO()
    picture("RGB", 7071).save(out, "JPEG")
    estimate, grown = peak(out.getvalue(), tmp_path, side=0.02)
    assert 40 < grown < estimate + 10 < 150


def test_ordinary_photos_of_twelve_megapixels_are_let_in(tmp_path: Path) -> None:
    """WebP is the exception: its decoder alone takes 16 bytes a pixel."""
    for mode, kind, options in [
        ("RGB", "JPEG", {}),
        ("RGB", "JPEG", {"progressive": True}),
        ("RGB", "PNG", QUICK),
        ("RGBA", "PNG", QUICK),
        ("RGB", "AVIF", {"speed": 10}),
    ]:
        out = io.BytesIO()
        Image.new(mode, (4032, 3024), "teal").save(out, kind, **options)
        assert peak(out.getvalue(), tmp_path)[0] < Limits().decode_mb
