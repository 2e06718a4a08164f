"""The benchmarks run, and measure every budget. What they find is for a quiet machine to say."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

BUDGETS = {
    "cpu": 1.25, "rate": 0.7, "memory": 300, "memory_growth": 5, "memory_peak": 200,
    "start_later": 2, "start_first": 40,
    "import": 1.4, "live": 15, "trainer_memory": 1500, "beside_1": 1.5, "beside_4": 1.5,
    "many_first": 1, "many_late": 1, "many_list": 1, "many_counts": 1, "many_model": 1,
    "many_start": 1, "many_memory": 100,
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads what processes use from /proc")
def test_every_budget_is_measured_and_printed(tmp_path: Path) -> None:
    told = tmp_path / "numbers.json"
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks", "--quick", "--json", str(told)],
        cwd=ROOT, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr  # 1: a budget was missed
    assert told.is_file(), done.stderr
    numbers = json.loads(told.read_bytes())
    limits = {row["name"]: row["at_most"] or row["at_least"] for row in numbers["rows"]}
    assert {name: limit for name, limit in limits.items() if limit} == BUDGETS
    assert all(row["says"] in done.stdout for row in numbers["rows"])
    assert [server["name"] for server in numbers["servers"]] == [
        "the bare loop, no HTTP",
        "**Blomst**",
        "FastAPI + `tf.function`",
        "FastAPI + `model.predict`",
    ]
    assert all(min(server["rates"]) > 0 for server in numbers["servers"])
