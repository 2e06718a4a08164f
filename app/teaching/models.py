"""Making, naming and removing models and labels, by the rules that hold for people's names.

Removing only marks: what was removed comes back whole for 30 days, and is swept after them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from app import errors
from app.naming import clean_name, same_key, slug_of
from app.store import images, models
from app.store.models import StoredLabel, StoredModel
from app.store.store import Store
from app.teaching.replacing import settle

MOST_LABELS = 1000

# Names that addresses and commands need for themselves.
_TAKEN = {"imagenet", "new"}

GivenName = str | Mapping[str, str]


def teachable(c: Connection, model: str) -> StoredModel:
    """Raises ModelNotTeachable for imagenet, ModelNotFound for what is not there."""
    if model == "imagenet":
        raise errors.ModelNotTeachable
    found = models.find(c, model)
    if found is None:
        raise errors.ModelNotFound
    return found


def make(store: Store, name: GivenName, labels: Sequence[GivenName] = ()) -> StoredModel:
    """Raises InvalidLabel, InvalidText, TooManyClasses, ModelExists."""
    names = _names(name)
    slug = slug_of(_first(names))
    if len(labels) > MOST_LABELS:
        raise errors.TooManyClasses(limit=MOST_LABELS)
    with store.database.write() as c:
        if slug in _TAKEN or models.find(c, slug, removed=True):
            raise errors.ModelExists(name=_first(names))
        models.create(c, slug, names, ())
        called = _Called(c, slug)
        for each in labels:
            called.add(_names(each))
        return _whole(c, slug)


def rename(store: Store, model: str, name: GivenName) -> StoredModel:
    """The model's address stays as it is."""
    with store.database.write() as c:
        before = teachable(c, model)
        models.rename(c, model, _names(name, before.names))
        return _whole(c, model)


def remove(store: Store, model: str) -> None:
    """Raises ModelShipped for the one that came along."""
    with store.database.write() as c:
        if teachable(c, model).shipped:
            raise errors.ModelShipped
        models.set_removed(c, model, True)


def restore(store: Store, model: str) -> StoredModel:
    with store.database.write() as c:
        if models.find(c, model, removed=True) is None:
            raise errors.ModelNotFound
        models.set_removed(c, model, False)
        return _whole(c, model)


def add_label(store: Store, model: str, name: GivenName) -> tuple[StoredLabel, bool]:
    """The label, and whether it is new: names that differ in case only are one label. One that was
    removed comes back with its photos."""
    with store.database.write() as c:
        teachable(c, model)
        label, new = _Called(c, model).add(_names(name))
        if new:
            settle(c, store.kept, model, images.of_label(c, model, label.label))
        return label, new


def add_labels(store: Store, model: str, names: Iterable[str]) -> dict[str, str]:
    """The slug for each name: of the label it is a name or alias of, else of a new one. All of them
    or none. Raises as `add_label` does."""
    with store.database.write() as c:
        teachable(c, model)
        called = _Called(c, model)
        found = {}
        for name in names:
            label, new = called.add(_names(name))
            found[name] = label.label
            if new:
                settle(c, store.kept, model, images.of_label(c, model, label.label))
        return found


def rename_label(store: Store, model: str, label: str, name: GivenName) -> StoredLabel:
    """Its slug and its photos stay. Raises LabelNotFound, and LabelExists when another label has
    the name."""
    with store.database.write() as c:
        teachable(c, model)
        before = find_slug(c, model, label)
        names = _names(name, before.names)
        for word in names.values():
            other = find_label(c, model, word)
            if other is not None and other.label != before.label:
                raise errors.LabelExists(name=word)
        models.rename_label(c, model, before.label, same_key(_first(names)), names)
        return find_slug(c, model, label)


def remove_label(store: Store, model: str, label: str) -> None:
    """By its slug. Raises LabelNotFound."""
    with store.database.write() as c:
        teachable(c, model)
        find_slug(c, model, label)
        models.set_label_removed(c, model, label, True)


