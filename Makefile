# The targets that people use; `make` alone lists them.
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3.14 python3; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' && echo $$p && break; done)
WORKERS ?= 2
# One thread a process: the parallel runs below share the cores, and more threads only slow small arrays down.
export OPENBLAS_NUM_THREADS := 1
export OMP_NUM_THREADS := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Many processes are started, and each would compile the course anew.
unexport PYTHONDONTWRITEBYTECODE
export PATH := $(CURDIR)/$(BIN):$(PATH)

.DEFAULT_GOAL := help
.PHONY: help demo test quick test-processors lite lint in-step measured build bench bench-grading site clean \
	sandbox-package test-packages

help: ## list the targets
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | awk -F '\t' '{printf "  make %-16s %s\n", $$1, $$2}'

demo: $(VENV)/.staff sandbox-package ## play the whole course with a class of 40; ASSIGNMENTS=activations plays that one
	@classroom demo $(ASSIGNMENTS)

test: ## everything: lint, notebooks in step, tests, lectures, assignments
	@$(MAKE) --no-print-directory --jobs $(WORKERS) $(VENV)/.dev test-packages
	@$(MAKE) --no-print-directory --jobs $(WORKERS) lint in-step measured
	@kernels=$$(python tests/processors.py --in-turn) || exit 1; echo "the lectures take these kernels in turn: $$kernels"; \
	pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --nbval --nbval-current-env --kernels=$$kernels -q tests course

quick: lint ## lint, and the tests that take a second or less: no browser, no sandboxed class, no lecture
	pytest -n $(WORKERS) --dist loadfile -q -m "not slow" --durations 5 --durations-min 2 tests

test-processors: $(VENV)/.dev ## lectures, solutions and checks as other processors, numpys and threads compute (an hour)
	@python tests/processors.py --workers $(WORKERS) $(SETTINGS)

lint: $(VENV)/.dev ## ruff over the code and the text of the notebooks, mypy over classroom and solutions
	ruff check .
	ruff format --check .
	mypy

in-step: $(VENV)/.dev
	classroom build --check

measured: $(VENV)/.dev
	python course/measure.py --in-turn

build: $(VENV)/.staff ## execute the lectures and write all notebooks
	classroom build

bench: $(VENV)/.dev ## measure layers, training and gradient checks, and write the figures down (ten minutes)
	@for script in bench/layers.py bench/training.py bench/gradient_check.py; do echo "== $$script"; python "$$script" || exit 1; done

bench-grading: $(VENV)/.dev sandbox-package ## measure grading beside nbgrader's own autograde, and write the figures down (six minutes)
	@python bench/grading.py

lite: $(VENV)/.lite sandbox-package ## the demo's assignments as a website that runs them in the browser, in site/_lite
	@test -d class/demo/release || classroom demo $(ASSIGNMENTS)
	@classroom lite $(ASSIGNMENTS) --root class/demo --to site/_lite $(if $(PYODIDE),--pyodide "$(PYODIDE)")

site: $(VENV)/.dev ## the lectures as a website, in site/_build
	$(MAKE) -C site

clean: ## remove what was made (not .venv, and nothing of a class but the demo's)
	rm -rf class/demo dist build site/_build site/_lite .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +

# Set-up.  A stamp is newer than pyproject.toml when nothing has to be installed.
$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is missing: install it, for example  sudo apt-get install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || $(call system_package,python3-venv,to make the environment)
	@echo "setting up $(VENV), once; it takes a few minutes"
	$(PYTHON) -m venv $(VENV)

$(VENV)/.staff: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[staff]'
	@touch $@

$(VENV)/.dev: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@ $(VENV)/.staff $(VENV)/.lite

$(VENV)/.lite: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[lite]'
	@touch $@ $(VENV)/.staff

sandbox-package:
	@command -v bwrap >/dev/null 2>&1 || $(call system_package,bubblewrap,for the sandbox that student code runs in)

test-packages: sandbox-package
	@command -v chromium >/dev/null 2>&1 || $(call system_package,chromium,for the tests in a browser: they are skipped without it)
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || $(call system_package,postgresql,for the tests of a PostgreSQL gradebook: they are skipped without it)

# $(call system_package,name,what for): install a Debian package when this user may, else say which one is missing.
system_package = { \
	if ! command -v apt-get >/dev/null 2>&1; then echo "missing: $(1), $(2)"; \
	elif [ "$$(id -u)" = 0 ]; then apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $(1) >/dev/null; \
	elif sudo -n true 2>/dev/null; then sudo apt-get update -qq && sudo DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $(1) >/dev/null; \
	else echo "missing: $(1), $(2).  Install it with  sudo apt-get install $(1)"; fi; } \
	|| echo "missing: $(1), $(2).  apt-get could not install it here"
