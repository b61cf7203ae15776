# Two commands do everything on a fresh machine: "make run" and "make test".
PYTHON ?= python3
ifdef PORT
export PUBLIC_BASE_URL ?= http://127.0.0.1:$(PORT)
endif
PORT ?= 8000
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PORT

.PHONY: run demo test lint nightly bench requirements messages

run: .venv/installed .env
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py demo
	@# A browser keeps connections in reserve, which a worker without threads waits for.
	@# In production the proxy in front takes them.
	@GUNICORN_CMD_ARGS="--threads 4" $(BIN)/honcho start

demo: .venv/installed .env
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py demo

test: .venv/installed-dev
	@bash tests/run.sh

lint: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/djlint --quiet --lint templates

# Engine and oracle on 20,000 random cases of all rules; takes an hour or more.
nightly: .venv/installed-dev
	EXAMPLES_TIMES=80 $(BIN)/python -m pytest -q -n auto tests/scheduling/engine

bench: .venv/installed-dev
	$(BIN)/python -m bench

# Pin the newest versions that requirements*.in allow.
requirements: .venv/installed-dev
	CUSTOM_COMPILE_COMMAND="make requirements" $(BIN)/pip-compile --quiet --upgrade --strip-extras \
	  --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-find-links \
	  --no-emit-trusted-host -o requirements.txt requirements.in
	CUSTOM_COMPILE_COMMAND="make requirements" $(BIN)/pip-compile --quiet --upgrade --strip-extras \
	  --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-find-links \
	  --no-emit-trusted-host -o requirements-dev.txt requirements-dev.in

# Collect and compile translations; needs GNU gettext.
messages: .venv/installed-dev
	$(BIN)/python manage.py makemessages --locale de --no-obsolete --ignore '.venv*' --ignore var
	$(BIN)/python manage.py compilemessages --locale de --ignore '.venv*'

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv .venv \
	  || { rm -rf .venv; echo "The venv module is needed: apt-get install python3-venv"; exit 1; }

.venv/installed: requirements.txt | .venv/bin/python
	@echo "Installing requirements ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/installed-dev: requirements-dev.txt .venv/installed
	@echo "Installing what tests need ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

.env:
	@cp .env.example .env
	@echo "Wrote .env with settings for development."
