"""The workshop as a notebook for Jupyter and Colab, written from one template in each language.

The template marks its cells as editors do: `# %%` for code, `# %% [markdown]` for text, and
`# %% [folded]` for code that opens folded away.
"""

import json
import re
from functools import cache
from typing import Any

import jinja2

from app.resources import folder
from app.teaching import flower_photos
from app.texts import Texts

NAME = "blomst-workshop.ipynb"
MEDIA_TYPE = "application/x-ipynb+json"

_CELL = re.compile(r"^# %%(?: \[(\w+)\])?\n", re.MULTILINE)
_FOLDED = {"cellView": "form", "jupyter": {"source_hidden": True}}  # Colab's word, and Jupyter's
_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def notebook(t: Texts, server: str = "") -> bytes:
    """The notebook as a file of format 4.5. `server` is the address that it asks to begin with;
    without one it looks for an installed Blomst."""
    said = _template().render(t=t, server=server, archive=flower_photos)
    _, *parts = _CELL.split(said)
    kinds, sources = parts[::2], parts[1::2]
    cells = [_cell(n, *each) for n, each in enumerate(zip(kinds, sources, strict=True), 1)]
    whole = {"nbformat": 4, "nbformat_minor": 5, "metadata": _METADATA, "cells": cells}
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode()


def _cell(number: int, kind: str | None, source: str) -> dict[str, Any]:
    cell = {"id": f"cell-{number}", "source": source.strip().splitlines(keepends=True)}
    if kind == "markdown":
        return {"cell_type": "markdown", "metadata": {}, **cell}
    metadata = _FOLDED if kind == "folded" else {}
    never_run: dict[str, Any] = {"execution_count": None, "outputs": []}
    return {"cell_type": "code", "metadata": metadata, **never_run, **cell}


@cache
def _template() -> jinja2.Template:
    """What it makes is Python and Markdown: nothing is escaped as HTML would be."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder("templates")), undefined=jinja2.StrictUndefined
    )
    return environment.get_template("lab/notebook.jinja")
