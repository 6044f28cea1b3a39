# Every command of the portal. `make help` lists them. No target swallows a status.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
# A run of the tests starts dozens of Pythons; each would compile the whole project anew.
unexport PYTHONDONTWRITEBYTECODE

PORT ?= 8000
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
APPS = $(shell $(BIN)/python -m tests.house.layout)

# The gates never look at the developer's own .env.
GATE_ENV := SECRET_KEY=only-for-the-gates-$(shell printf 'x%.0s' {1..60}) DEBUG=off SAMPLE_TODAY= \
  REDIS_URL= SENTRY_DSN= VAR_DIR=$(CURDIR)/var/gates DATABASE_URL=sqlite:///$(CURDIR)/var/gates/gates.sqlite3
PRODUCTION_ENV := SECRET_KEY=$(shell head -c 48 /dev/urandom | base64 | tr -d '/+=\n') DEBUG=off SAMPLE_TODAY= \
  ALLOWED_HOSTS=portal.example.go.th SITE_ADDRESS=https://portal.example.go.th BEHIND_PROXY=on SENTRY_DSN= \
  DATABASE_URL=postgresql://portal@127.0.0.1/portal REDIS_URL=redis://127.0.0.1:6379/0 VAR_DIR=$(CURDIR)/var/gates
# Tests set the rest themselves, in tests/conftest.py.
EMBEDDED := env -u DATABASE_URL -u REDIS_URL
SERVICES := env DATABASE_URL="$${DATABASE_URL:-postgresql://postgres@127.0.0.1:5432/sakhon_portal}" \
  REDIS_URL="$${REDIS_URL:-redis://127.0.0.1:6379/15}"
