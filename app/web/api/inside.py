"""One photo in, and what every stage of the network makes of it out."""

import time
from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from app import errors
from app.vision import heatmap
from app.vision.classifier import Classifier
from app.vision.decode import View
from app.vision.engine import Floats, Seen
from app.vision.inside import Map, strongest
from app.web.answers import data_url, looked_at_json, prediction_json
from app.web.api.documentation import ASKED, json_out, photos_in, problem_responses
from app.web.api.inside_shapes import INSIDE_EXAMPLE, InsideShape
from app.web.api.parameters import BoxQuery, once
from app.web.api.predict import ModelName, chosen, json_response
from app.web.bodies import receive_form
from app.web.language import language_of
from app.web.presence import while_connected
from app.web.problems import request_id
from app.web.state import asking_of, inside_of, state_of

router = APIRouter(prefix="/api/v1", dependencies=[Depends(once())])

_MAPS = 12
_BEST = 5


@router.post(
    "/models/{model}:inside",
    operation_id="look_inside",
    responses={
        200: json_out(InsideShape, INSIDE_EXAMPLE),
        **problem_responses(*ASKED, errors.InsideNotReady),
    },
    openapi_extra=photos_in(1),
)
async def look_inside(
    request: Request, model: ModelName, query: Annotated[BoxQuery, Query()]
) -> Response:
    asking, inside, box = asking_of(request), inside_of(request), query.parsed_box()
    (classifier,) = await chosen(request, [model])
    language = language_of(request)
    if asking.lookout.pool.full:
        raise errors.Busy
    async with receive_form(request, state_of(request), files=1) as form:
        (upload,) = form.uploads
        eyes = await inside.open()

        def tell(view: View, seen: Seen) -> dict[str, Any]:
            return _told(view, seen, eyes.look(view.square), classifier, language)

        async def look() -> dict[str, Any]:
            async with inside.turn:
                with asking.lookout.pool.admit(1):
                    started = time.perf_counter()
                    told = await asking.lookout.look(upload.content, box, tell)
            return {**told, "timing_ms": round((time.perf_counter() - started) * 1000, 1)}

        told = await while_connected(request, look())
        return json_response({"id": request_id(request), "filename": upload.filename, **told})


def _told(
    view: View, seen: Seen, stages: Mapping[str, Floats], classifier: Classifier, language: str
) -> dict[str, Any]:
    found = classifier.answer(seen, _BEST, explain=True)
    return {
        **looked_at_json(classifier, view, language),
        "stages": [
            {
                "stage": stage,
                "shape": list(maps.shape),
                "maps": [_map_json(one) for one in strongest(maps, _MAPS)],
            }
            for stage, maps in stages.items()
        ],
        "predictions": [prediction_json(p, language) for p in found.predictions],
        "unknown": found.unknown,
        "sum": _sum_json(seen, classifier),
    }


def _map_json(one: Map) -> dict[str, Any]:
    return {
        "channel": one.channel,
        "low": _short(one.values.min()),
        "high": _short(one.values.max()),
        "strength": _short(one.strength),
        "peak": one.peak,
        "png": data_url(heatmap.painted(one.scaled()), "image/png"),
    }


def _sum_json(seen: Seen, classifier: Classifier) -> dict[str, Any]:
    """How the best label's number comes about: the channels that added most to it."""
    head = classifier.head
    logits = head.logits(seen.features)
    label = int(logits.argmax())
    added = seen.features * head.weights[:, label]
    parts = [
        {
            "channel": channel,
            "feature": _short(seen.features[channel]),
            "weight": _short(head.weights[channel, label]),
            "added": _short(added[channel]),
            "png": _small_map(seen, channel),
        }
        for channel in np.argsort(-added, kind="stable")[:_MAPS].tolist()
    ]
    return {
        "label": classifier.labels[label].slug,
        "bias": _short(head.bias[label]),
        "total": _short(logits[label]),
        "parts": parts,
    }


def _small_map(seen: Seen, channel: int) -> str:
    one = Map(channel, seen.feature_map[:, :, channel], 0.0)
    return data_url(heatmap.painted(one.scaled()), "image/png")


def _short(value: np.floating[Any] | float) -> float:
    return round(float(value), 4)
