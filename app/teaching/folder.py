"""A folder with one sub-folder of photos for each label: what lies in it, and under which names."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from app.naming import same_key, slug_of
from app.teaching.licences import Part
from app.teaching.placing import is_hidden, is_leaving

_CREDIT = re.compile(r"(?P<file>\S+/\S+) CC-BY by (?P<by>.+) - (?P<link>https?://\S+)")
_CREDIT_TURNED = re.compile(r"(?P<file>\S+/\S+) CC-BY (?P<link>https?://\S+) - by (?P<by>.+)")


class FolderUnusable(Exception):
    """There is no photo in a sub-folder to learn from."""


@dataclass(frozen=True)
class Label:
    slug: str
    name: Mapping[str, str]
    aliases: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {"label": self.slug, "name": dict(self.name), "aliases": list(self.aliases)}


@dataclass(frozen=True)
class Known:
    """What is written down of a model by hand: shown names, labels, and a word on its data."""

    model: str
    name: Mapping[str, str]
    labels: tuple[Label, ...]
    about: Mapping[str, str]
    data: Part | None = None
    """Its photos, where others have rights in them."""

    @classmethod
    def read(cls, file: Path) -> "Known":
        """From a labels.toml; `models/flowers/labels.toml` shows how it is written."""
        told = tomllib.loads(file.read_text("utf-8"))
        labels = tuple(
            Label(one["slug"], one["name"], tuple(one.get("aliases", ()))) for one in told["labels"]
        )
        data = Part("photos", **told["data"]) if "data" in told else None
        return cls(told["model"], told["name"], labels, told.get("about", {}), data)

    def find(self, folder: str) -> Label | None:
        """Names count before slugs: two names can want one slug, and only one has it."""
        found = {same_key(label.slug): label for label in self.labels}
        for label in self.labels:
            found |= {same_key(word): label for word in (*label.aliases, *label.name.values())}
        return found.get(same_key(folder))


class PhotoFile(NamedTuple):
    """`name` is the path within the folder, with slashes."""

    path: Path
    name: str
    label: str


@dataclass(frozen=True)
class Folder:
    known: Known
    photos: list[PhotoFile]


class Credit(NamedTuple):
    by: str
    link: str


def scan(images: Path, known: Known | None) -> Folder:
    """All photos of a folder. Labels are those of `known` when it knows every sub-folder, else the
    sub-folders' own names. Raises FolderUnusable."""
    folders = [p for p in sorted(images.iterdir()) if p.is_dir() and not is_hidden(p.name)]
    folders = [p for p in folders if any(_photos(p))]
    if not folders:
        raise FolderUnusable(f"no photos in sub-folders of {images}")
    if known is None or not all(known.find(folder.name) for folder in folders):
        known = _by_folder_names(images, folders)
    photos = []
    for folder in folders:
        label = known.find(folder.name)
        assert label is not None
        for path in _photos(folder):
            photos.append(PhotoFile(path, path.relative_to(images).as_posix(), label.slug))
    found = {photo.label for photo in photos}
    labels = tuple(label for label in known.labels if label.slug in found)
    return Folder(replace(known, labels=labels), photos)


def photos_of(folder: Path) -> list[Path]:
    """All photos below a folder, whatever their sub-folder."""
    return sorted(_photos(folder))


def credits_of(images: Path) -> dict[str, Credit]:
    """Photographer and page of each photo by its name, where a LICENSE.txt as that of TensorFlow's
    flower_photos tells them. Nine of its lines have photographer and page the other way round."""
    file = images / "LICENSE.txt"
    if not file.is_file():
        return {}
    found = {}
    for line in file.read_text("utf-8", errors="replace").splitlines():
        match = _CREDIT.match(line) or _CREDIT_TURNED.match(line)
        if match:
            by = " ".join(match["by"].split())
            found[match["file"]] = Credit(by, match["link"])
    return found


def _by_folder_names(images: Path, folders: list[Path]) -> Known:
    names = {same_key(folder.name): folder.name.strip() for folder in folders}
    labels: dict[str, Label] = {}
    for _, name in sorted(names.items()):
        slug = slug_of(name, labels)
        labels[slug] = Label(slug, {"en": name, "nb": name})
    name = images.resolve().name
    return Known(slug_of(name), {"en": name, "nb": name}, tuple(labels.values()), {})


def _photos(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if not is_leaving(path.relative_to(folder).parts) and path.is_file():
            yield path
