"""Analyses of a dataset as the API and the pages tell them: how far they are."""

from typing import Any

from app import errors
from app.teaching.analyses import Analysis
from app.texts import Texts


def progress_json(analysis: Analysis, t: Texts) -> dict[str, Any] | None:
    """How far it is, None when there is nothing to wait for."""
    if analysis.current or analysis.failed:
        return None
    told = analysis.progress
    return {
        "phase": told.phase,
        "sentence": t(f"care.phase.{told.phase}"),
        "done": told.done,
        "total": told.total,
    }


def analysis_json(model: str, analysis: Analysis, t: Texts) -> dict[str, Any]:
    """What is told of every analysis, whatever it found.

    Raises AnalysisFailed when it came to nothing and nothing was found before.
    """
    if analysis.found is None and analysis.failed:
        raise errors.AnalysisFailed
    return {
        "model": model,
        "current": analysis.current,
        "working": progress_json(analysis, t),
    }
