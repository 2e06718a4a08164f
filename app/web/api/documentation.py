"""The API's own description: OpenAPI in the reader's language, with examples that are true."""

from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from starlette.responses import Response

from app import __version__, errors
from app.errors import Problem
from app.texts import Language, Texts, texts
from app.web import problems
from app.web.api.parameters import Lang, once
from app.web.api.shapes import PREDICT_EXAMPLE, PredictShape, ProblemShape
from app.web.language import language_of

router = APIRouter(dependencies=[Depends(once())], include_in_schema=False)

Responses = dict[int | str, dict[str, Any]]


def photos_in(most: int = 32, **fields: dict[str, Any]) -> dict[str, Any]:
    """A request body of photos: form files with these text fields beside them, or one photo as it
    is. A field with an example is one that is needed."""
    files = {"type": "array", "items": {"type": "string", "format": "binary"}, "maxItems": most}
    needed = ["images", *(name for name, schema in fields.items() if "example" in schema)]
    form = {"type": "object", "required": needed, "properties": {"images": files, **fields}}
    raw = {"schema": {"type": "string", "format": "binary"}}
    content = {"multipart/form-data": {"schema": form}, "image/*": raw}
    return {"requestBody": {"required": True, "content": content}}


def json_in(shape: type[BaseModel], example: Any, *, required: bool = True) -> dict[str, Any]:
    """The request body of this shape, with a true example."""
    schema = shape.model_json_schema()
    schema = _inlined(schema, schema.pop("$defs", {}))
    content = {"application/json": {"schema": schema, "example": example}}
    return {"requestBody": {"required": required, "content": content}}


def _inlined(schema: Any, defs: dict[str, Any]) -> Any:
    """Each reference within a schema is what it refers to: an operation has no room for others."""
    if isinstance(schema, list):
        return [_inlined(one, defs) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(defs[schema["$ref"].rpartition("/")[2]], defs)
    return {key: _inlined(value, defs) for key, value in schema.items()}


def json_out(shape: type[BaseModel], example: Any = None) -> dict[str, Any]:
    """An answer of this shape."""
    content = {"application/json": {"example": example}} if example is not None else {}
    return {"model": shape, "content": content} if content else {"model": shape}


def problem_responses(*kinds: type[Problem]) -> Responses:
    """Each status with the codes that come under it."""
    codes: dict[int, dict[str, None]] = {}
    for kind in kinds:
        codes.setdefault(kind.status, {})[kind.code] = None
    return {
        status: {"model": ProblemShape, "description": ", ".join(under)}
        for status, under in codes.items()
    }


ALWAYS = (
    errors.InvalidHost,
    errors.InvalidParameter,
    errors.UnknownParameter,
    errors.DuplicateParameter,
)
GUARDED = (errors.Unauthorized, errors.RateLimited)
CHANGES = (
    errors.CsrfRejected,
    errors.MalformedRequest,
    errors.RequestTimeout,
    errors.InsufficientStorage,
    errors.Busy,
)
JSON = (
    errors.MalformedJson,
    errors.DuplicateKey,
    errors.NotJson,
    errors.BodyTooLarge,
    errors.UnsupportedContentEncoding,
    errors.MissingField,
    errors.UnknownField,
    errors.InvalidField,
    errors.TooManyItems,
    errors.InvalidText,
)


UNUSABLE_PHOTOS = (
    errors.MalformedMultipart,
    errors.MalformedRequest,
    errors.RequestTimeout,
    errors.CsrfRejected,
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
)
"""Whatever can be wrong with photos on their way in."""


ASKED = (
    *UNUSABLE_PHOTOS,
    errors.ModelNotFound,
    errors.ModelUntaught,
    *ALWAYS,
    *GUARDED,
    errors.Busy,
    errors.NotReady,
)
"""Whatever can be wrong when a model is asked about photos."""


def predict_responses() -> Responses:
    example = {"application/json": {"example": PREDICT_EXAMPLE}, "image/png": {}}
    return {
        200: {"model": PredictShape, "content": example},
        **problem_responses(*ASKED, errors.NotAcceptable),
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
    for name in ("HTTPValidationError", "ValidationError"):  # ours are problem documents
        described["components"]["schemas"].pop(name, None)
    bearer = {"type": "http", "scheme": "bearer", "description": t("api.key")}
    described["components"]["securitySchemes"] = {"key": bearer}
    return described


def _describe_operation(operation: dict[str, Any], t: Texts) -> None:
    key = f"api.operations.{operation['operationId']}"
    operation["summary"] = t(f"{key}.summary")
    operation["description"] = t(f"{key}.description")
    for parameter in operation.get("parameters", []):
        parameter["description"] = t(f"api.parameters.{parameter['name']}")
    responses = operation["responses"]
    if "401" in responses:
        operation["security"] = [{"key": []}, {}]
    for status, response in responses.items():
        if response["description"] == "Service Unavailable":  # /readyz: no problem, but an answer
            response["description"] = t("api.not_ready")
        elif status.startswith(("4", "5")):
            _describe_problems(response, t)
        else:
            response["description"] = t("api.ok")


def _describe_problems(response: dict[str, Any], t: Texts) -> None:
    """Each code of a status with the document that is really sent."""
    kinds = {kind.code: kind for kind in errors.all_problems()}
    found = [kinds[code] for code in response["description"].split(", ")]
    content = response["content"].pop("application/json")
    content["examples"] = {
        kind.code: {"value": problems.example(kind, t, PREDICT_EXAMPLE["id"])} for kind in found
    }
    response["content"]["application/problem+json"] = content
