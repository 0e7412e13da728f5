# License Desk. `make` alone explains itself; PORT= and DATA= are passed on.
# The environment lives in .venv; the stamp files in it let every later start go straight to work.

BIN     := .venv/bin
RUN     := .venv/.installed
TEST    := .venv/.installed-test
PIP     := $(BIN)/python -m pip install --quiet --disable-pip-version-check
LOCK    := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
           --no-emit-index-url --no-header --quiet
PYTHONS := python3 python3.14 python3.13 python3.12 python3.11

.DEFAULT_GOAL := help
.PHONY: help install run test soak check understand package docs lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

install: $(RUN) ## set up .venv with what License Desk needs, and nothing else

run: $(RUN) ## start the demo on http://127.0.0.1:3978 (PORT=4000 DATA=dir)
	@exec $(BIN)/license-desk run --demo

test: $(TEST) ## run every test (ARGS="tests/test_settings.py" for some)
	@$(BIN)/python -m pytest -n 2 $(ARGS)

soak: $(TEST) ## the same property, walk and fault tests with large counts
	@SOAK=1 $(BIN)/python -m pytest -n 2 $(ARGS)

check: $(TEST) ## lint, types, import walls, the ruler, lock files, secrets
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m tests.house

understand: $(RUN) ## train what understands words anew, after its examples, words or products changed
	@$(BIN)/license-desk understand --learn

package: $(RUN) ## build the Teams app package license-desk.zip (APP_ID=… for your bot)
	@$(BIN)/license-desk package

docs: $(RUN) ## write docs/settings.md from the table in bot/settings.py
	@$(BIN)/python -c 'import bot.settings as s; print(s.reference(), end="")' > docs/settings.md

lock: $(TEST) ## pin every package again, with hashes
	@$(LOCK) --extra build -o requirements.lock
	@$(LOCK) --extra build --extra test -c requirements.lock -o requirements-test.lock

clean: ## remove .venv and caches; the demo's data in .data stays
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis build dist *.egg-info

$(RUN): requirements.lock pyproject.toml
	@[ -x $(BIN)/python ] || for python in $(PYTHONS); do \
	  $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	  echo "Setting up .venv with $$($$python --version); this takes a minute, once." >&2; \
	  $$python -m venv .venv && break; rm -rf .venv; \
	  echo "$$python cannot make a virtual environment: install its venv package (python3-venv)." >&2; exit 1; \
	done; \
	[ -x $(BIN)/python ] || { echo "No Python 3.11 or newer found: install one, then run make again." >&2; exit 1; }
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(TEST): requirements-test.lock $(RUN)
	@$(PIP) --require-hashes -r requirements-test.lock
	@touch $@
