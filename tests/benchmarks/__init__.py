"""The budgets of the design, measured in one run: `python -m tests.benchmarks`."""
