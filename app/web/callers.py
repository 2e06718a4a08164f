"""Who is asking: told by Host, by origin and, where others can reach the server, by key.

On loopback everyone is the person at this machine. Elsewhere every address asks for a key or a
session that was opened with one, except those named here; roles will be told apart in `check`.
"""

import ipaddress
import re
import time
from collections import deque
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.requests import Request, cookie_parser
from starlette.types import Scope

from app import errors
from app.settings import Settings, is_loopback
from app.store.keys import Key, Keys

SESSION_COOKIE = "blomst_session"
SAFE_METHODS = {"GET", "HEAD", "OPTIONS", "TRACE"}

OPEN_PATHS = {"/livez", "/readyz", "/sign-in", "/sign-out", "/problems"}
OPEN_FOLDERS = ("/static/", "/problems/")

_SEE_DATASETS = {"admin"}

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^\[\]:/?#@\\]+)(?::\d+)?", re.IGNORECASE)
_PROXY_HEADERS = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
_WRONG_KEYS = 10
_MINUTE = 60.0
_MOST_ADDRESSES = 10_000


class Callers:
    """Decides whether a request may go on, by its head alone."""

    def __init__(self, settings: Settings, now: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._now = now
        self._wrong: dict[str, deque[float]] = {}

    def check(self, scope: Scope, keys: Keys | None) -> None:
        """Raises InvalidHost, CsrfRejected, MalformedRequest, Unauthorized, RateLimited, or
        NotReady before the keys have been read."""
        headers = Headers(scope=scope)
        self._check_host(headers)
        if scope["method"] not in SAFE_METHODS:
            check_origin(headers)
        if len(headers.getlist("authorization")) > 1:
            raise errors.MalformedRequest
        if self.asks_for_key(scope) and not _open_to_all(scope["path"]):
            if keys is None:
                raise errors.NotReady
            found = self.caller(scope, keys)
            if found is None:
                raise errors.Unauthorized
            scope.setdefault("state", {}).update(caller=found.id, role=found.role)

    def asks_for_key(self, scope: Scope) -> bool:
        """Whether this request must show a key, unless its path is open to all.

        Also where settings say loopback: another program may have opened the port to others, and a
        proxy on this machine passes on what comes from elsewhere.
        """
        if self._settings.insecure_no_key:
            return False
        headers = Headers(scope=scope)
        server = (scope.get("server") or ("127.0.0.1", 0))[0]
        passed_on = any(name in headers for name in _PROXY_HEADERS)
        return self._settings.needs_key or passed_on or not is_loopback(server)

    def caller(self, scope: Scope, keys: Keys) -> Key | None:
        """The key that a request shows, in a header or by its session. Raises as `try_key`."""
        headers = Headers(scope=scope)
        scheme, _, presented = headers.get("authorization", "").partition(" ")
        if scheme:
            if scheme.lower() != "bearer":
                raise errors.Unauthorized
            return self.try_key(scope, presented.strip().encode("latin-1"), keys)
        cookies = cookie_parser(headers.get("cookie", ""))
        return keys.find_session(cookies.get(SESSION_COOKIE, ""))

    def try_key(self, scope: Scope, presented: bytes, keys: Keys) -> Key:
        """Raises Unauthorized for a wrong key, RateLimited for one too many in a minute."""
        found = keys.find(presented)
        if found is None:
            raise self._wrong_key((scope.get("client") or ("", 0))[0])
        return found

    def _wrong_key(self, address: str) -> errors.Problem:
        """The right key is always taken, so that nobody can lock another out."""
        now = self._now()
        times = self._wrong.setdefault(address, deque(maxlen=_WRONG_KEYS))
        limited = len(times) == _WRONG_KEYS and now - times[0] < _MINUTE
        if not limited:
            times.append(now)
        if len(self._wrong) > _MOST_ADDRESSES:
            self._wrong.pop(next(iter(self._wrong)))
        return errors.RateLimited() if limited else errors.Unauthorized()

    def _check_host(self, headers: Headers) -> None:
        """A web page could reach us through a name that it owns (rebinding), so names are few."""
        given = headers.getlist("host")
        found = _HOST.fullmatch(given[0]) if len(given) == 1 else None
        host = found[1].strip("[]").lower() if found else ""
        if is_loopback(host):
            return
        if not self._settings.open_to_others:
            raise errors.InvalidHost
        if not _is_address(host) and host not in self._settings.hosts:
            raise errors.InvalidHost


def name_of(request: Request) -> str:
    """Who asks, as it is written down: the id of a key, or where no key was asked for."""
    found = request.scope.get("state", {}).get("caller")
    client = request.client
    return str(found or ("this machine" if client and is_loopback(client.host) else "anyone"))


def may_see_datasets(request: Request) -> bool:
    """Whether who asks may see the photos that models learn from, or is only answered: they may be
    other people's pictures. Where no key is asked for, everyone is the person at this machine."""
    role = request.scope.get("state", {}).get("role")
    return role is None or role in _SEE_DATASETS


def check_origin(headers: Headers) -> None:
    """Browsers say where a request comes from; programs say nothing and may pass."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise errors.CsrfRejected
        return
    origin = headers.get("origin")
    if origin is not None and origin.partition("://")[2] != headers.get("host"):
        raise errors.CsrfRejected


def _open_to_all(path: str) -> bool:
    return path in OPEN_PATHS or path.startswith(OPEN_FOLDERS)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