def restore_label(store: Store, model: str, label: str) -> StoredLabel:
    """Its photos count again; what has a copy in another split by now is set aside.

    Raises LabelNotFound, LabelExists when another label has one of its names by now, and
    TooManyClasses.
    """
    with store.database.write() as c:
        teachable(c, model)
        found = find_slug(c, model, label, removed=True)
        if found.removed is not None:
            _Called(c, model).revive(found)
            settle(c, store.kept, model, images.of_label(c, model, label))
        return find_slug(c, model, label)


def find_slug(c: Connection, model: str, label: str, *, removed: bool = False) -> StoredLabel:
    """By its slug alone. Raises LabelNotFound."""
    for one in models.labels_of(c, model, removed=removed):
        if one.label == label:
            return one
    raise errors.LabelNotFound(name=label)


def label_of(c: Connection, model: str, word: str) -> StoredLabel:
    """By slug, name or alias. Raises LabelNotFound."""
    found = find_label(c, model, word)
    if found is None:
        raise errors.LabelNotFound(name=word)
    return found


def find_label(c: Connection, model: str, word: str) -> StoredLabel | None:
    return _Called(c, model).find(word)


class _Called:
    """A model's labels by all that they are called: slugs first, then names and aliases, those
    that were there first before others."""

    def __init__(self, c: Connection, model: str) -> None:
        self._c, self._model = c, model
        self._living: dict[str, StoredLabel] = {}
        self._by_key: dict[str, StoredLabel] = {}
        self._removed: dict[str, StoredLabel] = {}
        self._taken: set[str] = set()
        for label in models.labels_of(c, model, removed=True):
            self._put(label)

    def find(self, word: str) -> StoredLabel | None:
        return self._living.get(word) or self._by_key.get(same_key(word))

    def add(self, names: Mapping[str, str]) -> tuple[StoredLabel, bool]:
        """The label of this name, and whether it was not there before."""
        name = _first(names)
        key = same_key(name)
        if (there := self._by_key.get(key)) is not None:
            return there, False
        if (gone := self._removed.get(key)) is not None:
            return self.revive(gone), True
        self._check_room()
        made = StoredLabel(free_slug(slug_of(name), self._taken), key, names)
        models.add_label(self._c, self._model, made)
        self._put(made)
        return made, True

    def revive(self, label: StoredLabel) -> StoredLabel:
        self._check_room()
        for word in (*label.names.values(), *label.aliases):
            if same_key(word) in self._by_key:
                raise errors.LabelExists(name=word)
        models.set_label_removed(self._c, self._model, label.label, False)
        living = replace(label, removed=None)
        self._put(living)
        return living

    def _check_room(self) -> None:
        if len(self._living) >= MOST_LABELS:
            raise errors.TooManyClasses(limit=MOST_LABELS)

    def _put(self, label: StoredLabel) -> None:
        self._taken.add(label.label)
        gone = label.removed is not None
        for key in _keys(label):
            (self._removed if gone else self._by_key).setdefault(key, label)
        if not gone:
            self._living[label.label] = label


def _keys(label: StoredLabel) -> set[str]:
    words = (label.label, *label.aliases, *label.names.values())
    return {label.key, *(same_key(word) for word in words)}


def free_slug(slug: str, taken: set[str]) -> str:
    """Names in which only signs differ have one slug; the later one gets a number."""
    found, number = slug, 1
    while found in taken:
        number += 1
        found = f"{slug}-{number}"
    return found


def _names(given: GivenName, before: Mapping[str, str] | None = None) -> dict[str, str]:
    """By language. One name stands for both; a language that is left out keeps what it had."""
    if isinstance(given, str):
        name = clean_name(given)
        return {"en": name, "nb": name}
    cleaned = {language: clean_name(name) for language, name in given.items()}
    fallback = next(iter(cleaned.values()))
    return {language: cleaned.get(language) or (before or {}).get(language) or fallback
            for language in ("en", "nb")}  # fmt: skip


def _first(names: Mapping[str, str]) -> str:
    return names["en"]


def _whole(c: Connection, model: str) -> StoredModel:
    found = models.find(c, model)
    assert found is not None
    return found
