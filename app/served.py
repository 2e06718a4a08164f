"""The server of a data folder, asked by commands as any program asks it."""

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from typing import Any

from app.texts import Texts

_TIMEOUT = 30.0

Json = Mapping[str, Any]


class Refused(Exception):
    """The server said no, in a problem document. `wait` is in how many seconds to ask again, where
    it said so."""

    def __init__(self, problem: Json, wait: float | None = None) -> None:
        super().__init__(problem.get("detail"))
        self.problem, self.wait = problem, wait

    @property
    def code(self) -> str:
        return str(self.problem.get("code", ""))


class Served:
    """`key` is shown where there is one; answers are in the language of `t`."""

    def __init__(self, address: str, key: str, t: Texts) -> None:
        self.address = address
        self._headers = {"Accept-Language": t.language, "Accept": "application/json"}
        if key:
            self._headers["Authorization"] = f"Bearer {key}"
        # It is on this machine, so no proxy stands between.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def ask(self, method: str, path: str, body: Json | None = None) -> Any:
        """Raises Refused, OSError when it does not answer, ValueError when it is not ours."""
        if body is None:
            return self.send(method, path, None, None)
        return self.send(method, path, json.dumps(body).encode(), "application/json")

    def send(self, method: str, path: str, content: bytes | None, kind: str | None) -> Any:
        """The same with a body of any kind."""
        headers = self._headers | ({"Content-Type": kind} if kind else {})
        address = f"{self.address}/api/v1{path}"
        request = urllib.request.Request(address, content, headers, method=method)
        try:
            with self._opener.open(request, timeout=_TIMEOUT) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                wait = error.headers.get("Retry-After", "")
                problem = json.load(error)
            raise Refused(problem, float(wait) if wait.isdecimal() else None) from error


def quoted(name: str) -> str:
    """A name as one part of a path."""
    return urllib.parse.quote(name, safe="")
