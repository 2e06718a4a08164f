"""Pages from templates, in the reader's language."""

from functools import cache
from typing import Any
from urllib.parse import urlencode

import jinja2
from fastapi import Request
from starlette.responses import HTMLResponse

from app import __version__
from app.resources import folder
from app.texts import LANGUAGES
from app.web.callers import SESSION_COOKIE
from app.web.language import COOKIE, texts_of
from app.web.state import state_of

_YEAR = 365 * 24 * 3600


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder("templates")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(
    request: Request, template: str, context: dict[str, Any], status: int = 200, here: str = ""
) -> HTMLResponse:
    """A page. Its language follows the reader, so shared caches must tell readers apart. `here` is
    where it can be read again, when it was answered to a form with another address."""
    t = texts_of(request)
    page = (
        _environment()
        .get_template(template)
        .render(
            lang=t.language,
            other_lang="en" if t.language == "nb" else "nb",
            t=t,
            version=__version__,
            marking=state_of(request).settings.inbox_days,
            path=request.url.path,
            other_language=_in_language(request, here, "en" if t.language == "nb" else "nb"),
            **_entrance(request),
            **context,
        )
    )
    headers = {
        "Content-Language": t.language,
        "Vary": "Accept-Language, Cookie",
        "Cache-Control": "no-store",
    }
    response = HTMLResponse(page, status, headers)
    if request.query_params.get("lang") in LANGUAGES:  # a choice is kept for the next visit
        response.set_cookie(COOKIE, t.language, _YEAR, httponly=True, samesite="strict")
    return response


def _in_language(request: Request, here: str, language: str) -> str:
    """The address of the same page in another language; `here` where a form brought it forth."""
    asked = {} if here else dict(request.query_params)
    return f"{here or request.url.path}?{urlencode({**asked, 'lang': language})}"


def _entrance(request: Request) -> dict[str, bool]:
    """Whether a key is asked for here, and whether this reader has shown one."""
    state = state_of(request)
    session = request.cookies.get(SESSION_COOKIE, "")
    signed_in = state.keys is not None and state.keys.find_session(session) is not None
    needs_key = state.callers.asks_for_key(request.scope)
    return {"needs_key": needs_key, "signed_in": needs_key and signed_in}


def wants_page(request: Request) -> bool:
    """A browser on its way to a page: outside the API, and HTML before JSON."""
    path, accept = request.url.path, request.headers.get("accept", "")
    outside = not path.startswith(("/api/", "/static/", "/openapi.json"))
    return outside and "text/html" in accept
