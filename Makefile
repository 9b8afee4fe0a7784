# The contributor's manual: every target says what it is for. CI runs the same targets.
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
.DEFAULT_GOAL := help

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(VENV)/.ready: requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "choso: $(PYTHON) not found: install Python 3.11 or later"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready requirements-dev.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

setup: $(VENV)/.ready  ## make .venv from the hash-locked file

demo: $(VENV)/.ready  ## the whole thing on this machine: broker, store, roles, simulated markets
	-@$(BIN)/python -m infra.embedded.warm
	@$(BIN)/choso demo

test: $(VENV)/.ready-dev debian  ## set up and run every test, on two cores; Kafka is fetched first, once for both
	-@$(BIN)/python -m infra.embedded.warm
	$(BIN)/python -m pytest -n 2

soak: $(VENV)/.ready-dev  ## the laws of imports over a hundred times as many generated files
	CHOSO_SOAK=100 $(BIN)/python -m pytest --timeout 0 -k csv tests/producers

debian:  ## install the browser and the fonts that tests and reports need, where this may be done
	@sh infra/debian.sh

golden: $(VENV)/.ready-dev debian  ## draw the pictures of the pages anew: look at each before you commit it
	CHOSO_GOLDEN=draw $(BIN)/python -m pytest tests/web/test_golden.py

messages: $(VENV)/.ready  ## bring both message catalogues up to date; lists what is not translated
	$(BIN)/python -m consumers.language.update

docs: $(VENV)/.ready  ## write what is made from the code: pages of docs/, JSON Schemas, the first migration
	$(BIN)/python -m schemas.generate
	$(BIN)/python -m infra.settings_doc
	$(BIN)/python -m consumers.sink.document
	$(BIN)/python -m consumers.adoption.render.metrics_doc
	$(BIN)/python -m consumers.alerts.rules_doc

lint: $(VENV)/.ready-dev  ## ruff, mypy, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.ready-dev  ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.ready-dev  ## measure the numbers of the spine, side by side
	$(BIN)/python -m benchmarks

lock:  ## write the lock files anew, with hashes and without addresses
	$(PYTHON) -m venv $(VENV) && $(BIN)/pip install -q uv
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header -q requirements.in -o requirements.lock
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header -q requirements-dev.in -o requirements-dev.lock

.PHONY: help setup demo test soak debian golden messages docs lint format bench lock
