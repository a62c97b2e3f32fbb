PYTHON ?= python3
BIN := .venv/bin
STACK ?= python
FRAMEWORK ?= hono
DIR ?= demo/$(STACK)$(if $(filter nextjs,$(FRAMEWORK)),-nextjs)
DATA ?=

# With PYTHONDONTWRITEBYTECODE, each worker of pytest would compile all tests again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install lock data raise chromium pictures demo test test-exhaustive test-updates bench bench-growth
help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## /  \1	/p' $(MAKEFILE_LIST) | expand -t 22

demo: .venv/installed ## Render a project, set it up, sign a user up and in (STACK=, FRAMEWORK=, DIR=, DATA=)
	@$(BIN)/python -m hooks.demo '$(STACK)' '$(FRAMEWORK)' '$(DIR)' '$(DATA)'

test: .venv/installed chromium ## Check and test everything
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m hooks.documents --check
	$(BIN)/python -m pytest -n 4 --dist loadfile --no-loadscope-reorder

test-exhaustive: .venv/installed chromium ## Test what `test` only samples
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder -m exhaustive

test-updates: .venv/installed ## Count the conflicts of a hundred updates of each kind
	@PYTHONPATH=template/python/packages/better-auth-setup/src $(BIN)/python -m tests.update.numbers

bench bench-growth: export PYTHONPATH := template/python/packages/better-auth-sidecar/src:template/python/packages/better-auth-setup/src
bench: .venv/installed ## Measure rendering, updates, setup and sessions beside peers, for docs/performance.md (PARTS=)
	@$(BIN)/python -m benchmarks $(PARTS)

bench-growth: .venv/installed ## Measure requests with up to a million users, more workers and PgBouncer, for docs/performance.md
	@$(BIN)/python -m benchmarks.growth

chromium: ## Install Debian's Chromium for the browser tests, if it is not there
	@test -x /usr/bin/chromium || { apt-get update --quiet && apt-get install --quiet --yes --no-install-recommends chromium fonts-dejavu-core; } || { echo "Install Chromium as root, for the browser tests: apt-get install chromium" >&2; exit 1; }

pictures: .venv/installed chromium ## Take the README's pictures again
	@$(BIN)/python -m hooks.pictures

lock: .venv/installed ## Lock the development tools that pyproject.toml names
	$(BIN)/uv pip compile --quiet --group dev --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade --output-file requirements-dev.txt pyproject.toml

data: .venv/installed ## Record the tables and routes of plugins, bundle the browser client and update documents
	@$(BIN)/python -m hooks.catalogue
	@$(BIN)/python -m hooks.browser_client
	@$(BIN)/python -m hooks.documents
	@PYTHONPATH=template/python/packages/better-auth-setup/src $(BIN)/python -m tests.conformance.routes

raise: .venv/installed ## Raise all pins to the newest versions that fit each other, and what depends on them
	@$(BIN)/python -m hooks.versions --write
	@$(MAKE) --no-print-directory lock
	@$(MAKE) --no-print-directory data

install: .venv/installed ## Install the locked development tools into .venv

.venv/installed: requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and f"Python 3.11 or newer is needed; {sys.executable} is {sys.version.split()[0]}. Name another one: make PYTHON=…")'
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "This Python cannot create virtual environments. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$$(sed -n 's/^uv==\([^ ]*\).*/\1/p' requirements-dev.txt)
	$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements-dev.txt
	@touch $@
