"""Which language a request is answered in."""

from fastapi import Request

from app.texts import LANGUAGES, Language, Texts, preferred, texts

COOKIE = "lang"


def language_of(request: Request) -> Language:
    """`lang` in the address, else what the reader chose on a page before, else the browser's."""
    for chosen in (request.query_params.get("lang"), request.cookies.get(COOKIE)):
        if chosen in LANGUAGES:
            return chosen
    return preferred(request.headers.get("accept-language", ""))


def texts_of(request: Request) -> Texts:
    return texts(language_of(request))
