"""Sets of photos that show none of a model's labels, and what versions make of them, as the API and
the pages tell it."""

import asyncio
import logging
import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from fastapi import Request

from app import errors
from app.errors import Problem
from app.store.others import OtherPhoto, StoredSet
from app.teaching import given, reading, refusing
from app.teaching.examining import Examined, examine
from app.teaching.given import Stranger
from app.teaching.refusing import Held, Met
from app.texts import Texts
from app.vision import exam, statistics
from app.vision.arrival import Sight
from app.vision.others import Choice
from app.web.answers import refusal, unless_all_bad
from app.web.api.telling import moment
from app.web.bodies import Upload
from app.web.language import texts_of
from app.web.problems import request_id
from app.web.state import asking_of, state_of, store_of
from app.web.storing import with_store

log = logging.getLogger(__name__)

BUILT_IN, GIVEN, TRAINING = "built-in", "given", "training"


class Whole(NamedTuple):
    """A set with its photos; `held` says how the live version does on it, None without one."""

    set: StoredSet
    held: dict[str, Any] | None
    items: list[dict[str, Any]]


async def examined(request: Request, model: str, version: int) -> tuple[Examined, list[Held]]:
    """A version with its exam of today, held against the sets that people gave. Raises as
    `examine`."""
    told = await with_store(request, examine, model, version)
    asking = state_of(request).asking
    live = asking.catalogue.find(model) if asking else None
    if live is not None and live.version != version:
        live = None
    await _see_again(request, model)
    return told, await with_store(request, refusing.held, told, live)


async def whole(request: Request, model: str, set_: str) -> Whole:
    """A set with what the live version makes of it. Raises SetNotFound, ModelNotFound,
    ModelNotTeachable and ModelCorrupt."""
    stored, photos = await with_store(request, given.find, model, set_)
    live = (await with_store(request, reading.model_with_counts, model)).model.live
    if live is None:
        return of(stored, photos, None, None, texts_of(request))
    told, sets = await examined(request, model, live)
    found = next((one for one in sets if one.set.set == set_), None)
    return of(stored, photos, told, found, texts_of(request))


def of(
    stored: StoredSet,
    photos: Sequence[OtherPhoto],
    told: Examined | None,
    held: Held | None,
    t: Texts,
) -> Whole:
    """The set held against a version as `told` and `held` have it, those most like what was taught
    first; against none in the order they came."""
    if told is None or held is None:
        items = [photo_json(stored, photo, None, None) for photo in photos]
        return Whole(stored, None, items)
    asked = {one.photo.sha256 for one in held.met}
    rest = [photo for photo in photos if photo.sha256 not in asked]
    counted = held_json(told, held, t)
    left_out = ("set", "name", "from")
    return Whole(
        stored,
        {"version": told.row.version, **{k: v for k, v in counted.items() if k not in left_out}},
        [
            *(photo_json(stored, one.photo, one, told.cut) for one in held.met),
            *(photo_json(stored, photo, None, None) for photo in rest),
        ],
    )


async def add(
    request: Request, model: str, set_: str, uploads: Sequence[Upload]
) -> tuple[dict[str, Any], bool]:
    """The answer, and whether any photo is new to the set. What was acknowledged is on the disk.

    Raises SetNotFound, ModelNotFound, ModelNotTeachable, the one photo's problem when there is but
    one, and NoUsableImages when all of several are bad.
    """
    await with_store(request, given.find, model, set_)
    found = await asyncio.gather(*(_meet(request, upload) for upload in uploads))
    unless_all_bad([one for one in found if isinstance(one, Problem)], len(found))
    pairs = list(zip(uploads, found, strict=True))
    strangers = [
        Stranger(upload.content, upload.filename, sight)
        for upload, sight in pairs
        if isinstance(sight, Sight)
    ]
    fresh = await with_store(request, given.add, model, set_, strangers)
    left = iter(fresh)
    t, number = texts_of(request), request_id(request)
    results = [
        refusal(one, upload, t, number)
        if isinstance(one, Problem)
        else _added(model, set_, upload, one.sha256, next(left))
        for upload, one in pairs
    ]
    return {"id": number, "results": results}, any(fresh)


def set_json(one: StoredSet) -> dict[str, Any]:
    return {
        "set": one.set,
        "name": one.name,
        "photos": one.photos,
        "created": moment(one.created),
        "removed": moment(one.removed) if one.removed is not None else None,
    }


def photo_json(
    one: StoredSet, photo: OtherPhoto, met: Met | None, cut: float | None
) -> dict[str, Any]:
    """`met` is what the live version makes of it, None where there is none, or it was not asked."""
    return {
        "sha256": photo.sha256,
        "filename": photo.filename,
        "added": moment(photo.added),
        "answer": met.answer if met else None,
        "score": met.score if met else None,
        "distance": round(met.distance, 4) if met else None,
        "refused": met.distance > cut if met and cut is not None else None,
        "thumbnail": thumbnail(one.model, one.set, photo.sha256),
    }


