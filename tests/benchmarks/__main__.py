"""Measures the budgets and prints them as Markdown, ready for the README."""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.measuring import QUICK, Plan, measure


def main() -> int:
    """0 when every budget holds, else 1."""
    parser = argparse.ArgumentParser("python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a minute of it; tells little")
    parser.add_argument("--json", type=Path, help="a file for every number")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="blomst-benchmarks-") as folder:
        report = measure(QUICK if chosen.quick else Plan(), Path(folder), _say)
    sys.stdout.write(report.markdown() + "\n")
    if chosen.json:
        chosen.json.write_text(json.dumps(report.json(), indent=1))
    return 0 if all(row.kept is not False for row in report.rows) else 1


def _say(doing: str) -> None:
    sys.stderr.write(f"… {doing}\n")


if __name__ == "__main__":
    sys.exit(main())
