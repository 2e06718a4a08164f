"""Every sentence a person reads, in English and Norwegian: one TOML file a room and language.

`texts("nb")("pages.home.title")` finds `title` under `[home]` in `nb/pages.toml`; a room may be a
folder of files. The words of a number are a table with `one` and `other`.
"""

import functools
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args

Language = Literal["en", "nb"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

# Norwegian as browsers and systems name it; who writes nynorsk reads bokmål before English.
_SPOKEN: dict[str, Language] = {"en": "en", "nb": "nb", "no": "nb", "nn": "nb"}


class Texts:
    """The sentences of one language. Raises KeyError for one that does not exist."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._rooms = _read(Path(__file__).parent / language)

    def __call__(self, key: str, /, **params: Any) -> str:
        found = self._find(key)
        if not isinstance(found, str):
            raise KeyError(f"{key} is not one sentence")
        return found.format(**params) if params else found

    def count(self, key: str, n: int, /, **params: Any) -> str:
        """The sentence for `n` things: `one` for exactly one, else `other`."""
        return self(f"{key}.{'one' if n == 1 else 'other'}", n=self.number(n), **params)

    def number(self, n: int) -> str:
        """With its thousands apart, as browsers write them in this language."""
        return f"{n:,}".replace(",", "\u00a0") if self.language == "nb" else f"{n:,}"

    def decimal(self, number: str) -> str:
        """A number as it was formatted, with the language's decimal sign."""
        return number.replace(".", ",") if self.language == "nb" else number

    def has(self, key: str) -> bool:
        try:
            self._find(key)
        except KeyError:
            return False
        return True

    def below(self, key: str) -> dict[str, str]:
        """Every sentence under `key`, by the rest of its own key. Raises KeyError for no table."""
        return dict(_sentences(self._find(key)))

    def _find(self, key: str) -> Any:
        found: Any = self._rooms
        for part in key.split("."):
            if not isinstance(found, dict) or part not in found:
                raise KeyError(f"no text {key} in {self.language}")
            found = found[part]
        return found


def _read(folder: Path) -> dict[str, Any]:
    files = {file.stem: tomllib.loads(file.read_text("utf-8")) for file in folder.glob("*.toml")}
    return files | {each.name: _read(each) for each in folder.iterdir() if each.is_dir()}


def _sentences(table: dict[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _sentences(value, f"{before}{name}.")
        else:
            yield before + name, value


@functools.cache
def texts(language: Language) -> Texts:
    return Texts(language)


def spoken(tag: str) -> Language | None:
    """Our language for a tag such as `nb-NO` or `en-GB`, or None."""
    return _SPOKEN.get(tag.strip().lower().split("-")[0])


def preferred(accept_language: str, default: Language = "en") -> Language:
    """The first of ours by the weights of an Accept-Language header (RFC 9110, 12.5.4)."""
    best, weight = default, 0.0
    for part in accept_language.split(",")[:20]:
        tag, _, parameter = part.partition(";")
        ours = spoken(tag)
        try:
            q = float(parameter.strip().removeprefix("q=")) if parameter.strip() else 1.0
        except ValueError:
            continue
        if ours and q > weight:
            best, weight = ours, q
    return best
