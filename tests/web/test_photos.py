"""Photos to look at: made anew, and nothing in them of what their files said."""

import io
import time
from collections.abc import Iterator
from typing import NamedTuple

import httpx
import pytest
from PIL import Image

from tests.web import hostile
from tests.web.conftest import Own
from tests.web.photographs import different, jpeg, motif
from tests.web.problems import assert_problem

SECRET = b"69.6500N-18.9500E-by-Kari"


@pytest.fixture
def client(own: Own) -> Iterator[httpx.Client]:
    yield own.client
    alive = own.client.base_url.join("/livez")
    assert own.client.get(alive, timeout=1).json() == {"alive": True}


class Shown(NamedTuple):
    """A photo of the flowers, by its addresses."""

    sha256: str
    content: str
    thumbnail: str


def show(client: httpx.Client, photo: bytes) -> Shown:
    answer = client.post(
        "/models/flowers/images", files={"images": ("a.jpg", photo)}, data={"label": "rose"}
    )
    (result,) = answer.json()["results"]
    here = f"/models/flowers/images/{result['sha256']}"
    return Shown(result["sha256"], f"{here}/content", f"{here}/thumbnail")


def with_secrets() -> bytes:
    """A photo on its side, with EXIF, a comment, XMP and a script behind its end."""
    turned = hostile.exif([(0x010E, SECRET), (0x8298, SECRET)])
    plain = jpeg(motif("coffee"), comment=SECRET)
    xmp = b"http://ns.adobe.com/xap/1.0/\0" + SECRET
    segments = (hostile.segment(0xE1, turned), hostile.segment(0xE1, xmp))
    return hostile.with_segments(plain, *segments) + b"<script>alert(1)</script>" + SECRET


@pytest.mark.parametrize(("look", "side"), [("content", 1600), ("thumbnail", 320)])
def test_nothing_of_what_the_file_said_is_shown(client: httpx.Client, look: str, side: int) -> None:
    """I26, I38: no EXIF, no place, no comment, no tail."""
    photo = with_secrets()
    assert photo.count(SECRET) == 5
    answer = client.get(getattr(show(client, photo), look))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    assert SECRET not in answer.content and b"script" not in answer.content
    assert answer.content.endswith(b"\xff\xd9")
    for marker in (b"Exif", b"\xff\xe1", b"\xff\xfe", b"\xff\xed"):
        assert marker not in answer.content[:600]
    shown = Image.open(io.BytesIO(answer.content))
    assert shown.getexif() == {} and "comment" not in shown.info
    assert max(shown.size) == min(side, 600)  # it is 600 pixels wide


def test_photos_are_shown_upright_and_from_every_format(client: httpx.Client) -> None:
    wide = motif("rocket")
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = Image.open(io.BytesIO(client.get(show(client, jpeg(wide, exif=exif)).content).content))
    assert turned.size == (wide.height, wide.width)
    for kind in ("PNG", "WEBP", "AVIF"):
        out = io.BytesIO()
        wide.resize((400, 300)).save(out, kind)
        answer = client.get(show(client, out.getvalue()).thumbnail)
        assert answer.headers["content-type"] == "image/jpeg"
        assert Image.open(io.BytesIO(answer.content)).size == (320, 240)


def test_a_photo_is_asked_for_once_and_kept_by_the_browser_alone(client: httpx.Client) -> None:
    photo = show(client, different(31))
    answer = client.get(photo.thumbnail)
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"] == f'inline; filename="{photo.sha256[:12]}.jpg"'
    tag = answer.headers["etag"]
    again = client.get(photo.thumbnail, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(photo.content, headers={"If-None-Match": tag}).status_code == 200


def test_ten_thousand_ranges_cost_nothing(client: httpx.Client) -> None:
    """P04."""
    photo = show(client, different(32))
    client.get(photo.content)
    ranges = "bytes=" + ",".join(f"{i}-" for i in range(10_000))
    started = time.monotonic()
    answer = client.get(photo.content, headers={"Range": ranges})
    assert answer.status_code == 200
    assert time.monotonic() - started < 0.1


def test_small_copies_are_kept_and_made_again(client: httpx.Client, own: Own) -> None:
    photo = show(client, different(33))
    first = client.get(photo.thumbnail).content
    kept = own.data / "derived" / "small" / photo.sha256[:2] / f"{photo.sha256}-320.jpg"
    assert kept.read_bytes() == first
    kept.unlink()
    assert client.get(photo.thumbnail).content == first
    assert kept.exists()


@pytest.mark.parametrize("damage", ["missing", "changed", "unreadable"])
def test_a_photo_whose_file_is_lost_says_so_and_the_others_are_shown(
    client: httpx.Client, own: Own, damage: str
) -> None:
    """F16. Sent once more it is whole again."""
    content = different({"missing": 34, "changed": 35, "unreadable": 36}[damage])
    photo, other = show(client, content), show(client, different(37))
    file = own.data / "objects" / photo.sha256[:2] / photo.sha256
    if damage == "missing":
        file.unlink()
    elif damage == "changed":
        file.write_bytes(content[:-9] + b"x" * 9)
    else:
        file.unlink()
        file.mkdir()
    assert_problem(client.get(photo.content), 503, "object-unreadable")
    assert client.get(other.content).status_code == 200
    if damage == "unreadable":
        file.rmdir()
    show(client, content)
    assert client.get(photo.content).status_code == 200
    assert file.read_bytes() == content
