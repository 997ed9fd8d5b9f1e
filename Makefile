# Each target sets up what it needs in .venv, once.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help install run test check quality bench crash docs fix lock clean

help:  ## Show these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(READY)  ## Set up .venv with all that runs and tests need

# An address may hold what make and the shell would expand.
override URL := $(value URL)
export URL

run: install  ## Crawl the bundled demo site; with URL=https://… a real address, politely
	@$(BIN)/python -m crawler.demo.first_run $${URL:+"$$URL"}

test: install  ## Run the whole test suite, PostgreSQL included
	@$(BIN)/python -m pytest -n auto --dist worksteal

check: install  ## Lint, types, import contracts, tests: what CI runs
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(MAKE) --no-print-directory test

quality: install  ## Score the reading of a corpus of pages, the worst first
	@$(BIN)/python -m tests.quality.score

bench: install  ## Measure against plain Scrapy, into bench/results.md
	@$(BIN)/python bench/run.py

crash: install  ## Kill crawls KILLS times (200), run them again, into bench/crash.md; SEED=… again
	@$(BIN)/python -m tests.crash.soak $(if $(KILLS),--kills $(KILLS)) $(if $(SEED),--seed $(SEED))

docs: install  ## Fill in the parts of docs/ that the code says itself
	@$(BIN)/python docs/generate.py

fix: install  ## Format the code, and mend what can be mended
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --fix --quiet .

lock:  ## Pin all dependencies anew, into requirements.lock (needs uv)
	uv pip compile pyproject.toml --extra dev --universal --generate-hashes \
		--no-emit-index-url --no-header --upgrade --quiet --output-file requirements.lock

clean:  ## Remove .venv and caches; data/ stays
	rm -rf .venv *.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'Docshelf needs Python 3.11 or later: make PYTHON=python3.12 …' >&2; exit 2; }
	@echo 'Setting up .venv, once …'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@
