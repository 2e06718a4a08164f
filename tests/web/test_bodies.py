"""What is noted of a body that is taken."""

import asyncio
from pathlib import Path

import httpx
import pytest

from app.main import create_app
from app.settings import Settings
from app.vision.network import Network


def test_a_file_that_was_called_something_else_is_taken_and_noted(
    prepared: Network,
    data_folder: Path,
    tmp_path: Path,
    cat: bytes,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """I40."""
    (tmp_path / "derived").symlink_to((data_folder / "derived").resolve())

    async def ask() -> list[int]:
        app = create_app(Settings(data=tmp_path))
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://localhost"
            ) as client:
                while (await client.get("/readyz")).status_code == 503:
                    await asyncio.sleep(0.05)
                files = [
                    {"images": ("cat.jpg", cat, "image/jpeg")},
                    {"images": ("cat.png", cat, "image/png")},
                ]
                answers = [await client.post("/api/v1/predict", files=f) for f in files]
                return [answer.status_code for answer in answers]

    assert asyncio.run(ask()) == [200, 200]
    assert [r.getMessage() for r in caplog.records] == ["a JPEG file was sent as image/png"]
