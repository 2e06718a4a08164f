"""Making, naming and removing models and labels, by the rules that hold for people's names.

Removing only marks: what was removed comes back whole for 30 days, and is swept after them.
"""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection

from app import errors
from app.naming import clean_name, same_key, slug_of
from app.store import models
from app.store.models import StoredLabel, StoredModel
from app.store.store import Store

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
        for each in labels:
            _add_label(c, slug, _names(each))
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
    """The label, and whether it is new: names that differ in case only are one label."""
    with store.database.write() as c:
        teachable(c, model)
        return _add_label(c, model, _names(name))


def add_labels(store: Store, model: str, names: Iterable[str]) -> dict[str, str]:
    """The slug for each name: of the label it is a name or alias of, else of a new one. All of them
    or none. Raises as `add_label` does."""
    with store.database.write() as c:
        teachable(c, model)
        first_last = models.labels_of(c, model)[::-1]
        known = {key: label.label for label in first_last for key in _keys(label)}
        known |= {label.label: label.label for label in first_last}
        found = {}
        for name in names:
            slug = known.get(same_key(name))
            if slug is None:
                label, _ = _add_label(c, model, _names(name))
                slug = known[same_key(name)] = label.label
            found[name] = slug
        return found


def rename_label(store: Store, model: str, label: str, name: GivenName) -> StoredLabel:
    """Its slug and its photos stay. Raises LabelExists when another label has the name."""
    with store.database.write() as c:
        teachable(c, model)
        before = label_of(c, model, label)
        names = _names(name, before.names)
        for word in names.values():
            other = find_label(c, model, word)
            if other is not None and other.label != before.label:
                raise errors.LabelExists(name=word)
        models.rename_label(c, model, before.label, same_key(_first(names)), names)
        return label_of(c, model, before.label)


def set_label_removed(store: Store, model: str, label: str, removed: bool) -> StoredLabel:
    """Raises LabelNotFound when there is nothing to remove, or to bring back."""
    with store.database.write() as c:
        teachable(c, model)
        every = models.labels_of(c, model, removed=True)
        found = next((one for one in every if one.label == label), None)
        if found is None or (found.removed is None) is not removed:
            raise errors.LabelNotFound(name=label)
        models.set_label_removed(c, model, label, removed)
        return found


def label_of(c: Connection, model: str, word: str) -> StoredLabel:
    """By slug, name or alias. Raises LabelNotFound."""
    found = find_label(c, model, word)
    if found is None:
        raise errors.LabelNotFound(name=word)
    return found


def find_label(c: Connection, model: str, word: str) -> StoredLabel | None:
    labels = models.labels_of(c, model)
    for label in labels:
        if label.label == word:
            return label
    key = same_key(word)
    return next((label for label in labels if key in _keys(label)), None)


def _keys(label: StoredLabel) -> set[str]:
    words = (label.label, *label.aliases, *label.names.values())
    return {label.key, *(same_key(word) for word in words)}


def _add_label(c: Connection, model: str, names: Mapping[str, str]) -> tuple[StoredLabel, bool]:
    name = _first(names)
    every = models.labels_of(c, model, removed=True)
    key, slug = same_key(name), slug_of(name)
    for label in every:
        if key in _keys(label):
            if label.removed is not None:
                models.set_label_removed(c, model, label.label, False)
            return label_of(c, model, label.label), label.removed is not None
    if sum(label.removed is None for label in every) >= MOST_LABELS:
        raise errors.TooManyClasses(limit=MOST_LABELS)
    slug = _free(slug, {label.label for label in every})
    made = StoredLabel(slug, key, names)
    models.add_label(c, model, made)
    return made, True


def _free(slug: str, taken: set[str]) -> str:
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
