# Everything a fresh machine needs is Python 3.11+, Node.js 20+ and make.  `make help` lists the targets.

PYTHON ?= python3
VENV ?= .venv
BROWSER ?= yes
JOBS ?= 2
PYTEST_ARGS ?=
LOCK ?= requirements/dev.lock

PY := $(VENV)/bin/python
READY := $(VENV)/.ready
SAY := @printf '\033[1m==> %s\033[0m\n'
NPM := npm --prefix js --silent
# As many processes; the tests of a file stay on one. Browser tests are not even imported.
SPREAD := -n $(JOBS) --dist loadfile --no-loadscope-reorder --ignore tests/ui
# One process more: half of the time a browser test waits for pages, kernels and timers.
SPREAD_UI := -n $(shell expr $(JOBS) + 1) --dist loadfile --no-loadscope-reorder
ROOT_FLAG := $(shell test "$$(id -u)" = 0 && echo --allow-root)

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
# The tests start many processes; without compiled files each would compile the package again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
# Targets run one after another, except those that `checks` starts.
ifndef BESIDE
.NOTPARALLEL:
endif
.DELETE_ON_ERROR:
.PHONY: help demo test checks test-fast test-quick test-lowest test-newest test-python test-js test-ui lint \
        lint-python lint-js format build docs wheel bench browser lock env modules clean distclean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "  PYTHON=$(PYTHON)  VENV=$(VENV)  BROWSER=$(BROWSER)  JOBS=$(JOBS)"

demo: env build ## open the quickstart notebook in JupyterLab (BROWSER=no: only print the address)
	$(SAY) "JupyterLab on build/demo/01_quickstart.ipynb, a copy of example_notebooks; Ctrl-C ends it"
	@mkdir -p build/demo && cp -Rn example_notebooks/. build/demo/ || true
	@exec $(PY) -m jupyterlab $(ROOT_FLAG) --ServerApp.root_dir=build/demo \
		--LabApp.default_url=/lab/tree/01_quickstart.ipynb --LabApp.news_url= \
		--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate --LabApp.extension_manager=readonly \
		--ServerApp.answer_yes=True \
		--ServerApp.log_level=CRITICAL --LabApp.log_level=CRITICAL $(if $(filter no,$(BROWSER)),--no-browser)

test: checks test-python test-ui ## everything: lint, types, TypeScript, Python, a real browser

# Each uses about one core, so JOBS of them run at a time. GNU make 4 keeps the output of each in one piece.
checks: env modules
	@$(MAKE) --no-print-directory -j $(JOBS) $(if $(filter output-sync,$(.FEATURES)),--output-sync) BESIDE=yes \
		lint-python lint-js test-js

test-fast: lint-python test-quick ## lint, types and the quick Python tests

test-quick: env ## the quick Python tests alone
	$(SAY) "Quick Python tests on $$($(PY) --version)"
	@$(PY) -m pytest -q $(SPREAD) -m "not slow" $(PYTEST_ARGS)

test-lowest: ## the quick Python tests on the lowest versions that pyproject.toml promises
	@$(MAKE) test-quick VENV=.venv-lowest LOCK=requirements/lowest.lock

test-newest: env ## the quick Python tests on the newest versions of today
	@mkdir -p build
	@$(call COMPILE,,build/newest.lock)
	@$(MAKE) test-quick VENV=.venv-newest LOCK=build/newest.lock

test-python: env build ## Python tests without the browser
	$(SAY) "Python tests on $$($(PY) --version)"
	@$(PY) -m pytest -q $(SPREAD) $(PYTEST_ARGS)

test-ui: env build browser ## tests in a real JupyterLab in a real browser
	$(SAY) "Browser tests; screenshots go to tests/ui/screenshots"
	@$(PY) -m pytest -q $(SPREAD_UI) -m ui tests/ui $(PYTEST_ARGS)

test-js: modules ## TypeScript tests
	$(SAY) "TypeScript tests"
	@$(NPM) test

lint: lint-python lint-js ## ruff, mypy, biome, tsc

lint-python: env
	$(SAY) "ruff, mypy"
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy

lint-js: modules
	$(SAY) "biome, tsc, generated files"
	@$(PY) js/generate_messages.py --check
	@$(PY) js/generate_terms.py --check
	@$(PY) -m hitl_widget.explain.specs js/src/charts/specs --check
	@$(NPM) run lint
	@$(NPM) run typecheck

format: env modules ## put the sources into their standard form
	@$(PY) -m ruff check --fix-only --quiet .
	@$(PY) -m ruff format .
	@$(NPM) run format

build: env ## build the dashboard and the extension of JupyterLab when they are stale
	@$(PY) hatch_build.py

docs: env ## build the documentation into docs/_build
	$(SAY) "Documentation"
	@$(PY) -m sphinx -q -W --keep-going -b html docs docs/_build
	@echo "docs/_build/index.html"

wheel: env ## build sdist and wheel into dist/
	$(SAY) "sdist and, from it, the wheel"
	@$(PY) -m build --no-isolation --outdir dist
	@ls -lh dist

bench: env build browser ## measure; writes benchmarks/RESULTS.md
	$(SAY) "Benchmarks"
	@$(PY) -m benchmarks

browser: env ## install Chromium from the system's packages where none is found
	@$(PY) tests/ui/browser.py --install

env: $(READY) ## the virtual environment

modules: env ## the dashboard's npm packages
	@$(PY) hatch_build.py --modules

# A lock of all that pyproject.toml needs: $(call COMPILE,options,file).
COMPILE = $(PY) -m pip install -qq uv && $(PY) -m uv pip compile --quiet --upgrade --universal --python-version 3.11 \
	--extra dev --generate-hashes --no-emit-package hitl-widget --no-header $(1) --output-file $(2) pyproject.toml

$(READY): $(LOCK) pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "error: no '$(PYTHON)' on the PATH. Install Python 3.11 or newer, or say make PYTHON=/path/to/python3." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "error: hitl_widget needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>&1). Say make PYTHON=/path/to/python3.11." >&2; exit 1; }
	$(SAY) "Environment in $(VENV): packages of $(LOCK) (some minutes the first time)"
	@test -x $(PY) || $(PYTHON) -m venv $(VENV) || { echo "error: '$(PYTHON) -m venv' failed. On Debian and Ubuntu: apt-get install python3-venv." >&2; exit 1; }
	@$(PY) -m pip install -qq --no-compile --require-hashes -r $(LOCK)
	@# pip compiles on one core, and tests of packages, too; some files are for other Pythons, so that failures do not count.
	@$(PY) -m compileall -qq -j $(JOBS) -x '/tests?/' $(VENV) & $(PY) hatch_build.py && wait
	@$(PY) -m pip install -qq --no-deps --no-build-isolation --editable .
	@touch $@

lock: env ## renew requirements/*.lock and js/package-lock.json
	$(SAY) "Locks"
	@$(call COMPILE,,requirements/dev.lock)
	@$(call COMPILE,--resolution lowest-direct,requirements/lowest.lock)
	@$(NPM) install --package-lock-only --no-audit --no-fund

clean: ## remove what was built
	rm -rf dist build docs/_build hitl_widget/static hitl_widget/labextension tests/ui/screenshots \
		.pytest_cache .mypy_cache .ruff_cache .hypothesis

distclean: clean ## and the environments
	rm -rf .venv .venv-313 .venv-lowest .venv-newest js/node_modules
