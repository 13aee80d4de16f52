# Every command of the project. `make help` lists them; CI runs the same ones (.ci/run).
SHELL := /bin/bash
PORT ?= 8000
# A distribution builds its Python with what it measured of it: one compiled by hand (pyenv) takes a third longer.
PYTHON ?= $(shell /usr/bin/python3.11 -c 'import ensurepip' 2>/dev/null && echo /usr/bin/)python3.11
WORKERS ?= 3
BROWSERS ?= 2
VENV := .venv
BIN := $(VENV)/bin

# Some machines forbid it (containers), and each of a hundred processes would compile all of Ithaca and its tests again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo serve migrate migration tables test suite lint types check a11y golden phrases journey bench chaos schema lock

help: ## List the commands
	@grep -hE '^[a-z0-9_-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: $(VENV)/.ready ## Make the environment in .venv from the lock

$(VENV)/.ready: requirements.lock pyproject.toml hatch_build.py
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed: install it, or name yours with PYTHON=..."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --require-hashes -r requirements.lock
	-$(BIN)/python -m compileall -qq -j 0 $(VENV)/lib      # on every core: pip takes one
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	cd / && $(CURDIR)/$(BIN)/python -c "import server, graphql_schema, web, pwa"
	@touch $@

demo: export ITHACA_DEMO = 1
demo: export ITHACA_VAR_DIR ?= var/demo
demo: export ITHACA_PORT = $(PORT)
demo: setup ## Serve the demonstration organisation on PORT (8000), loading it the first time
	@$(BIN)/ithaca migrate
	@$(BIN)/ithaca demo
	@$(BIN)/ithaca serve

serve: export ITHACA_PORT = $(PORT)
serve: setup ## Serve this installation on PORT (8000); settings in docs/operate.md
	$(BIN)/ithaca serve

migrate: setup ## Bring the database up to date
	$(BIN)/ithaca migrate

migration: setup ## Draft a migration from what changed in the models: make migration name=...
	@test -n "$(name)" || { echo "Name it: make migration name=add_circle_size"; exit 1; }
	$(BIN)/python -m server.kernel.schema.drafting "$(name)"
	@$(MAKE) --no-print-directory tables

tables: setup ## Write what all the migrations come to (server/migrations/whole); after any change to one
	$(BIN)/python -m tests.tables

test: setup ## Everything that must be true: lint, types, and every test on both databases
	@$(MAKE) --no-print-directory --jobs=2 lint types suite

suite: setup ## Every test, without lint and types
	@$(BIN)/python -m tests.provision
	$(BIN)/pytest tests -n $(WORKERS) --dist loadfile --no-loadscope-reorder
	$(BIN)/pytest a11y_tests -n $(BROWSERS) --dist worksteal

check: lint types ## Lint and types, without the tests

lint: setup ## Style, import directions
	$(BIN)/ruff check
	$(BIN)/lint-imports

types: setup ## mypy --strict
	$(BIN)/mypy

a11y: setup ## The full accessibility matrix, in a real browser
	@$(BIN)/python -m tests.provision
	ITHACA_A11Y_FULL=1 $(BIN)/pytest a11y_tests -n $(BROWSERS) --dist worksteal

golden: setup ## Write anew what a small simulated programme comes to, after reading what differs
	ITHACA_GOLDEN=write $(BIN)/pytest tests/server/automation/simulating

phrases: setup ## Write anew what screen readers have to say of the five screens (a11y_tests/phrases)
	@$(BIN)/python -m tests.provision
	ITHACA_PHRASES=write $(BIN)/pytest a11y_tests/test_phrases.py

journey: export ITHACA_JOURNEY_WHOLE = 1
journey: setup ## The whole voyage of a pair, in a real browser
	@$(BIN)/python -m tests.provision
	$(BIN)/pytest tests/journeys

bench: setup ## The named workloads with their floors; prints figures
	@$(BIN)/python -m benchmarks

chaos: export ITHACA_CHAOS = 1
chaos: export ITHACA_CHAOS_KILLS ?= 200
chaos: export ITHACA_CHAOS_DATABASE_KILLS ?= 20
chaos: export ITHACA_CHAOS_FREEZES ?= 3
chaos: export ITHACA_CHAOS_STEPS ?= 5000
chaos: export ITHACA_CHAOS_STEP_KILLS ?= 50
chaos: export ITHACA_CHAOS_MESSAGES ?= 1000
chaos: export ITHACA_CHAOS_MOMENTS ?= 1000
chaos: export ITHACA_CHAOS_AWAY_S ?= 30
chaos: export ITHACA_CHAOS_SECONDS ?= 300
chaos: export ITHACA_CHAOS_INPUTS ?= 100000
chaos: setup ## The long loops of kills, losses, load and hostile input: some hours; figures in reports/reliability.json
	$(BIN)/pytest -s tests/server/cli/test_two_ways.py tests/server/operations tests/server/machines
	$(BIN)/pytest -s tests/faults tests/web/test_isolation.py tests/web/test_hostile_input.py \
		tests/graphql/test_hostile_input.py tests/server/journey/importing/test_interruptions.py
	$(BIN)/pytest tests/server/notifications tests/server/automation/simulating tests/server/sessions/test_zones.py \
		tests/server/kernel/engines/test_kept_sql.py tests/server/matchmaking
	$(BIN)/pytest -s tests/server/cli/test_crowds.py tests/server/cli/test_streams.py

schema: setup ## Write graphql_schema/schema.graphql from the code
	$(BIN)/python -m graphql_schema.export

lock: setup ## Pin every dependency with its hashes in requirements.lock
	@command -v uv >/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	PATH="$(CURDIR)/$(BIN):$$PATH" uv pip compile --universal --generate-hashes --no-emit-index-url \
		--no-emit-find-links --no-annotate --no-header --python-version 3.11 --extra dev --quiet pyproject.toml -o requirements.lock
