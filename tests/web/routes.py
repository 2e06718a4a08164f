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


class _Names(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "1"


_EXISTING = _Names(
    model="flowers",
    label="rose",
    sha256="00195a43f5904de818d50d8120c7b17a9d4a47a9a4fb7b3454868a0dbabe513f",
    code="empty-file",
    slug="models",
)


def with_names(path: str) -> str:
    """The address with names of things that every server has; its numbers are 1."""
    return path.format_map(_EXISTING)
