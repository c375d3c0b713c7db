# One stamp file a step: a second `make` does nothing that is already done.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
STAMPS := .stamps
DEMO_HOME ?= demo
KERNELS := $(shell grep -rlF '@njit' museum/geometry museum/demonstration --include=*.py 2>/dev/null)
FRONTEND := $(shell find museum/web/frontend museum/viewer/frontend -type f 2>/dev/null)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help setup frontend demo serve test test-fast check format screenshots bench fuzz soak docs clean distclean
help: ## What can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'
	@echo
	@echo "Then: $(BIN)/museum --help"

$(STAMPS)/venv:
	@mkdir -p $(STAMPS)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: sudo apt-get install python3"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "The venv module is missing: sudo apt-get install python3-venv"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@touch $@

# The editable install runs the front-end build too (hatch_build.py).
$(STAMPS)/install: $(STAMPS)/venv pyproject.toml constraints.txt hatch_build.py package.json package-lock.json
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[dev]'
	@touch $@ $(STAMPS)/frontend

$(STAMPS)/frontend: $(STAMPS)/install $(FRONTEND)
	@if [ -d node_modules ] && command -v node >/dev/null; then node museum/web/frontend/build.mjs; \
	else $(BIN)/python -m pip install --quiet --no-deps -c constraints.txt -e .; fi
	@touch $@

# A kernel's cache doesn't notice a change in another file whose functions it has taken in: all are made anew.
$(STAMPS)/kernels: $(STAMPS)/install $(KERNELS)
	rm -f museum/geometry/__pycache__/*.nb[ci] museum/demonstration/__pycache__/*.nb[ci]
	$(BIN)/python -m museum.demonstration.kernels
	$(BIN)/python -m compileall -q museum
	@touch $@

setup: $(STAMPS)/install $(STAMPS)/frontend $(STAMPS)/kernels ## Set everything up: .venv with all libraries, the front end built, kernels compiled

frontend: $(STAMPS)/frontend ## Build the front end

demo: setup ## Build the demonstration museum (some minutes, once) and serve it on http://127.0.0.1:8000
	$(BIN)/museum demo --home $(DEMO_HOME) --serve --port $(PORT)

test: setup ## All tests (real data from ../shared where present; needs Chromium and PostgreSQL for a part of them)
	@.ci/system-packages --hint
	$(BIN)/python -m pytest -n 2 --dist loadfile

test-fast: setup ## Tests without browser
	$(BIN)/python -m pytest -n 2 --dist loadfile -m 'not browser'

check: setup ## ruff, mypy --strict, import-linter, docs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/sphinx-build -q -W -b html docs docs/_build/html

format: setup ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: setup ## Build the documentation into docs/_build/html
	$(BIN)/sphinx-build -q -W -b html docs docs/_build/html

screenshots: setup ## Photograph every kind of page of the demonstration into docs/screenshots
	$(BIN)/museum demo --home $(DEMO_HOME)
	$(BIN)/python -m tests.browser.screenshots $(DEMO_HOME)

bench: setup ## Measure against peers and limits; writes docs/benchmarks.md
	$(BIN)/python -m tests.bench.run

soak: setup ## Long trials under kills: jobs on SQLite and PostgreSQL, ingests, each with its control (half an hour)
	$(BIN)/python -m tests.soak.jobs
	$(BIN)/python -m tests.soak.jobs --postgresql
	! $(BIN)/python -m tests.soak.jobs --jobs 1000 --kills 10 --without-leases
	$(BIN)/python -m tests.soak.ingests
	! $(BIN)/python -m tests.soak.ingests --ingests 100 --kills 40 --without-recovery
	$(BIN)/python -m tests.soak.amendments

fuzz: setup ## Ask the public interfaces 10,000 questions and for 100,000 images, most of them nonsense: no server error
	$(BIN)/python -m tests.conformance.fuzzing 10000
	$(BIN)/python -m tests.conformance.image_fuzzing 100000

EXTRAS := av,clouds,oidc,postgresql,print
wheelhouse: setup ## Everything an installation without the Internet needs, in dist/wheelhouse; tried in a fresh venv
	rm -rf dist/wheelhouse dist/offline
	$(BIN)/python -m pip wheel --quiet --wheel-dir dist/wheelhouse -c constraints.txt '.[$(EXTRAS)]'
	$(PYTHON) -m venv dist/offline
	dist/offline/bin/python -m pip install --quiet --no-index --find-links dist/wheelhouse 'museum[$(EXTRAS)]'
	dist/offline/bin/museum --version
	rm -rf dist/offline

clean: ## Remove what was built, keep the libraries
	rm -rf docs/_build museum/web/static/dist museum/viewer/static/dist $(STAMPS)/frontend .pytest_cache .mypy_cache .ruff_cache

distclean: clean ## Remove everything that make made, the demonstration museum too
	rm -rf .venv .venv-* $(STAMPS) node_modules $(DEMO_HOME)
