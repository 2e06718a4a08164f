"""Text from outside, made fit to show."""

import unicodedata

_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def fit_to_show(text: str) -> str:
    """The text with a sign for whatever hides, reorders or ends a line."""
    return "".join("\ufffd" if unicodedata.category(c) in _UNSEEN else c for c in text)
