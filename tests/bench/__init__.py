"""The budgets of docs/performance.md, measured: `make bench`, or `python -m tests.bench`. Not run by pytest."""
