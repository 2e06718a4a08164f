"""Whether more photos would help, and of which label."""

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app import errors
from app.teaching import reading
from app.web.analyses import analysis_json
from app.web.api.care_shapes import WAITING_EXAMPLE, WaitingShape
from app.web.api.documentation import json_out, problem_responses
from app.web.api.growth_shapes import GROWTH_EXAMPLE, GrowthShape
from app.web.api.images import ASKED
from app.web.api.models import Lang
from app.web.api.parameters import once
from app.web.api.predict import ModelName, json_response
from app.web.growth import growth_json
from app.web.inbox import names_of
from app.web.language import texts_of
from app.web.state import analyses_of
from app.web.storing import with_store

router = APIRouter(prefix="/api/v1/models/{model}", dependencies=[Depends(once())])


@router.get(
    "/growth",
    operation_id="show_growth",
    responses={
        200: json_out(GrowthShape, GROWTH_EXAMPLE),
        202: json_out(WaitingShape, WAITING_EXAMPLE),
        **problem_responses(errors.AnalysisFailed, *ASKED),
    },
)
async def show_growth(request: Request, model: ModelName, query: Lang) -> Response:
    """What was found before is told while a changed dataset is learned from anew."""
    analysis, t = await analyses_of(request).ask(model, "growth"), texts_of(request)
    told = analysis_json(model, analysis, t)
    if analysis.found is None:
        return json_response(told, 202, Retry_After="1")
    stored = (await with_store(request, reading.model_with_counts, model)).model
    return json_response(told | growth_json(analysis.found.result, names_of(stored, t), t))
