# Executable documentation: every way to run, test and measure Overturn.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.ready

.PHONY: help setup run test lint types contracts bench soak lock clean

help:            ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 16

setup: $(STAMP)  ## the virtual environment with locked dependencies and the `overturn` command
$(STAMP): requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing locked dependencies (once, about a minute) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

run: setup       ## the demo practice on http://127.0.0.1:8000, or make run PORT=8001
	@$(BIN)/overturn demo $(if $(PORT),--port $(PORT))

test: setup lint ## everything: unit, property, web, real browser, PostgreSQL
	@$(BIN)/python -m pytest -n auto --dist loadgroup

lint: setup      ## ruff, mypy strict, import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

bench: setup     ## what is fast, measured against what else a person could use (long; see docs of each)
	@$(BIN)/python benchmarks/edi.py
	@$(BIN)/python benchmarks/ingest.py
	@$(BIN)/python benchmarks/recovery.py --seeds 1-2

soak: setup      ## kill the loading process a hundred times on each engine and prove the books each time (minutes)
	@$(BIN)/python -m tests.soak

lock:            ## make requirements.lock again from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --all-extras --group dev --generate-hashes --no-emit-index-url --universal --python-version 3.11 -o requirements.lock --quiet

clean:           ## forget the virtual environment and the caches; your data stays
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache
