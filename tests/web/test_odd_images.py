"""BAD_INPUTS, image bytes: unusual files that must be answered all the same."""

import base64
import html
import io
import re
import struct
import zipfile
from collections.abc import Callable

import httpx
import numpy as np
import pytest
from PIL import Image

from tests.photos import encode, packaged
from tests.web import hostile
from tests.web.hostile import chunk, grey_png, ihdr, png, segment, with_segments

pytestmark = pytest.mark.usefixtures("alive_after")

Bytes = Callable[[], bytes]
SCRIPT = b"<script>alert(1)</script>"


def cat(kind: str = "JPEG", **options: object) -> bytes:
    return encode(packaged("chelsea"), kind, **options)


def cmyk(*, ycck: bool = False) -> bytes:
    out = io.BytesIO()
    Image.fromarray(packaged("chelsea")).convert("CMYK").save(out, "JPEG", keep_rgb=not ycck)
    return out.getvalue()


def two_pictures() -> bytes:
    out = io.BytesIO()
    first, second = (Image.fromarray(packaged(n)) for n in ("chelsea", "coffee"))
    first.save(out, "MPO", save_all=True, append_images=[second])
    return out.getvalue()


def moving_webp(frames: int) -> bytes:
    """An animation put together from one picture, so that making it is quick."""
    still = encode(np.full((16, 16, 3), 90, np.uint8), "WEBP", quality=10)[12:]
    frame = bytes(6) + struct.pack("<I", 15)[:3] * 2 + b"\x0a\0\0\0" + still
    piece = b"ANMF" + struct.pack("<I", len(frame)) + frame
    size = b"VP8X" + struct.pack("<II", 10, 2) + struct.pack("<I", 15)[:3] * 2
    body = size + b"ANIM" + struct.pack("<I", 6) + bytes(6) + piece * frames
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.html", SCRIPT)
    return out.getvalue()


def described() -> bytes:
    """EXIF with 60 KB of script where a description belongs."""
    return with_segments(cat(), segment(0xE1, hostile.exif([(0x010E, SCRIPT * 2400)])))


def junk_exif() -> bytes:
    return with_segments(cat(), segment(0xE1, b"Exif\0\0II*\0" + b"\xfe\x07" * 30_000))


ANSWERED: list[tuple[str, Bytes]] = [
    ("I14", lambda: grey_png(16, 16, chunk(b"iCCP", b"junk\0\0not zlib"))),
    ("I16-apng", lambda: hostile.animation(5000)),
    ("I16-webp", lambda: moving_webp(5000)),
    ("I23-400-scans", lambda: hostile.with_scans(cat(progressive=True), 400)),
    ("I24-cmyk", cmyk),
    ("I24-ycck", lambda: cmyk(ycck=True)),
    ("I26-description", described),
    ("I26-junk", junk_exif),
    ("I27", two_pictures),
    ("I28-16-bit", lambda: png(ihdr(16, 16, 16), pixels=(bytes(33) * 16))),
    ("I28-1-bit", lambda: png(ihdr(16, 16, 1), pixels=(bytes(3) * 16))),
    ("I29-least", lambda: grey_png(8, 8)),
    ("I38-jpeg-html", lambda: cat() + SCRIPT),
    ("I38-png-zip", lambda: cat("PNG") + zipped()),
    ("I38-jpeg-js", lambda: with_segments(cat(), segment(0xFE, b"*/=1;alert(1)/*"))),
    ("baseline-50-megapixels", lambda: hostile.flat_jpeg(7000, 7000, in_one_scan=True)),
    ("jpeg-scan-each-channel", lambda: hostile.flat_jpeg(640, 480)),
    ("avif-says-smaller", lambda: hostile.avif_that_lies(1000, 100)),
]


@pytest.mark.parametrize("content", [pytest.param(make, id=row) for row, make in ANSWERED])
def test_what_is_odd_but_a_photo_is_answered(client: httpx.Client, content: Bytes) -> None:
    answer = client.post("/api/v1/predict", files={"images": content()})
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["results"][0]["models"][0]["predictions"]) == 5
    assert answer.elapsed.total_seconds() < 1


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(cmyk, id="I24"),
        pytest.param(two_pictures, id="I27"),
        pytest.param(described, id="I26"),
        pytest.param(lambda: cat() + SCRIPT, id="I38"),
    ],
)
def test_what_surrounds_the_picture_does_not_change_what_is_seen(
    client: httpx.Client, content: Bytes
) -> None:
    answer = client.post("/api/v1/models/imagenet:predict?top_k=3", files={"images": content()})
    (verdict,) = answer.json()["results"][0]["models"]
    assert {"tiger-cat", "egyptian-cat"} & {p["label"] for p in verdict["predictions"]}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(described, id="I26"),
        pytest.param(lambda: cat() + SCRIPT, id="I38-jpeg-html"),
        pytest.param(lambda: cat("PNG") + zipped(), id="I38-png-zip"),
    ],
)
def test_the_copy_that_is_shown_has_nothing_but_the_picture(
    client: httpx.Client, content: Bytes
) -> None:
    sent = content()
    assert b"alert(1)" in sent
    page = client.post("/", files={"images": ("a.jpg", sent)}, headers={"Accept": "text/html"})
    assert page.status_code == 200
    (shown,) = re.findall(r'src="data:image/jpeg;base64,([^"]+)"', page.text)
    copy = base64.b64decode(html.unescape(shown))
    assert copy.endswith(b"\xff\xd9")
    assert b"alert(1)" not in copy
    assert b"alert(1)" not in page.content
    assert not Image.open(io.BytesIO(copy)).getexif()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(lambda: grey_png(16, 16, chunk(b"eXIf", b"no TIFF"), value=90), id="I26"),
        pytest.param(
            lambda: png(ihdr(16, 16, 16), pixels=(b"\0" + b"\x5a\0" * 16) * 16), id="I28-16-bit"
        ),
    ],
)
def test_the_copy_that_is_shown_has_the_colours_that_were_looked_at(
    client: httpx.Client, content: Bytes
) -> None:
    page = client.post("/", files={"images": content()}, headers={"Accept": "text/html"})
    assert page.status_code == 200
    (shown,) = re.findall(r'src="data:image/jpeg;base64,([^"]+)"', page.text)
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(html.unescape(shown)))))
    assert np.abs(pixels.astype(int) - 90).max() <= 2


@pytest.mark.parametrize("declared", ["image/png", "image/gif", "image/svg+xml", "image/x"])
def test_the_kind_is_told_from_the_bytes_not_from_what_was_declared(
    client: httpx.Client, declared: str
) -> None:
    """I40."""
    body = client.post("/api/v1/predict", content=cat(), headers={"Content-Type": declared})
    part = client.post("/api/v1/predict", files={"images": ("a.txt", cat(), declared)})
    assert (body.status_code, part.status_code) == (200, 200)
    assert body.json()["results"][0]["models"] == part.json()["results"][0]["models"]
