"""Photos of a zip or a folder to the server that holds the data folder, a few dozen at a time."""

import secrets
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Generic, cast

from app import errors
from app.naming import clean_name, slug_of
from app.served import Refused, Served, quoted
from app.store.imports import Item, Outcome
from app.teaching.importing import OTHER_LABEL, Progress, left_out
from app.teaching.survey import E, Lot, Survey, lots

_PHOTOS, _BYTES = 50, 40_000_000

# Of several photos these may be said because of one of them, or because they are too many.
_OF_ONE = {413, 415, 422}

_PATIENCE = 60.0  # seconds of being told to come again


class Sending(Generic[E]):
    """One import by way of a server. `items` has what became of each file so far; `why` has the
    server's own sentence for those that it refused; `model` is the slug, once it is known."""

    def __init__(self, server: Served, survey: Survey[E], progress: Progress) -> None:
        self._server, self._survey, self._progress = server, survey, progress
        self.model = ""
        self.items: list[Item] = []
        self.why: dict[int, str] = {}

    def run(self, name: str) -> bool:
        """Into the model of this name, which is made when there is none. True when all went there,
        False when it was stopped. Raises Refused and OSError."""
        self.model = self._find_or_make(name)
        slugs = {word: self._label(word) for word in self._survey.names}
        self._progress.begin(self._survey.total, Counter())
        self._add(list(left_out(self._survey)))
        there = self._there()
        waiting: dict[str, list[Lot[E]]] = defaultdict(list)
        for lot in lots(self._survey, slugs):
            if lot.sha256 in there:
                self._add(_again(lot, there[lot.sha256]))
            elif lot.torn:
                self._add(_same(lot, "set-aside", "two-labels"))
            else:
                waiting[lot.labels[0]].append(lot)
        for label, pending in waiting.items():
            for batch in _batches(pending):
                if self._progress.stop:
                    return False
                self._send(label, batch)
        return True

    def names(self) -> dict[str, Mapping[str, str]]:
        """Of the model's labels, by slug and language."""
        found = self._patiently("GET", f"/models/{self.model}/labels")
        return {label["label"]: label["names"] for label in found["items"]}

    def _find_or_make(self, name: str) -> str:
        slug = slug_of(clean_name(name))
        try:
            return str(self._patiently("GET", f"/models/{quoted(slug)}")["model"])
        except Refused as refused:
            if refused.problem.get("status") != 404:
                raise
        return str(self._server.ask("POST", "/models", {"name": name})["model"])

    def _label(self, name: str) -> str:
        found = self._server.ask("POST", f"/models/{self.model}/labels", {"name": name})
        return str(found["label"])

    def _there(self) -> dict[str, str]:
        """The labels of the photos that are there, by SHA-256."""
        found: dict[str, str] = {}
        cursor = ""
        while True:
            path = f"/models/{self.model}/images?limit=200{cursor}"
            page = self._patiently("GET", path)
            found |= {i["sha256"]: i["label"] for i in page["items"] if i["has_photo"]}
            if page["next_cursor"] is None:
                return found
            cursor = f"&cursor={page['next_cursor']}"

    def _send(self, label: str, batch: Sequence[Lot[E]]) -> None:
        """Asks again in halves where the server will not have all of them together, so that each
        photo hears what is wrong with it."""
        readable = list(self._read(batch))
        if not readable:
            return
        body, kind = _form(label, [(lot.entries[0].name, content) for lot, content in readable])
        try:
            told = self._patiently("POST", f"/models/{self.model}/images", body, kind)
        except Refused as refused:
            if refused.problem.get("status") not in _OF_ONE or refused.code == "label-not-found":
                raise
            if len(readable) == 1:
                self._refuse(readable[0][0], refused.problem)
                return
            half = len(readable) // 2
            for part in (readable[:half], readable[half:]):
                self._send(label, [lot for lot, _ in part])
            return
        for (lot, _), result in zip(readable, told["results"], strict=True):
            if "error" in result:
                self._refuse(lot, result["error"])
            else:
                self._add(_kept(lot, result))

    def _read(self, batch: Sequence[Lot[E]]) -> Iterator[tuple[Lot[E], bytes]]:
        for lot in batch:
            try:
                yield lot, self._survey.source.read(lot.entries[0])
            except OSError:
                self._add(_same(lot, "refused", errors.FileUnreadable.code))

    def _patiently(
        self, method: str, path: str, content: bytes | None = None, kind: str | None = None
    ) -> Any:
        """Comes again for a while where the server asks for that."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                return self._server.send(method, path, content, kind)
            except Refused as refused:
                if refused.wait is None or time.monotonic() + refused.wait > deadline:
                    raise
                time.sleep(refused.wait)

    def _refuse(self, lot: Lot[E], problem: Mapping[str, Any]) -> None:
        items = _same(lot, "refused", str(problem["code"]))
        self.why.update({item.item: str(problem["detail"]) for item in items})
        self._add(items)

    def _add(self, items: Sequence[Item]) -> None:
        self.items += items
        self._progress.add(items)


def _batches(pending: Sequence[Lot[E]]) -> Iterator[list[Lot[E]]]:
    batch: list[Lot[E]] = []
    for lot in pending:
        full = len(batch) == _PHOTOS or sum(each.size for each in batch) + lot.size > _BYTES
        if batch and full:
            yield batch
            batch = []
        batch.append(lot)
    if batch:
        yield batch


def _form(label: str, files: Sequence[tuple[str, bytes]]) -> tuple[bytes, str]:
    """A multipart body (RFC 7578) and its type."""
    mark = secrets.token_hex(16)
    parts = [_part(mark, 'name="label"'), label.encode(), b"\r\n"]
    for name, content in files:
        name = name.replace("\\", "/").rpartition("/")[2]
        for sign, stand_in in (('"', "%22"), ("\r", "%0D"), ("\n", "%0A")):
            name = name.replace(sign, stand_in)
        parts += [_part(mark, f'name="images"; filename="{name}"'), content, b"\r\n"]
    parts.append(f"--{mark}--\r\n".encode())
    return b"".join(parts), f"multipart/form-data; boundary={mark}"


def _part(mark: str, says: str) -> bytes:
    return f"--{mark}\r\nContent-Disposition: form-data; {says}\r\n\r\n".encode("utf-8", "replace")


def _kept(lot: Lot[E], result: Mapping[str, Any]) -> list[Item]:
    image = result["image"]
    items = _again(lot, image["label"])
    if result["status"] == "added":
        aside = image["split"] == "aside"
        outcome: Outcome = "set-aside" if aside else "added"
        first = _same(lot, outcome, cast(str | None, image["reason"]) if aside else None)[0]
        return [first, *items[1:]]
    return items


def _again(lot: Lot[E], label: str) -> list[Item]:
    """Of photos that are there under this label."""
    own = _same(lot, "already-there", None)
    other = _same(lot, "already-there", OTHER_LABEL, {"label": label})
    return [o if mine == label else x for o, x, mine in zip(own, other, lot.labels, strict=True)]


def _same(
    lot: Lot[E], outcome: Outcome, code: str | None, params: Mapping[str, Any] | None = None
) -> list[Item]:
    return [
        Item(lot.item + at, entry.name, outcome, label, lot.sha256, code, params)
        for at, (entry, label) in enumerate(zip(lot.entries, lot.labels, strict=True))
    ]
