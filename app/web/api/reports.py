"""How good versions are: what was answered to which photo, and two of them on the same photos."""

import logging
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field
from starlette.responses import Response

from app import errors
from app.catalogue import load_version
from app.store import registry
from app.store.models import StoredModel
from app.store.store import Store
from app.teaching import reading
from app.teaching.comparing import Comparison, compare
from app.teaching.examining import Examined, examine
from app.teaching.models import teachable
from app.vision import heatmap
from app.vision.decode import View
from app.vision.engine import Seen
from app.web.api.cursors import cursor_of, number_of
from app.web.api.documentation import json_out, problem_responses
from app.web.api.images import ASKED, Sha256
from app.web.api.parameters import LanguageQuery, once
from app.web.api.predict import ModelName, json_response, place_of
from app.web.api.report_shapes import (
    ANSWERS_EXAMPLE,
    COMPARISON_EXAMPLE,
    AnswersShape,
    ComparisonShape,
)
from app.web.api.versions import VersionNumber
from app.web.language import texts_of
from app.web.reports import answers, comparison_json, differing, with_maps, with_photos
from app.web.state import asking_of, store_of
from app.web.storing import with_store

log = logging.getLogger(__name__)

router = APIRouter(prefix="/api/v1/models/{model}", dependencies=[Depends(once())])

_VERSIONS = (errors.VersionNotFound, errors.ModelCorrupt)


class AnswersQuery(LanguageQuery):
    truth: str | None = None
    answer: str | None = None
    right: Literal["true", "false"] | None = None
    limit: int = Field(50, ge=1, le=200)
    cursor: str | None = None

    def listing(self, model: str, version: int) -> tuple[object, ...]:
        """What a cursor belongs to."""
        return ("answers", model, version, self.truth, self.answer, self.right)

    def wants_right(self) -> bool | None:
        return None if self.right is None else self.right == "true"


class ComparisonQuery(LanguageQuery):
    """Left out: the live version, and the newest other one."""

    a: int | None = Field(None, ge=1, le=2**31 - 1, examples=[1])
    b: int | None = Field(None, ge=1, le=2**31 - 1, examples=[2])
    limit: int = Field(50, ge=1, le=200)
    cursor: str | None = None


class HeatmapQuery(LanguageQuery):
    """Without a label: that of the best score."""

    label: str | None = None


@router.get(
    "/versions/{version}/answers",
    operation_id="list_answers",
    responses={
        200: json_out(AnswersShape, ANSWERS_EXAMPLE),
        **problem_responses(*_VERSIONS, errors.LabelNotFound, *ASKED),
    },
)
async def list_answers(
    request: Request,
    model: ModelName,
    version: VersionNumber,
    query: Annotated[AnswersQuery, Query()],
) -> Response:
    listing = query.listing(model, version)
    start = number_of(query.cursor, *listing) or 0
    told = await with_store(request, examine, model, version)
    found = answers(told, query.truth, query.answer, query.wants_right())
    part = found[start : start + query.limit]
    items = [_named(one) for one in await with_store(request, with_photos, model, part)]
    over = start + len(part)
    more = cursor_of(over, *listing) if over < len(found) else None
    return json_response({"items": items, "total": len(found), "next_cursor": more})


@router.get(
    "/comparison",
    operation_id="compare_versions",
    responses={
        200: json_out(ComparisonShape, COMPARISON_EXAMPLE),
        **problem_responses(*_VERSIONS, *ASKED),
    },
)
async def compare_versions(
    request: Request, model: ModelName, query: Annotated[ComparisonQuery, Query()]
) -> Response:
    stored, numbers = await with_store(request, numbers_of, model)
    a, b = pair_of(stored.live, numbers, query.a, query.b)
    if a is None:
        raise errors.VersionNotFound(version=1)
    b = a if b is None else b
    listing = ("comparison", model, a, b)
    start = number_of(query.cursor, *listing) or 0
    told = await with_store(request, compared, model, a, b)
    part = differing(told)[start : start + query.limit]
    seen = await with_store(request, with_photos, model, part)
    photos = [_named(one) for one in with_maps(model, a, b, seen)]
    over = start + len(part)
    more = cursor_of(over, *listing) if over < len(told.differing) else None
    counted = comparison_json(told, a, b, texts_of(request))
    return json_response({**counted, "photos": photos, "next_cursor": more})


@router.get(
    "/versions/{version}/images/{sha256}/heatmap",
    operation_id="show_heatmap",
    response_class=Response,
    responses={
        200: {"content": {"image/jpeg": {}}},
        **problem_responses(
            *_VERSIONS,
            errors.ModelIncompatible,
            errors.LabelNotFound,
            errors.ImageNotFound,
            errors.PhotoAbsent,
            errors.ObjectUnreadable,
            errors.Busy,
            *ASKED,
        ),
    },
)
async def show_heatmap(
    request: Request,
    model: ModelName,
    version: VersionNumber,
    sha256: Sha256,
    query: Annotated[HeatmapQuery, Query()],
) -> Response:
    """The square that the network sees of a photo, with what spoke for a label laid over it."""
    image = await with_store(request, reading.photo, model, sha256)
    if not image.present:
        raise errors.PhotoAbsent
    asking, objects = asking_of(request), store_of(request).objects
    classifier = asking.catalogue.find(model)
    if classifier is None or classifier.version != version:
        classifier = await with_store(request, load_version, model, version)
    wanted = None if query.label is None else place_of(classifier, query.label)

    def draw(view: View, seen: Seen) -> bytes:
        best = int(classifier.head.logits(seen.features).argmax())
        at = best if wanted is None else wanted
        return heatmap.over(view.square, classifier.head.evidence(seen.feature_map, at))

    try:
        content = await with_store(request, lambda store: objects.checked(sha256))
        with asking.lookout.pool.admit(1):
            picture = await asking.lookout.look(content, None, draw)
    except (OSError, errors.UnusableImage) as error:
        log.error("the photo %s cannot be read: %s", sha256, error)
        raise errors.ObjectUnreadable from error
    headers = {
        "Cache-Control": "private, max-age=86400",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(picture, headers=headers, media_type="image/jpeg")


def compared(store: Store, model: str, a: int, b: int) -> Comparison:
    """Raises as `examine`."""
    one: Examined = examine(store, model, a)
    return compare(one, examine(store, model, b))


def numbers_of(store: Store, model: str) -> tuple[StoredModel, list[int]]:
    """The model and its versions, newest first. Raises ModelNotFound and ModelNotTeachable."""
    with store.database.read() as c:
        stored = teachable(c, model)
        return stored, [row.version for row in registry.versions_of(c, model)]


def pair_of(
    live: int | None, numbers: list[int], a: int | None, b: int | None
) -> tuple[int | None, int | None]:
    """What is left out is the live version, then the newest other one; None where there is none."""
    given = [one for one in (a, b) if one is not None]
    rest = [one for one in (live, *numbers) if one is not None and one not in given]
    first = a if a is not None else next(iter(rest), None)
    second = b if b is not None else next((one for one in rest if one != first), None)
    return first, second


def _named(one: dict[str, Any]) -> dict[str, Any]:
    """What the API tells of a photo here; its label is its `truth`."""
    names = ("sha256", "truth", "answer", "score", "distance", "a", "b")
    rest = ("filename", "split", "thumbnail", "credit")
    return {name: one[name] for name in (*names, *rest) if name in one}
