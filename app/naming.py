"""Names that people give to labels and models: what may be one, when two are the same, and the
address that comes of it."""

import hashlib
import re
import unicodedata
from collections.abc import Container

from app import errors

LENGTH = 100

_UNSEEN = {"Cc", "Cf", "Zl", "Zp"}
# Signs that show nothing although their category says otherwise.
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_VARIATIONS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")

_SLUG_LENGTH = 60
_LETTERS = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "\u0131": "i"}
)
# Words that addresses use for something else, and names that Windows keeps from folders.
_RESERVED = {"new", "all", "none", "null", "unknown", "con", "prn", "aux", "nul"}
_RESERVED |= {f"{port}{number}" for port in ("com", "lpt") for number in range(10)}


def clean_name(text: str) -> str:
    """The name as it is kept: NFC, trimmed, one blank between words. What would break a page or a
    table is escaped where it is shown, not refused here.

    Raises InvalidText for lone surrogates, else InvalidLabel, whose `why` is `empty`, `too-long`
    or `unseen` (signs that hide, reorder or end a line).
    """
    kinds = {unicodedata.category(sign) for sign in text}
    if "Cs" in kinds:
        raise errors.InvalidText
    if kinds & _UNSEEN or _BLANKS & set(text):
        raise errors.InvalidLabel("unseen")
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not name:
        raise errors.InvalidLabel("empty")
    if len(name) > LENGTH:
        raise errors.InvalidLabel("too-long")
    return name


def same_key(name: str) -> str:
    """Equal for names that are one: after NFC, trimming and case folding, with blanks, hyphens and
    underscores alike."""
    folded = unicodedata.normalize("NFC", _VARIATIONS.sub("", name)).strip().casefold()
    return re.sub(r"[\s_-]+", "-", unicodedata.normalize("NFC", folded))


def slug_of(name: str, taken: Container[str] = ()) -> str:
    """The name in an address: a-z, 0-9 and single hyphens, 1 to 60 signs, always the same for names
    that are one. Different names can have one slug (rose and rosé): one in `taken` gets a mark."""
    key = same_key(name)
    plain = unicodedata.normalize("NFKD", key.translate(_LETTERS)).casefold()
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    slug = re.sub("[^a-z0-9]+", "-", plain)[:_SLUG_LENGTH].strip("-")
    mark = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    if not slug:
        slug = f"label-{mark}"
    elif slug in _RESERVED:
        slug = f"label-{slug}"
    return f"{slug[: _SLUG_LENGTH - 9].rstrip('-')}-{mark}" if slug in taken else slug