# One more than the two cores that the gate counts on: browser tests wait a good deal.
WORKERS ?= 3
# Modules whose every branch should be tested; 37 lines and branches of 18,511 still are not, nearly all of lost races.
EXACT := */actions.py,*/actions/*,*/rules.py,*/rules/*,*/scoring.py,*/scoring/*,*/workflow.py,*/rollups.py,*/rollups/*
LOCK := uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 -q

.PHONY: help
help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-14s %s\n", $$1, $$2}'

# ── Set-up ───────────────────────────────────────────────────────────────────
.PHONY: setup
setup: .venv/.installed .env static/fonts/.built locale/en/LC_MESSAGES/django.mo ## Create the environment, the web font and the translations, where their inputs changed

.venv/.installed: requirements.lock
	@echo "Installing the locked packages …"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@if $(BIN)/python -m pip install --quiet --disable-pip-version-check uv; then \
	  $(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock; \
	else \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock; \
	fi
	@touch $@

.env: | .venv/.installed
	@umask 077; { \
	  echo "# Written by make; this place's own settings. .env.example explains each."; \
	  echo "SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(50))')"; \
	  echo "DEBUG=on"; \
	  echo "SAMPLE_TODAY=2027-01-13"; \
	} > .env

static/fonts/.built: .venv/.installed sakhon_portal/webfonts.py
	@$(BIN)/python -m sakhon_portal.webfonts static/fonts
	@touch $@

locale/en/LC_MESSAGES/django.mo: $(wildcard locale/en/parts/*.po) sakhon_portal/translations.py | .venv/.installed
	@$(BIN)/python -m sakhon_portal.translations build

.PHONY: run
run: setup ## Serve the sample province on http://127.0.0.1:8000 (PORT= changes it); Ctrl-C stops it
	@export SITE_ADDRESS=http://127.0.0.1:$(PORT); \
	$(MANAGE) prepare --address "http://127.0.0.1:$(PORT)/"; \
	exec $(BIN)/honcho start --port $(PORT)

# ── Gates ────────────────────────────────────────────────────────────────────
GATES := check-lock check-style check-templates check-types check-floors check-migrations check-deploy \
  check-workflow check-openapi check-security check-translations

.PHONY: check $(GATES)
check: setup ## Run every gate but the tests; all are shown, one failure fails it
	@mkdir -p var/gates
	@$(MAKE) --keep-going --jobs=2 --output-sync=target $(GATES)
	@echo "check: all gates passed"

check-lock:
	@mkdir -p var/gates
	@cp requirements.lock var/gates/requirements.lock
	@cp deploy/requirements.lock var/gates/deploy.lock
	@$(BIN)/$(LOCK) --extra production --extra dev pyproject.toml -o var/gates/requirements.lock >/dev/null
	@$(BIN)/$(LOCK) --extra production -c requirements.lock pyproject.toml -o var/gates/deploy.lock >/dev/null
	@diff <(grep -E '^[a-z0-9]' requirements.lock) <(grep -E '^[a-z0-9]' var/gates/requirements.lock) \
	  || { echo "requirements.lock does not answer pyproject.toml: make lock"; exit 1; }
	@diff <(grep -E '^[a-z0-9]' deploy/requirements.lock) <(grep -E '^[a-z0-9]' var/gates/deploy.lock) \
	  || { echo "deploy/requirements.lock does not answer pyproject.toml: make lock"; exit 1; }
	@echo "lock: up to date"

check-style:
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet . || { echo "Some files are not formatted: make fix"; exit 1; }

check-templates:
	@$(BIN)/djlint templates --lint --quiet

check-types:
	@$(GATE_ENV) $(BIN)/mypy $(APPS) tests

check-floors:
	@$(BIN)/lint-imports --no-cache

check-migrations:
	@$(GATE_ENV) $(MANAGE) makemigrations --check --dry-run

check-deploy:
	@$(PRODUCTION_ENV) $(MANAGE) check --deploy --fail-level WARNING

check-workflow:
	@$(GATE_ENV) $(MANAGE) workflow_diagram > var/gates/workflow.md
	@diff docs/workflow.md var/gates/workflow.md \
	  || { echo "docs/workflow.md is not what submissions/workflow.py says: make fix"; exit 1; }

check-openapi:
	@$(GATE_ENV) $(MANAGE) spectacular --validate --fail-on-warn --file var/gates/openapi.yaml
	@diff docs/openapi.yaml var/gates/openapi.yaml \
	  || { echo "docs/openapi.yaml is not what the API says: make fix"; exit 1; }

check-security:
	@$(BIN)/bandit --quiet --configfile pyproject.toml --recursive $(APPS)

check-translations:
	@$(BIN)/python -m sakhon_portal.translations check

# ── Tests ────────────────────────────────────────────────────────────────────
.PHONY: test
test: setup ## Test on SQLite and the filesystem broker, with the coverage floors
	@$(EMBEDDED) $(BIN)/pytest -n $(WORKERS) --dist worksteal --cov --cov-report=term
	@$(BIN)/coverage report --include='$(EXACT)' --fail-under=99

.PHONY: test-long
test-long: setup ## Full seed counts, kills and fuzzing
	@LONG=1 $(EMBEDDED) $(BIN)/pytest -n $(WORKERS) --dist worksteal

.PHONY: test-services
test-services: setup ## The whole suite on PostgreSQL and Redis (DATABASE_URL, REDIS_URL; else the local ones)
	@$(SERVICES) $(BIN)/pytest -n $(WORKERS) --dist worksteal

.PHONY: bench
bench: setup ## Time the workloads beside their stock and floor (ONLY=name SCALE=0.1)
	@$(BIN)/python bench/run.py $(if $(ONLY),--only $(ONLY)) $(if $(SCALE),--scale $(SCALE))

# ── Upkeep ───────────────────────────────────────────────────────────────────
.PHONY: fix
fix: setup ## Format, mend what can be mended, write the generated documents anew
	@mkdir -p var/gates
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format --quiet .
	@$(GATE_ENV) $(MANAGE) workflow_diagram > var/gates/workflow.md
	@mv var/gates/workflow.md docs/workflow.md
	@$(GATE_ENV) $(MANAGE) spectacular --file docs/openapi.yaml
	@$(BIN)/ruff check .

.PHONY: lock
lock: .venv/.installed ## Answer a change of pyproject.toml in both lock files
	@$(BIN)/$(LOCK) --extra production --extra dev pyproject.toml -o requirements.lock >/dev/null
	@$(BIN)/$(LOCK) --extra production -c requirements.lock pyproject.toml -o deploy/requirements.lock >/dev/null

.PHONY: clean
clean: ## Remove the environment and everything built; var/ (the data) and .env stay
	@rm -rf .venv static/fonts htmlcov .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis \
	  .import_linter_cache var/gates tests/pictures
	@find locale -name '*.mo' -delete
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
