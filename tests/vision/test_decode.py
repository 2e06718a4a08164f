"""The one door for image bytes: what pixels become, and what never happens behind it."""

import io
import json
import struct
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from app import errors
from app.vision import avif
from app.vision.decode import Box, Limits, inspect, look_at
from tests.photos import encode, packaged
from tests.web import hostile
from tests.web.hostile import chunk, ihdr, png

ROOT = Path(__file__).parents[2]
RED, GREEN = (255, 0, 0), (0, 255, 0)
Pixel = tuple[int, ...]


def seen(content: bytes, box: Box | None = None) -> NDArray[np.uint8]:
    return look_at(inspect(content, Limits()), box).square


def saved(mode: str, pixel: int | Pixel, kind: str = "PNG", **options: object) -> bytes:
    """A picture of 16 x 16 equal pixels."""
    out = io.BytesIO()
    Image.new(mode, (16, 16), pixel).save(out, kind, **options)
    return out.getvalue()


def palette(transparent: int | None = None) -> bytes:
    image = Image.new("P", (16, 16), 1)
    image.putpalette([*GREEN, *RED])
    out = io.BytesIO()
    image.save(out, "PNG", **({} if transparent is None else {"transparency": transparent}))
    return out.getvalue()


def deep_grey(*chunks: bytes) -> bytes:
    return png(ihdr(16, 16, 16), *chunks, pixels=(b"\0" + b"\xab\xcd" * 16) * 16)


CONVERSIONS: list[tuple[str, bytes, Pixel]] = [
    ("grey", saved("L", 77), (77, 77, 77)),
    ("16-bit grey: the high byte", deep_grey(), (0xAB, 0xAB, 0xAB)),
    ("16-bit grey, transparent", deep_grey(chunk(b"tRNS", b"\xab\xcd")), (255, 255, 255)),
    ("1-bit white", saved("1", 1), (255, 255, 255)),
    ("1-bit black", saved("1", 0), (0, 0, 0)),
    ("palette", palette(), RED),
    ("palette, another is transparent", palette(0), RED),
    ("palette, transparent", palette(1), (255, 255, 255)),
    ("RGB with a transparent colour", saved("RGB", RED, transparency=RED), (255, 255, 255)),
    ("grey and alpha: over white", saved("LA", (0, 51)), (204, 204, 204)),
    ("RGBA: over white", saved("RGBA", (255, 0, 0, 51)), (255, 204, 204)),
    ("RGBA, transparent", saved("RGBA", (9, 9, 9, 0)), (255, 255, 255)),
    ("WebP, RGBA", saved("RGBA", (255, 0, 0, 51), "WEBP", lossless=True), (255, 204, 204)),
    ("CMYK", saved("CMYK", (0, 255, 255, 0), "JPEG", quality=100), (254, 0, 0)),
]


@pytest.mark.parametrize(
    ("content", "pixel"), [pytest.param(c, p, id=name) for name, c, p in CONVERSIONS]
)
def test_every_kind_of_pixel_becomes_the_documented_colour(content: bytes, pixel: Pixel) -> None:
    square = seen(content)
    assert square.shape == (224, 224, 3)
    assert np.abs(square.astype(int) - pixel).max() <= 1


@pytest.mark.parametrize("side", [0.02, 0.3, 1.0])
def test_a_box_shows_the_same_in_a_jpeg_that_is_decoded_small(side: float) -> None:
    big = np.asarray(Image.fromarray(packaged("coffee")).resize((4500, 3000)))
    box = Box(0.4, 0.3, side) if side < 1 else Box(0.1, 0, side)
    exact = seen(encode(big, "PNG", compress_level=1), box).astype(int)
    drafted = seen(encode(big, "JPEG", quality=95), box)
    assert np.abs(exact - drafted).mean() < 4


def test_the_smallest_box_of_the_largest_jpeg_is_not_decoded_whole() -> None:
    content = hostile.flat_jpeg(7000, 7000, in_one_scan=True)
    photo = inspect(content, Limits(), Box(0, 0, 0.01))
    look_at(photo, Box(0, 0, 0.01))
    assert photo.image.size == (3500, 3500)
    assert photo.cost_mb > 32


