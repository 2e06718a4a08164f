"""A model's photos as numbers: what a head is learned from."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field
from starlette.responses import Response

from app import errors
from app.teaching import sample
from app.web.api.documentation import ALWAYS, GUARDED, problem_responses
from app.web.api.models import TEACHABLE
from app.web.api.parameters import LanguageQuery, once
from app.web.api.predict import ModelName
from app.web.storing import with_store

router = APIRouter(prefix="/api/v1", dependencies=[Depends(once())])

MEDIA_TYPE = "application/octet-stream"


class FeaturesQuery(LanguageQuery):
    limit: int = Field(600, ge=1, le=5000)


@router.get(
    "/models/{model}/features",
    operation_id="list_features",
    response_class=Response,
    responses={
        200: {"content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}},
        **problem_responses(*TEACHABLE, *ALWAYS, *GUARDED, errors.NotReady),
    },
)
async def list_features(
    request: Request, model: ModelName, query: Annotated[FeaturesQuery, Query()]
) -> Response:
    table = await with_store(request, sample.features, model, query.limit)
    return Response(table.save(), headers={"Cache-Control": "no-store"}, media_type=MEDIA_TYPE)
