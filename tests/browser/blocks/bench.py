"""A workbench for the blocks: pages made of the real templates under the real security headers, and
an API that answers what a test tells it to and writes down what it was asked."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import jinja2
from markupsafe import Markup
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from app.resources import folder
from app.texts import Language, texts
from app.web.access import SECURITY_HEADERS
from tests.photos import encode, packaged

_PAGE = """<!doctype html>
<html lang="{{ lang }}">
<head>
  <meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Bench</title>
  <link rel="icon" href="/static/favicon.svg" type="image/svg+xml">
  <script src="/static/js/early.js"></script>
  {% for sheet in sheets %}
  <link rel="stylesheet" href="/static/css/{{ sheet }}.css">
  {% endfor %}
  <script type="module" src="/static/js/{{ script }}.js"></script>
</head>
<body>
  <main id="content" tabindex="-1">
    <h1>{{ title }}</h1>
    {% include template %}
    {{ beside }}
  </main>
  <p class="unseen" role="status" data-live></p>
  {% include "_scripts_words.html" %}
</body>
</html>"""

_SHEETS = (
    "tokens", "base", "controls", "reading", "camera", "curves", "training", "upload", "gallery",
)  # fmt: skip

LABELS = [
    {"label": "glass", "name": "Glass", "names": {"en": "Glass", "nb": "Glass"}, "aliases": []},
    {"label": "metal", "name": "Metal", "names": {"en": "Metal", "nb": "Metall"}, "aliases": []},
    {"label": "paper", "name": "Paper", "names": {"en": "Paper", "nb": "Papir"}, "aliases": []},
]  # fmt: skip

Answer = tuple[int, Any] | tuple[int, Any, dict[str, str]]


@dataclass
class Asked:
    """One request to the API: its method and path, with the JSON or the form that came with it."""

    request: str
    body: Any = None
    files: list[str] = field(default_factory=list)


class Bench:
    """`pages[name]` is what a page is made of; `answers[request]` answers an API request."""

    url: str

    def __init__(self) -> None:
        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(folder("templates")),
            autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip
        self._page = environment.from_string(_PAGE)
        self._thumbnail = encode(packaged("coffee")[::4, ::4])
        self.clear()
        self.app = Starlette(
            routes=[
                Route("/pages/{name}", self._show),
                Route("/thumbnails/{name}", self._picture),
                Route("/api/v1/{path:path}", self._answer, methods=["GET", "POST", "PUT"]),
                Mount("/static", StaticFiles(directory=folder("static"))),
            ]
        )

    def clear(self) -> None:
        self.asked: list[Asked] = []
        self.pages: dict[str, dict[str, Any]] = {}
        self.answers: dict[str, Callable[[Asked], Answer]] = {}
        self.events: dict[str, list[dict[str, Any]]] = {}

    def page(self, script: str, template: str, *, beside: str = "", **context: Any) -> str:
        """Makes a page around one block and returns its path."""
        shared = {"title": script, "limits": {"image_mb": 15}, "accept": "image/jpeg,image/png"}
        self.pages[script] = {
            **shared, "script": script, "template": template, "path": f"/pages/{script}",
            "beside": Markup(beside), **context,
        }  # fmt: skip
        return f"/pages/{script}"

    def requests(self, request: str) -> list[Asked]:
        return [asked for asked in self.asked if asked.request == request]

    async def _show(self, request: Request) -> Response:
        lang: Language = "nb" if request.headers["accept-language"].startswith("nb") else "en"
        context = self.pages[request.path_params["name"]]
        page = self._page.render(lang=lang, t=texts(lang), sheets=_SHEETS, **context)
        return HTMLResponse(page, headers=SECURITY_HEADERS)

    async def _picture(self, request: Request) -> Response:
        return Response(self._thumbnail, media_type="image/jpeg")

    async def _answer(self, request: Request) -> Response:
        asked = Asked(f"{request.method} /{request.path_params['path']}")
        kind = request.headers.get("content-type", "")
        if kind.startswith("multipart/"):
            async with request.form() as form:
                parts = form.multi_items()
            asked.body = {k: v for k, v in parts if isinstance(v, str)}
            asked.files = [str(v.filename) for _, v in parts if not isinstance(v, str)]
        elif kind == "application/json":
            asked.body = await request.json()
        else:
            asked.body = await request.body()
        self.asked.append(asked)
        if asked.request in self.events:
            told = self._tell(self.events[asked.request])
            return StreamingResponse(told, media_type="text/event-stream")
        answer = self.answers.get(asked.request, _unknown)
        status, body, *headers = answer(asked)
        return JSONResponse(body, status, headers[0] if headers else None)

    async def _tell(self, jobs: list[dict[str, Any]]) -> AsyncIterator[str]:
        for number, job in enumerate(jobs):
            yield f"id: {number}\nevent: progress\ndata: {json.dumps(job)}\n\n"
            await asyncio.sleep(0.15)
        yield "event: end\ndata: {}\n\n"


def problem(status: int, code: str, detail: str, **more: Any) -> Answer:
    """A refusal as the API tells it."""
    return status, {"title": code, "status": status, "detail": detail, "code": code, **more}


def _unknown(asked: Asked) -> Answer:
    return problem(404, "not-found", "")
