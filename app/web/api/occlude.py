"""Whether an answer leans on what its heat map shows: one photo in, with a part of it covered."""

import time
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from app import errors
from app.texts import Texts
from app.vision import heatmap, occlusion, preview
from app.vision.classifier import Classifier, Prediction
from app.vision.decode import Square, View
from app.vision.engine import Look, Seen
from app.vision.occlusion import Place
from app.web.answers import data_url, looked_at_json, prediction_json
from app.web.api.documentation import ASKED, json_out, photos_in, problem_responses
from app.web.api.occlude_shapes import OCCLUSION_EXAMPLE, OcclusionShape
from app.web.api.parameters import BoxQuery, once
from app.web.api.predict import ModelName, chosen, json_response, place_of
from app.web.bodies import receive_form
from app.web.language import texts_of
from app.web.presence import while_connected
from app.web.problems import request_id
from app.web.reasons import occlusion_says
from app.web.state import asking_of, state_of

router = APIRouter(prefix="/api/v1", dependencies=[Depends(once())])

_LOOKS = 3  # at the photo as it is, and with two parts covered


class OccludeQuery(BoxQuery):
    """Without a label: that of the best score."""

    label: str | None = None


@router.post(
    "/models/{model}:occlude",
    operation_id="occlude",
    responses={
        200: json_out(OcclusionShape, OCCLUSION_EXAMPLE),
        **problem_responses(*ASKED, errors.LabelNotFound),
    },
    openapi_extra=photos_in(1),
)
async def occlude(
    request: Request, model: ModelName, query: Annotated[OccludeQuery, Query()]
) -> Response:
    asking, box, t = asking_of(request), query.parsed_box(), texts_of(request)
    (classifier,) = await chosen(request, [model])
    label = None if query.label is None else place_of(classifier, query.label)
    if asking.lookout.pool.full:
        raise errors.Busy
    async with receive_form(request, state_of(request), files=1) as form:
        (upload,) = form.uploads

        def tell(view: View, seen: Seen, look: Look) -> dict[str, Any]:
            return _told(classifier, label, view, seen, look, t)

        async def probe() -> dict[str, Any]:
            with asking.lookout.pool.admit(_LOOKS):
                started = time.perf_counter()
                told = await asking.lookout.probe(upload.content, box, tell)
            return {**told, "timing_ms": round((time.perf_counter() - started) * 1000, 1)}

        told = await while_connected(request, probe())
        return json_response({"id": request_id(request), "filename": upload.filename, **told})


def _told(
    classifier: Classifier, label: int | None, view: View, seen: Seen, look: Look, t: Texts
) -> dict[str, Any]:
    scores = classifier.head.scores(seen.features)
    at = int(scores.argmax()) if label is None else label
    evidence = classifier.head.evidence(seen.feature_map, at)
    shown = Prediction(classifier.labels[at], float(scores[at]), heatmap.png(evidence))
    found = occlusion.occlude(view.square, seen, at, classifier.head, look)
    name = shown.label.name(t.language)
    return {
        **looked_at_json(classifier, view, t.language),
        "prediction": prediction_json(shown, t.language),
        "hot": _part(view.square, found.hot, found.hot_score) if found else None,
        "cold": _part(view.square, found.cold, found.cold_score) if found else None,
        "finding": found.finding if found else None,
        "says": occlusion_says(found, name, t),
    }


def _part(square: Square, places: list[Place], score: float) -> dict[str, Any]:
    covered = preview.of_square(occlusion.covered(square, places))
    picture = data_url(covered, "image/jpeg")
    return {"score": round(score, 6), "places": sorted(places), "picture": picture}
