"""Photos without a label, on their way in and as the API and the pages tell of them."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from fastapi import Request

from app import errors
from app.errors import Problem
from app.store.images import Image
from app.store.inbox import Mark, Verdict, Waiting
from app.store.models import StoredModel
from app.teaching import inbox, reading
from app.teaching.inbox import Given, Kept
from app.teaching.intake import Taken
from app.teaching.queueing import Queued
from app.texts import Texts
from app.vision.arrival import Sight
from app.web.answers import refusal, unless_all_bad
from app.web.api import telling
from app.web.bodies import Upload
from app.web.language import texts_of
from app.web.problems import request_id
from app.web.state import asking_of, state_of, store_of
from app.web.storing import with_store

FIELDS = ("verdict", "version", "answer")

Names = Mapping[str, str]


def names_of(model: StoredModel, t: Texts) -> dict[str, str]:
    """Of a model's labels, by slug."""
    return {x.label: x.names.get(t.language) or x.names["en"] for x in model.labels}


def mark_of(fields: Mapping[str, str], days: int) -> Mark | None:
    """What a request says of an answer. Raises MissingField, InvalidField, and InboxOff where no
    days are set for which photos of answers may be kept."""
    if not fields:
        return None
    for name in ("verdict", "version"):
        if name not in fields:
            raise errors.MissingField(name=name)
    verdict, version, answer = fields["verdict"], fields["version"], fields.get("answer")
    if verdict not in get_args(Verdict):
        raise errors.InvalidField(name="verdict", why="choice", choices="right, wrong")
    if not version.isdecimal() or not 1 <= len(version) <= 9:
        raise errors.InvalidField(name="version", why="whole-number")
    if verdict == "right" and answer is None:  # it was right to say nothing: that teaches nothing
        raise errors.MissingField(name="answer")
    if not days:
        raise errors.InboxOff
    return Mark("right" if verdict == "right" else "wrong", int(version), answer)


async def add(
    request: Request, model: str, uploads: Sequence[Upload], mark: Mark | None
) -> tuple[dict[str, Any], bool]:
    """The answer, and whether any photo is new. What was acknowledged is on the disk.

    Raises as `inbox.keep` does, the one photo's problem when there is but one, and NoUsableImages
    when all of several are bad.
    """
    met = await asyncio.gather(*(_meet(request, upload) for upload in uploads))
    unless_all_bad([one for one in met if isinstance(one, Problem)], len(met))
    given = [
        Given(upload.content, upload.filename, found)
        for upload, found in zip(uploads, met, strict=True)
        if isinstance(found, Sight)
    ]
    limits = state_of(request).settings
    most, days = limits.inbox_images, limits.inbox_days
    kept = iter(
        await with_store(request, inbox.keep, model, given, most=most, mark=mark, days=days)
    )
    t, number = texts_of(request), request_id(request)
    names = names_of((await with_store(request, reading.model_with_counts, model)).model, t)
    results, new = [], False
    for upload, found in zip(uploads, met, strict=True):
        if isinstance(found, Problem):
            results.append(refusal(found, upload, t, number))
        else:
            one = next(kept)
            results.append(_kept(upload, found, one, names, t))
            new = new or one.status == "added"
    return {"id": number, "results": results}, new


async def _meet(request: Request, upload: Upload) -> Sight | Problem:
    try:
        _, sight = await asking_of(request).lookout.meet(lambda: upload.content)
        return sight
    except errors.UnusableImage as problem:
        return problem


def _kept(upload: Upload, sight: Sight, kept: Kept, names: Names, t: Texts) -> dict[str, Any]:
    return {
        "filename": upload.filename,
        "sha256": sight.sha256,
        "status": kept.status,
        "photo": kept.waiting and waiting_json(kept.waiting, names),
        "image": kept.image and telling.image(kept.image),
        "sentence": kept.image and _there(kept.image, names, t),
    }


async def teach(request: Request, model: str, sha256: str, word: str) -> Taken:
    """A photo that waits goes among those to learn from. Raises WaitingNotFound, LabelNotFound,
    ObjectUnreadable, and as `inbox.teach` does."""
    waiting = await with_store(request, inbox.to_teach, model, sha256)
    label = (await with_store(request, reading.label_called, model, word)).label
    objects = store_of(request).objects
    try:
        looked = asking_of(request).lookout.meet(lambda: objects.checked(sha256))
        content, sight = await looked
    except (OSError, errors.UnusableImage) as error:
        raise errors.ObjectUnreadable from error
    given = Given(content, waiting.filename, sight)
    return await with_store(request, inbox.teach, model, given, label)


def waiting_json(one: Waiting, names: Names) -> dict[str, Any]:
    here = f"/api/v1/models/{one.model}/inbox/{one.sha256}"
    mark = one.mark
    return {
        "sha256": one.sha256,
        "model": one.model,
        "filename": one.filename,
        "width": one.width,
        "height": one.height,
        "bytes": one.bytes,
        "added": telling.moment(one.added),
        "expires": None if one.expires is None else telling.moment(one.expires),
        "mark": mark
        and {
            "verdict": mark.verdict,
            "version": mark.version,
            "answer": mark.answer
            and {"label": mark.answer, "name": names.get(mark.answer, mark.answer)},
        },
        "thumbnail": f"{here}/thumbnail",
        "content": f"{here}/content",
    }


def queued_json(one: Queued, names: Names) -> dict[str, Any]:
    """Guesses at labels that were removed since are none."""
    return {
        "photo": waiting_json(one.waiting, names),
        "guesses": [
            {"label": g.label.slug, "name": names[g.label.slug], "score": round(g.score, 6)}
            for g in one.guesses
            if g.label.slug in names
        ],
        "unknown": one.unknown,
    }


def left_sentence(taught: bool, image: Image | None, names: Names, t: Texts) -> str:
    """What became of a photo that has left: `taught` says that it was new in the dataset."""
    if image is None:
        return t("next.left.removed")
    if not taught or image.split in ("validation", "test"):
        return _there(image, names, t)
    name = names.get(image.label, image.label)
    if image.split == "aside":
        return t(f"next.left.aside_{image.reason}", name=name)
    return t("next.left.train", name=name)


def _there(image: Image, names: Names, t: Texts) -> str:
    """Of one that stands in the dataset already. One of the exam stays sealed."""
    kind = image.split if image.split in ("validation", "test", "aside") else "train"
    return t(f"next.there.{kind}", name=names.get(image.label, image.label))
