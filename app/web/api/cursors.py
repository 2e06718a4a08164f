"""Where a list goes on: a number that clients hand back as they got it, and cannot make up."""

import base64
import binascii
import hashlib
import hmac

from app import errors

_NUMBER, _CHECK = 8, 8
_KEY = b"blomst cursor"


def cursor_of(number: int, *listing: object) -> str:
    """For the items below `number` of this list: what it lists goes into the check, so that a
    cursor of one list is none of another."""
    told = number.to_bytes(_NUMBER, "big")
    return base64.urlsafe_b64encode(told + _check(told, listing)).decode().rstrip("=")


def number_of(cursor: str | None, *listing: object) -> int | None:
    """None at the beginning. Raises InvalidParameter for what `cursor_of` never made."""
    if cursor is None:
        return None
    try:
        given = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError):
        given = b""
    told = given[:_NUMBER]
    number = int.from_bytes(told, "big")
    if not hmac.compare_digest(given[_NUMBER:], _check(told, listing)) or (
        cursor_of(number, *listing) != cursor
    ):
        raise errors.InvalidParameter(name="cursor")
    return number


def _check(told: bytes, listing: tuple[object, ...]) -> bytes:
    content = told + repr(listing).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(content, key=_KEY, digest_size=_CHECK).digest()
