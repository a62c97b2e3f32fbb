PYTHON ?= python3
BIN := .venv/bin
STACK ?= python
DIR ?= demo/$(STACK)
DATA ?=

.PHONY: help install lock demo test test-exhaustive test-updates bench
help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## /  \1	/p' $(MAKEFILE_LIST) | expand -t 22

demo: .venv/installed ## Render a project, set it up, sign a user up and in (STACK=, DIR=, DATA=)
	@$(BIN)/python hooks/demo.py '$(STACK)' '$(DIR)' '$(DATA)'

test: .venv/installed ## Check and test everything
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python hooks/readme.py --check
	$(BIN)/python -m pytest -n 2 --dist loadfile

test-exhaustive: .venv/installed ## Test what `test` only samples
	$(BIN)/python -m pytest -n 2 --dist loadfile -m exhaustive

test-updates: .venv/installed ## Count the conflicts of a hundred updates of each kind
	@PYTHONPATH=template/python/packages/better-auth-setup/src $(BIN)/python -m tests.update.numbers

bench: export PYTHONPATH := template/python/packages/better-auth-sidecar/src:template/python/packages/better-auth-setup/src
bench: .venv/installed ## Measure rendering, updates, setup, mails and the session check, beside peers
	@$(BIN)/python -m benchmarks.scaffold
	@$(BIN)/python -m benchmarks.set_up
	@$(BIN)/python -m benchmarks.generate
	@$(BIN)/python -m benchmarks.while_hashing
	@$(BIN)/python -m benchmarks.dead_mail_server
	@$(BIN)/python -m benchmarks.session_check

lock: .venv/installed ## Lock the development tools that pyproject.toml names
	$(BIN)/uv pip compile --quiet --group dev --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade --output-file requirements-dev.txt pyproject.toml

install: .venv/installed ## Install the locked development tools into .venv

.venv/installed: requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and f"Python 3.11 or newer is needed; {sys.executable} is {sys.version.split()[0]}. Name another one: make PYTHON=…")'
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "This Python cannot create virtual environments. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$$(sed -n 's/^uv==\([^ ]*\).*/\1/p' requirements-dev.txt)
	$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements-dev.txt
	@touch $@
