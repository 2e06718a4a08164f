"""Photos with their label into a dataset."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from app import errors
from app.teaching import reading
from app.web import uploads
from app.web.api.documentation import (
    CHANGES,
    UNUSABLE_PHOTOS,
    json_out,
    photos_in,
    problem_responses,
)
from app.web.api.images import ASKED
from app.web.api.parameters import LanguageQuery, once
from app.web.api.predict import ModelName, json_response
from app.web.api.shapes import ADDED_EXAMPLE, AddedShape
from app.web.bodies import receive_form
from app.web.presence import while_connected
from app.web.state import asking_of, state_of
from app.web.storing import with_store
from app.web.uploads import Wish

router = APIRouter(prefix="/api/v1", dependencies=[Depends(once())])


class UploadQuery(LanguageQuery):
    label: str | None = None
    hold: str | None = None
    split: str | None = None


@router.post(
    "/models/{model}/images",
    operation_id="add_images",
    status_code=201,
    responses={
        200: json_out(AddedShape),
        201: json_out(AddedShape, ADDED_EXAMPLE),
        **problem_responses(
            *UNUSABLE_PHOTOS,
            errors.DuplicateField,
            errors.InvalidField,
            errors.InvalidText,
            errors.LabelNotFound,
            *ASKED,
            *CHANGES,
        ),
    },
    openapi_extra=photos_in(
        50,
        label={"type": "string", "example": "rose"},
        hold={"type": "string", "pattern": "^[A-Za-z0-9-]{1,64}$"},
        split={"type": "string", "enum": ["train"]},
    ),
)
async def add_images(
    request: Request, model: ModelName, query: Annotated[UploadQuery, Query()]
) -> Response:
    """Fields may stand in the form or, for a photo that is the whole body, in the address."""
    asking_of(request)
    await with_store(request, reading.check_teachable, model)  # before any of the body is read
    state = state_of(request)
    most = state.settings.dataset_images
    async with receive_form(request, state, files=most, fields=uploads.FIELDS) as form:
        told, new = await while_connected(
            request, uploads.add(request, model, form.uploads, Wish.of(_fields(query, form.fields)))
        )
    return json_response(told, 201 if new else 200)


def _fields(query: UploadQuery, sent: dict[str, str]) -> dict[str, str]:
    asked = query.model_dump(include=set(uploads.FIELDS), exclude_none=True)
    for name in asked.keys() & sent.keys():
        raise errors.DuplicateField(name=name)
    return {**asked, **sent}
