"""Measures the budgets and prints them as Markdown, ready for the README."""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks import measuring, teaching
from tests.benchmarks.report import Part, Report

_PARTS = ("serving", "teaching")


def main() -> int:
    """0 when every budget holds, else 1."""
    parser = argparse.ArgumentParser("python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--only", choices=_PARTS, help="one half of it")
    parser.add_argument("--quick", action="store_true", help="two minutes of it; tells little")
    parser.add_argument("--json", type=Path, help="a file for every number")
    chosen = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="blomst-benchmarks-") as folder:
        wanted = [part for part in _PARTS if chosen.only in (None, part)]
        parts = [_measure(part, chosen.quick, Path(folder)) for part in wanted]
    report = Report(parts, time.monotonic() - began, measuring.CROWDS)
    sys.stdout.write(report.markdown() + "\n")
    if chosen.json:
        chosen.json.write_text(json.dumps(report.json(), indent=1))
    return 0 if all(row.kept is not False for row in report.rows) else 1


def _measure(part: str, quick: bool, folder: Path) -> Part:
    if part == "serving":
        return measuring.measure(measuring.QUICK if quick else measuring.Plan(), folder, _say)
    return teaching.measure(teaching.QUICK if quick else teaching.Plan(), folder, _say)


def _say(doing: str) -> None:
    sys.stderr.write(f"… {doing}\n")


if __name__ == "__main__":
    sys.exit(main())
