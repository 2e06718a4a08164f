"""BAD_INPUTS, image bytes: each row with the answer it must get."""

import struct
from collections.abc import Callable

import httpx
import pytest

from tests.photos import encode, packaged, shared
from tests.web import hostile
from tests.web.hostile import chunk, flat_jpeg, grey_png, ihdr, png, segment, with_segments
from tests.web.problems import assert_problem

pytestmark = pytest.mark.usefixtures("alive_after")

Bytes = Callable[[], bytes]

EMPTY = (422, "empty-file")
FOREIGN = (415, "unsupported-image-type")
BROKEN = (422, "undecodable-image")
CUT = (422, "truncated-image")
SMALL = (422, "image-too-small")
LARGE = (422, "image-too-many-pixels")
COMPLEX = (422, "image-too-complex")


def photo(kind: str = "JPEG", **options: object) -> bytes:
    return encode(packaged("chelsea"), kind, **options)


def half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def bmp() -> bytes:
    return b"BM" + struct.pack("<IIIIiiHH", 54, 0, 54, 40, 2_000_000, 3_000_000, 1, 24) + bytes(24)


def giant_sof() -> bytes:
    return flat_jpeg(8, 8).replace(struct.pack(">HH", 8, 8), struct.pack(">HH", 65_500, 65_500))


def heic() -> bytes:
    return hostile.box(b"ftyp", b"heic\0\0\0\0mif1heic") + bytes(200)


def many_chunks() -> bytes:
    return grey_png(16, 16, chunk(b"abCd", b"") * 100_000)


REFUSED: list[tuple[str, Bytes, tuple[int, str]]] = [
    ("I01", lambda: b"", EMPTY),
    ("I02", lambda: b"just some text", FOREIGN),
    ("I03", lambda: b"<!doctype html><script>alert(1)</script>", FOREIGN),
    ("I04", lambda: photo("PNG")[:40], BROKEN),
    ("I05", lambda: png(ihdr(16, 16, crc=1)), BROKEN),
    ("I06", lambda: png(ihdr(0, 0)), BROKEN),
    ("I07", lambda: png(ihdr(1, 0)), BROKEN),
    ("I07-wide", lambda: png(ihdr(2**31 - 1, 0)), BROKEN),
    ("I07-high", lambda: png(ihdr(0, 2**31 - 1)), BROKEN),
    ("I08", lambda: png(ihdr(60_000, 60_000)), LARGE),
    ("I09", lambda: png(ihdr(13_000, 13_000)), LARGE),
    ("I10", lambda: grey_png(12_000, 12_000), LARGE),
    ("I11", lambda: grey_png(100_000, 1), LARGE),
    ("I12", lambda: png(ihdr(16, 16, depth=7)), BROKEN),
    ("I13", lambda: grey_png(16, 16, hostile.text_bomb(5)), BROKEN),
    ("I15", lambda: hostile.animation(3, control=False), BROKEN),
    ("I17", lambda: encode(packaged("chelsea"), "GIF"), FOREIGN),
    ("I18", lambda: b"GIF89a", FOREIGN),
    ("I19", lambda: b"\xff\xd8", BROKEN),
    ("I20", lambda: b"\xff\xd8\xff\xd9", BROKEN),
    ("I21", lambda: half(photo()), CUT),
    ("I21-progressive", lambda: half(photo(progressive=True)), CUT),
    ("I21-png", lambda: half(photo("PNG")), CUT),
    ("I21-webp", lambda: half(photo("WEBP")), BROKEN),
    ("I21-avif", lambda: half(photo("AVIF")), BROKEN),
    ("I22", giant_sof, LARGE),
    ("I23", lambda: hostile.with_scans(photo(progressive=True), 1001), COMPLEX),
    ("I29", lambda: grey_png(1, 1), SMALL),
    ("I29-7", lambda: grey_png(7, 8), SMALL),
    ("I30", lambda: b"RIFF\x04\0\0\0WEBP", BROKEN),
    ("I31", bmp, FOREIGN),
    ("I32", lambda: b"II*\0\x08\0\0\0", FOREIGN),
    ("I33", lambda: b'<svg xmlns="http://www.w3.org/2000/svg"/>', FOREIGN),
    ("I34", lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", FOREIGN),
    ("I35", lambda: b"%PDF-1.7\n", FOREIGN),
    ("I36", lambda: b"BLP2" + struct.pack("<IBBBBII", 1, 2, 0, 0, 0, 8000, 8000), FOREIGN),
    ("I37", lambda: b"SIMPLE  =                    T" + b" " * 2850 + b"\x1f\x8b", FOREIGN),
    ("HEIC", heic, FOREIGN),
    # What the rows did not foresee: found by breaking it.
    ("jpeg-filling", lambda: with_segments(photo(), b"\xff" * 14_000_000), BROKEN),
    ("jpeg-junk", lambda: with_segments(photo(), b"\0" * 14_000_000), BROKEN),
    ("jpeg-segments", lambda: with_segments(photo(), segment(0xE0, b"") * 10_000), BROKEN),
    ("jpeg-scan-each-channel", lambda: flat_jpeg(6000, 6000), LARGE),
    ("jpeg-lossless", lambda: flat_jpeg(2000, 2000, in_one_scan=True, frame=0xC3), BROKEN),
    ("png-chunks", many_chunks, BROKEN),
    ("png-two-headers", lambda: png(ihdr(16, 16), ihdr(16, 16)), BROKEN),
    ("avif-without-boxes", lambda: photo("AVIF")[:40], BROKEN),
]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "expected"), [pytest.param(make, told, id=row) for row, make, told in REFUSED]
)
def test_what_is_no_usable_photo_is_refused_for_its_reason(
    client: httpx.Client, content: Bytes, expected: tuple[int, str]
) -> None:
    answer = client.post("/api/v1/predict", files={"images": ("a.jpg", content())})
    assert_problem(answer, *expected)