def test_scans_after_the_end_of_the_picture_do_not_count() -> None:
    """A phone's motion photo has a film after its picture."""
    photo = encode(packaged("chelsea"), progressive=True)
    seen(photo + b"\xff\xda" * 10_000)


def test_an_avif_that_says_it_is_small_is_measured_by_what_it_holds() -> None:
    liar = hostile.avif_that_lies(1000, 100)
    assert Image.open(io.BytesIO(liar)).size == (100, 100)
    assert avif.planes_bytes(liar) == 1_500_000
    with pytest.raises(errors.ImageTooManyPixels):
        inspect(liar, Limits(decode_mb=1))


def test_foreign_bytes_are_told_within_milliseconds() -> None:
    """I36: another decoder's 284 bytes took 2.3 s and 429 MB."""
    started = time.perf_counter()
    with pytest.raises(errors.UnsupportedImageType):
        inspect(b"BLP2" + bytes(280), Limits())
    assert time.perf_counter() - started < 0.005


WATCHED = """
import json, subprocess, sys
seen = []
WATCH = ("subprocess", "os.system", "os.exec", "os.posix_spawn", "os.fork", "socket.", "urllib")
sys.addaudithook(lambda event, args: seen.append(event) if event.startswith(WATCH) else None)
from app import errors
from app.vision.decode import Limits, inspect, look_at
counts = {}
for content in json.load(sys.stdin):
    try:
        look_at(inspect(content.encode("latin-1"), Limits()))
    except errors.Problem as problem:
        counts[problem.code] = counts.get(problem.code, 0) + 1
before = list(seen)
subprocess.run(["true"])
print(json.dumps([counts, before, seen]))
"""


def test_no_file_starts_a_program_or_opens_a_connection() -> None:
    """I34: Pillow can call Ghostscript for EPS; here nothing but our four formats is opened."""
    link = b'<image href="http://169.254.169.254/"/>'
    foreign = [
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(%pipe%id) (r) file\n",
        b"\xc5\xd0\xd3\xc6" + bytes(60),
        b"%PDF-1.7\n/URI (http://169.254.169.254/)",
        b"<svg xmlns='http://www.w3.org/2000/svg'>" + link + b"</svg>",
        b"push graphic-context\nimage over 0,0 0,0 'https://example.com/x|ls'",
        b"BLP2" + bytes(280),
        b"BM" + bytes(60),
    ]
    ours = [saved("RGB", RED, kind) for kind in ("JPEG", "PNG", "WEBP", "AVIF")]
    done = subprocess.run(
        [sys.executable, "-c", WATCHED], cwd=ROOT, check=True, capture_output=True, text=True,
        input=json.dumps([content.decode("latin-1") for content in foreign + ours]),
    )  # fmt: skip
    counts, before, after = json.loads(done.stdout)
    assert counts == {"unsupported-image-type": len(foreign)}
    assert before == []
    assert "subprocess.Popen" in after  # so the hook would have seen it


def test_a_hostile_file_writes_nothing_to_the_log() -> None:
    """Pillow warns of each broken EXIF tag in the file's own words."""
    tags = b"".join(struct.pack("<HHII", tag, 2, 30_000, 14) for tag in range(2, 1000))
    broken = b"Exif\0\0II*\0" + struct.pack("<IH", 8, 998) + tags + bytes(50_000)
    content = hostile.with_segments(saved("RGB", RED, "JPEG"), hostile.segment(0xE1, broken))
    script = """
import sys
from app.vision.decode import Limits, inspect, look_at
look_at(inspect(sys.stdin.buffer.read(), Limits()))
"""
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, input=content)
    assert done.stderr == b""
    with pytest.warns(UserWarning, match="larger than file") as warned:
        Image.open(io.BytesIO(content)).getexif()
    assert len(warned) > 900
