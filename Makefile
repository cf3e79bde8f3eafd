# Every target sets up what it needs: Python 3.11+, git and make are enough.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
# Some machines turn compiled bytecode off; every start would compile all of it again.
unexport PYTHONDONTWRITEBYTECODE
# What is imported is compiled then; most of what is installed never is.
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile
# Chromium comes while Python's packages are installed, and types are checked beside the rest.
MAKEFLAGS += --jobs=2
# The first free process takes the next test: a few are much longer than the others. What
# waits for browsers and other processes leaves room for a third one on two cores.
COMPUTE = -n 2 --dist worksteal
WAIT    = -n 3 --dist worksteal

# What meets a database; the other tests of the command line never open one.
ON_POSTGRESQL = tests/records $(addprefix tests/cli/test_,$(addsuffix .py,\
	backup brief keys workspace_commands)) \
	$(addprefix tests/web/test_,$(addsuffix .py,accounts nonsense people))

.PHONY: demo example test check style types fix run bench docs messages screenshots lock clean help
.DEFAULT_GOAL := help

help: ## what each target does
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 10

$(VENV)/.core: requirements/core.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) --require-hashes -r requirements/core.txt
	$(INSTALL) --require-hashes -r requirements/build.txt
	$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.core requirements/dev.txt requirements/data.txt
	$(INSTALL) --require-hashes -r requirements/dev.txt
	$(INSTALL) --require-hashes --no-deps -r requirements/data.txt
	@touch $@

# Tests in a browser skip, and say so, where Chromium is missing and may not be installed.
$(VENV)/.browser:
	@mkdir -p $(VENV)
	@if ! command -v chromium >/dev/null && command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; \
	then apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
		apt-get install -y -qq --no-install-recommends chromium >/dev/null || true; fi
	@touch $@

demo: $(VENV)/.core ## build a fictional team and print its brief
	$(BIN)/leadline demo

example: $(VENV)/.dev ## once around the loop, on a marketplace whose truth is known
	$(BIN)/python -m examples.classifieds $(ARGS)

run: $(VENV)/.core ## run leadline with ARGS="…"
	$(BIN)/leadline $(ARGS)

check: types style ## style, types, layers, security

types: $(VENV)/.dev
	$(BIN)/mypy

style: $(VENV)/.dev
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/lint-imports --no-logo
	@mkdir -p $(VENV)/.leadline
	LEADLINE_WORKSPACE=$(VENV) $(BIN)/python -m django makemigrations --check --dry-run -v 0 \
		--settings leadline.settings
	LEADLINE_URL=https://leadline.example LEADLINE_WORKSPACE=$(VENV) $(BIN)/python -m django \
		check --deploy --fail-level WARNING --settings leadline.web.settings
	$(BIN)/bandit --quiet --recursive src --configfile pyproject.toml

test: check $(VENV)/.browser ## check, then every test; what needs a database on SQLite and on PostgreSQL
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest $(COMPUTE) tests/practice tests/analysis
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --precision 1 --fail-under 100
	$(BIN)/python -m pytest $(WAIT) --ignore tests/practice --ignore tests/analysis
	$(BIN)/python -m tests.postgresql $(WAIT) $(ON_POSTGRESQL)

fix: $(VENV)/.dev ## format, and mend what can be mended by itself
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.dev ## benchmarks, as ratios; tables go to benchmarks/results
	$(BIN)/python -m benchmarks $(ARGS)

docs: $(VENV)/.dev ## write docs/reference from the code
	$(BIN)/python -m docs.reference

messages: $(VENV)/.dev ## collect the pages' words for a language, as L=de; needs GNU gettext
	mkdir -p src/leadline/web/locale
	cd src/leadline/web && LEADLINE_WORKSPACE=$(abspath $(VENV)) $(abspath $(BIN))/python -P -m django makemessages \
		--locale $(L) --no-obsolete --no-location --settings leadline.web.settings
	cd src/leadline/web && LEADLINE_WORKSPACE=$(abspath $(VENV)) $(abspath $(BIN))/python -P -m django compilemessages \
		--locale $(L) --settings leadline.web.settings

screenshots: $(VENV)/.dev $(VENV)/.browser ## take the docs' pictures of pages and terminals anew
	$(BIN)/python -m docs.pictures
	$(BIN)/python -m docs.screenshots

lock: ## pin the newest allowed versions, with hashes (needs uv)
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --upgrade --quiet --extra web \
		--output-file requirements/core.txt
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --upgrade --quiet --all-extras --group dev \
		--constraint requirements/core.txt --output-file requirements/dev.txt
	uv pip compile --group build --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --upgrade --quiet --output-file requirements/build.txt

clean: ## remove what the other targets made
	rm -rf $(VENV) .coverage .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