def test_a_refused_kind_names_those_that_are_taken(client: httpx.Client) -> None:
    """I17, in both languages."""
    for language in ("en", "nb"):
        gif = {"images": ("a.gif", b"GIF89a")}
        told = client.post("/api/v1/predict", params={"lang": language}, files=gif)
        for kind in ("JPEG", "PNG", "WebP", "AVIF"):
            assert kind in told.json()["detail"]


def test_a_photo_over_the_limit_is_refused_from_its_length(client: httpx.Client) -> None:
    """I39."""
    for size, status in ((15_000_000, 415), (15_000_001, 413)):
        answer = client.post("/api/v1/predict", files={"images": ("a.jpg", bytes(size))})
        code = "body-too-large" if status == 413 else "unsupported-image-type"
        assert_problem(answer, status, code)
    whole = client.post(
        "/api/v1/predict", content=bytes(15_000_001), headers={"Content-Type": "image/png"}
    )
    assert_problem(whole, 413, "body-too-large")


FOREIGN_ENDINGS = {
    ".gif", ".heic", ".ico", ".bmp", ".psd", ".svg", ".tif", ".tiff", ".jp2", ".cur"
}  # fmt: skip
HARD = {
    "broken/sharp__truncated.jpg": CUT,
    "broken/sharp__truncated.png": CUT,
    "broken/pillow__truncated_jpeg.jpg": CUT,
    "broken/pillow__truncated_image.png": CUT,
    "broken/sharp__corrupt-header.jpg": CUT,
    "broken/pillow__broken.png": BROKEN,
    "broken/pillow__broken_data_stream.png": BROKEN,
    "broken/pillow_heif__heif_corrupted__empty.heic": EMPTY,
    "bomb/pillow__png_decompression_dos.png": BROKEN,
    "bomb/libvips__17000x17000.avif": BROKEN,
    "bomb/sharp__giant-image.jpg": LARGE,
    "bomb/sharp__65536-uint32-limit.png": LARGE,
}


def test_each_of_the_hard_images_gets_the_answer_it_should(client: httpx.Client) -> None:
    folder = shared("hard_images")
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != "LIST.tsv")
    assert len(files) == 87
    for file in files:
        name = file.relative_to(folder).as_posix()
        foreign = file.suffix.lower() in FOREIGN_ENDINGS
        answer = client.post("/api/v1/predict", files={"images": (name, file.read_bytes())})
        if refusal := HARD.get(name, FOREIGN if foreign else None):
            assert_problem(answer, *refusal)
        else:
            assert answer.status_code == 200, (name, answer.text)
        assert answer.elapsed.total_seconds() < 1, name


def test_the_same_photo_twice_gets_the_same_id_and_scores(client: httpx.Client, cat: bytes) -> None:
    """I42."""
    files = [("images", ("a.jpg", cat)), ("images", ("b.jpg", cat))]
    first, second = client.post("/api/v1/predict", files=files).json()["results"]
    assert first["sha256"] == second["sha256"]
    assert first["models"] == second["models"]