def thumbnail(model: str, set_: str, sha256: str) -> str:
    return f"/api/v1/models/{model}/others/{set_}/images/{sha256}/thumbnail"


def others_json(told: Examined, sets: Sequence[Held], t: Texts) -> list[dict[str, Any]]:
    """Every set that a version was held against, or was not and why: those that came along, those
    that it was held against at the end of its training, and those that people gave."""
    if told.scored is None:
        stored = told.report["exam"]["unknown"].get("others", {})
        return [_then(name, one, t) for name, one in stored.items()]
    about = {one.name: one for one in told.scored.sets}
    found = [_built_in(told, one, t) for one in about.values()]
    stored = told.report["exam"]["unknown"].get("others", {})
    found += [_then(name, one, t) for name, one in stored.items() if name not in about]
    return [*found, *(held_json(told, one, t) for one in sets)]


def held_json(told: Examined, one: Held, t: Texts) -> dict[str, Any]:
    """Of a set that people gave. `in_dataset` are left out, since they are taught."""
    counted = _counted(told, one.distances)
    return {
        "set": one.set.set,
        "name": one.set.name,
        "from": GIVEN,
        **counted,
        "in_dataset": one.own,
        "unreadable": one.unseen,
        "sentence": _sentence(counted, t),
    }


def _built_in(told: Examined, about: Choice, t: Texts) -> dict[str, Any]:
    assert told.scored is not None
    name = _called(about.name, t)
    shown = {"of": t.number(about.of), "n": t.number(about.alike)}
    counted: dict[str, Any] = {"photos": about.photos, "auroc": None, "refused": None}
    if about.used:
        counted = _counted(told, told.scored.others[about.name])
        sentence = f"{_sentence(counted, t)} {t('others.used', **shown)}"
    else:
        sentence = t("others.unused" if about.of else "others.unused_few", **shown)
    kept = {"used": about.used, "alike": about.alike, "of": about.of}
    return {"set": about.name, "name": name, "from": BUILT_IN, **counted, **kept,
            "sentence": sentence}  # fmt: skip


def _then(name: str, one: Mapping[str, Any], t: Texts) -> dict[str, Any]:
    """As it was counted at the end of the training, by the cut of then."""
    counted = {key: one[key] for key in ("photos", "auroc", "refused")}
    sentence = f"{_sentence(counted, t)} {t('others.then')}"
    return {
        "set": name,
        "name": _called(name, t),
        "from": TRAINING,
        **counted,
        "sentence": sentence,
    }


def _counted(told: Examined, theirs: Any) -> dict[str, Any]:
    assert told.scored is not None
    own = told.scored.shown.distance
    return {
        "photos": len(theirs),
        "auroc": statistics.auroc(theirs, own) if len(own) and len(theirs) else None,
        "refused": exam.share(int((theirs > told.cut).sum()), len(theirs)),
    }


def _sentence(counted: Mapping[str, Any], t: Texts) -> str:
    refused, auroc = counted["refused"], counted["auroc"]
    if not refused["of"]:
        return t("others.empty")
    shown = {"refused": t.number(refused["right"]), "of": t.number(refused["of"])}
    if auroc is None:
        return t("others.refused_alone", **shown)
    pairs = t.decimal(f"{math.floor(1000 * auroc) / 10:.1f}")  # all is said of all only
    return t("others.refused", **shown, auroc=t("pages.site.percent", n=pairs))


def _called(name: str, t: Texts) -> str:
    key = f"others.built_in.{name}"
    return t(key) if t.has(key) else name


async def _meet(request: Request, upload: Upload) -> Sight | Problem:
    try:
        _, sight = await asking_of(request).lookout.meet(lambda: upload.content)
        return sight
    except errors.UnusableImage as problem:
        return problem


def _added(model: str, set_: str, upload: Upload, sha256: str, new: bool) -> dict[str, Any]:
    return {
        "filename": upload.filename,
        "sha256": sha256,
        "status": "added" if new else "already-there",
        "thumbnail": thumbnail(model, set_, sha256),
    }


async def _see_again(request: Request, model: str) -> None:
    """Photos whose features are lost are looked at anew; what cannot be read stays unseen."""
    asking, objects = state_of(request).asking, store_of(request).objects
    if asking is None:
        return
    for sha256 in await with_store(request, given.unseen, model):
        try:
            _, sight = await asking.lookout.meet(partial(objects.checked, sha256))
            await with_store(request, given.see_again, sight)
        except (OSError, errors.UnusableImage) as error:
            log.warning("the photo %s cannot be read: %s", sha256, error)
