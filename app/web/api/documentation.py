"""The API's own description: OpenAPI in the reader's language, with examples that are true."""

from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from starlette.responses import Response

from app import __version__
from app.errors import Problem
from app.texts import Language, Texts, texts
from app.web.api.parameters import Lang, once
from app.web.api.shapes import PREDICT_EXAMPLE, PROBLEM_EXAMPLE, PredictShape, ProblemShape
from app.web.language import language_of

router = APIRouter(dependencies=[Depends(once())], include_in_schema=False)

Responses = dict[int | str, dict[str, Any]]


def photos_in() -> dict[str, Any]:
    """The request body of a prediction: form files, or one photo as it is."""
    files = {"type": "array", "items": {"type": "string", "format": "binary"}, "maxItems": 32}
    form = {"type": "object", "required": ["images"], "properties": {"images": files}}
    raw = {"schema": {"type": "string", "format": "binary"}}
    content = {"multipart/form-data": {"schema": form}, "image/*": raw}
    return {"requestBody": {"required": True, "content": content}}


def problem_responses(*kinds: type[Problem]) -> Responses:
    """Each status with the codes that come under it."""
    responses: Responses = {}
    for kind in kinds:
        told = responses.setdefault(
            kind.status, {"model": ProblemShape, "description": "", "codes": []}
        )
        if kind.code not in told["codes"]:
            told["codes"].append(kind.code)
    for told in responses.values():
        told["description"] = ", ".join(told.pop("codes"))
    return responses


def predict_responses() -> Responses:
    from app import errors

    example = {"application/json": {"example": PREDICT_EXAMPLE}, "image/png": {}}
    return {
        200: {"model": PredictShape, "content": example},
        **problem_responses(
            errors.MalformedMultipart,
            errors.CsrfRejected,
            errors.ModelNotFound,
            errors.NotAcceptable,
            errors.BodyTooLarge,
            errors.TooManyParts,
            errors.FieldTooLarge,
            errors.UnsupportedMediaType,
            errors.UnsupportedImageType,
            errors.UnsupportedContentEncoding,
            errors.EmptyFile,
            errors.UndecodableImage,
            errors.TruncatedImage,
            errors.ImageTooSmall,
            errors.ImageTooManyPixels,
            errors.ImageTooComplex,
            errors.NoUsableImages,
            errors.MissingField,
            errors.UnknownField,
            errors.InvalidParameter,
            errors.UnknownParameter,
            errors.DuplicateParameter,
            errors.Busy,
            errors.NotReady,
        ),
    }


@router.get("/openapi.json")
async def openapi(request: Request, query: Lang) -> Response:
    from app.web.api.predict import json_response

    return json_response(describe(request.app, language_of(request)))


def describe(app: FastAPI, language: Language) -> dict[str, Any]:
    """OpenAPI 3.1 with summaries and descriptions from `texts/*/api.toml`."""
    t = texts(language)
    described = get_openapi(
        title="Blomst",
        version=__version__,
        description=t("api.description"),
        routes=app.routes,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    for path in described["paths"].values():
        for operation in path.values():
            _describe_operation(operation, t)
    return described


def _describe_operation(operation: dict[str, Any], t: Texts) -> None:
    key = f"api.operations.{operation['operationId']}"
    operation["summary"] = t(f"{key}.summary")
    operation["description"] = t(f"{key}.description")
    for parameter in operation.get("parameters", []):
        parameter["description"] = t(f"api.parameters.{parameter['name']}")
    for status, response in operation["responses"].items():
        if status.startswith(("4", "5")):
            schema = response["content"].pop("application/json")
            schema["example"] = {**PROBLEM_EXAMPLE, "status": int(status)}
            response["content"]["application/problem+json"] = schema
        else:
            response["description"] = t("api.ok")
