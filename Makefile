# Everything that is done to scribe more than once. `make` alone lists it.

PYTHON = python3
VENV = .venv
BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check --quiet
PYTEST_ARGS = -n 2 --dist loadgroup

.PHONY: help setup demo test lint types contracts check bench torture screenshot fmt clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "  PYTHON=python3.12 chooses the interpreter, PYTEST_ARGS='-k clock' the tests."

# One environment, three stamps: made, holds what scribe needs to run, holds what its developers need.
# `demo` waits only for the second; a stamp newer than pyproject.toml and constraints.txt costs nothing.
$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "scribe needs Python 3.11 or newer, and $(PYTHON) is `$(PYTHON) -V 2>&1 | tail -n 1`; try: make PYTHON=python3.12" >&2; exit 1; }
	@echo "making $(VENV)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }
	@touch $@

$(VENV)/.runtime: $(VENV)/.made pyproject.toml constraints.txt
	@echo "installing scribe into $(VENV)"
	@$(PIP) install -c constraints.txt -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.made pyproject.toml constraints.txt
	@echo "installing scribe and its tools into $(VENV)"
	@$(PIP) install -c constraints.txt -e '.[dev]'
	@touch $(VENV)/.runtime $@

setup: $(VENV)/.dev ## make .venv with scribe, its libraries and its tools

demo: $(VENV)/.runtime ## try scribe on a sample incident
	@$(BIN)/scribe demo

test: $(VENV)/.dev ## run the tests
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

lint: $(VENV)/.dev ## ruff: mistakes and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/.dev ## mypy --strict over code and tests
	@$(BIN)/mypy

contracts: $(VENV)/.dev ## who may import whom
	@$(BIN)/lint-imports

check: lint types contracts test ## all of lint, types, contracts and test

bench: $(VENV)/.dev ## measure, and write docs/BENCHMARKS.md
	@$(BIN)/python -m tests.benchmarks

torture: $(VENV)/.dev ## provoke every fault thousands of times, and write docs/DURABILITY.md
	@$(BIN)/python -m tests.durability

screenshot: $(VENV)/.dev ## draw the pictures in docs/ anew
	@$(BIN)/python -m tests.screenshot

fmt: $(VENV)/.dev ## format, and mend what ruff can mend
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

clean: ## remove the environment, builds and caches
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache snapshot_report.html
	find scribe tests -name __pycache__ -type d -prune -exec rm -rf {} +
