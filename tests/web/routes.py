"""Every address of the server, read off the application itself."""

from collections.abc import Iterator
from pathlib import Path

from fastapi.routing import APIRoute

from app.main import create_app
from app.settings import Settings


def all_routes() -> Iterator[tuple[str, str]]:
    """Method and path of each; FastAPI keeps included routers whole in newer versions."""
    for room in create_app(Settings(data=Path("unused"))).routes:
        router = getattr(room, "original_router", None)
        for route in router.routes if router else [room]:
            if isinstance(route, APIRoute):
                yield from ((method, route.path_format) for method in sorted(route.methods or ()))
