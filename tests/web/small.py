"""Small applications on the real server, with the real access checks and problem documents."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from fastapi import APIRouter, FastAPI

from app.settings import Settings
from app.web import problems
from app.web.access import Access
from app.web.api import operations
from app.web.pages import reading
from app.web.server import Server, listen
from app.web.state import State

Routes = Callable[[APIRouter, State], None]


def small_app(folder: Path, routes: Routes) -> FastAPI:
    """Only these routes, /livez, and the pages that explain problems."""
    state = State(Settings(data=folder))
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.state.blomst = state
    problems.install(app)
    own = APIRouter()
    routes(own, state)
    for router in (own, operations.router, reading.router):
        app.include_router(router)
    app.add_middleware(Access, state=state)
    return app


@contextlib.contextmanager
def running(app: FastAPI) -> Iterator[str]:
    """The app's address, while it runs in a thread."""
    server = Server(app)
    with listen("127.0.0.1", 0) as door:
        thread = threading.Thread(target=lambda: asyncio.run(server.serve([door])))
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{door.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
