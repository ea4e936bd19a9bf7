# The everyday commands. `make run` and `make test` need Python >= 3.11, make and git, nothing else.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help run setup test check words

# The newest suitable Python; `make run PYTHON=/path/to/python3` chooses another
SUITABLE := import sys; sys.exit(sys.version_info < (3, 11))
ifndef PYTHON
PYTHON := $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c '$(SUITABLE)' 2>/dev/null && echo $$p && break; done)
endif
VENV_PYTHON := .venv/bin/python

help:
	@echo 'make run    run the site on this machine (PORT=8000, DATA_DIR=.data)'
	@echo 'make test   run all tests; finds or installs a browser first'
	@echo 'make check  style, types, imports, migrations, settings, translations'
	@echo 'make faults kill everything in the middle of its work, several times (RUNS=3 ROWS=1315); prints a table'
	@echo 'make bench  measure imports, scoring, map data and starts beside peers and limits (RUNS=3 ARGS="scoring imports")'
	@echo 'make setup  install only'

.PHONY: python
python:
	@if [ -z "$(PYTHON)" ] || ! "$(PYTHON)" -c '$(SUITABLE)'; then \
	  echo 'Perlu Python 3.11 atau lebih baru. Pasang dulu, atau: make run PYTHON=/jalur/ke/python3' >&2; \
	  echo 'Python 3.11 or newer is needed. Install it, or: make run PYTHON=/path/to/python3' >&2; exit 2; fi

# The port is asked first: nothing is installed or started for nothing
run: python
	@"$(PYTHON)" -P kumuh/port.py
	@"$(PYTHON)" -P kumuh/install.py
	@exec $(VENV_PYTHON) -m kumuh.run

setup: python
	@"$(PYTHON)" -P kumuh/install.py
	@$(VENV_PYTHON) -m kumuh.words

.PHONY: tools
tools: python
	@"$(PYTHON)" -P kumuh/install.py --dev
	@$(VENV_PYTHON) -m kumuh.words

test: tools
	@CHROMIUM="$$($(VENV_PYTHON) -m tests.browser)" && export CHROMIUM && exec $(VENV_PYTHON) -m pytest $(ARGS)

check: tools
	@exec $(VENV_PYTHON) -m kumuh.check

.PHONY: faults
faults: tools
	@RUNS="$(RUNS)" ROWS="$(ROWS)" exec $(VENV_PYTHON) -m bench.faults $(ARGS)

# The peers stand in a file of their own: nothing else needs them
.PHONY: bench
bench: tools
	@$(VENV_PYTHON) -m pip install --quiet --disable-pip-version-check -r requirements-bench.txt
	@RUNS="$(RUNS)" exec $(VENV_PYTHON) -m bench $(ARGS)
