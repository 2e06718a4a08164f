"""Photos from a request into a dataset: each is looked at, those that can be used are kept."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request

from app import errors
from app.errors import Problem
from app.teaching import reading
from app.teaching.intake import Newcomer, Source, Taken, already_there, keep
from app.vision.arrival import Sight
from app.web.answers import refusal, unless_all_bad
from app.web.api import telling
from app.web.bodies import Upload
from app.web.language import texts_of
from app.web.problems import request_id
from app.web.state import asking_of
from app.web.storing import with_store

FIELDS = ("label", "hold", "split")

_HOLD = re.compile("[A-Za-z0-9-]{1,64}")


@dataclass(frozen=True)
class Wish:
    """What is said of all photos of a request. `hold` is the sender's name of one recording."""

    label: str
    hold: str | None
    source: Source

    @classmethod
    def of(cls, fields: Mapping[str, str]) -> "Wish":
        """Raises MissingField or InvalidField."""
        if "label" not in fields:
            raise errors.MissingField(name="label")
        hold, split = fields.get("hold"), fields.get("split")
        if hold is not None and not _HOLD.fullmatch(hold):
            raise errors.InvalidField(name="hold", why="other")
        if split not in (None, "train"):
            raise errors.InvalidField(name="split", why="choice", choices="train")
        source: Source = "teach" if split else "camera" if hold else "upload"
        return cls(fields["label"], hold, source)


async def add(
    request: Request, model: str, uploads: Sequence[Upload], wish: Wish
) -> tuple[dict[str, Any], bool]:
    """The answer, and whether any photo is new. What was acknowledged is on the disk.

    Raises LabelNotFound, ModelNotFound, ModelNotTeachable, the one photo's problem when there is
    but one, and NoUsableImages when all of several are bad.
    """
    label = (await with_store(request, reading.label_called, model, wish.label)).label
    met = await asyncio.gather(*(_meet(request, model, upload) for upload in uploads))
    unless_all_bad([found for found in met if isinstance(found, Problem)], len(met))
    newcomers = [
        Newcomer(upload.content, upload.filename, label, found)
        for upload, found in zip(uploads, met, strict=True)
        if isinstance(found, Sight)
    ]
    taken = iter(await _keep(request, model, newcomers, wish))
    t, number = texts_of(request), request_id(request)
    results, new = [], False
    for upload, found in zip(uploads, met, strict=True):
        if isinstance(found, Problem):
            results.append(refusal(found, upload, t, number))
        else:
            one = found if isinstance(found, Taken) else next(taken)
            new = new or one.status == "added"
            results.append(_kept(upload, one))
    return {"id": number, "results": results}, new


async def _meet(request: Request, model: str, upload: Upload) -> Sight | Taken | Problem:
    """What is there already is not looked at again: a folder may be sent twice."""
    there = await with_store(request, already_there, model, upload.content)
    if there:
        return there
    try:
        _, sight = await asking_of(request).lookout.meet(lambda: upload.content)
        return sight
    except errors.UnusableImage as problem:
        return problem


async def _keep(
    request: Request, model: str, newcomers: Sequence[Newcomer], wish: Wish
) -> list[Taken]:
    if not newcomers:
        return []
    return await with_store(request, keep, model, newcomers, source=wish.source, hold=wish.hold)


def _kept(upload: Upload, taken: Taken) -> dict[str, Any]:
    return {
        "filename": upload.filename,
        "sha256": taken.image.sha256,
        "status": taken.status,
        "image": telling.image(taken.image),
    }
