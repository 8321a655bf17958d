# Two commands matter: `make manual` shows the example organisation's manual, `make test` proves the engine.
SHELL := /bin/bash
.DEFAULT_GOAL := manual

# The example's records end here; an organisation of your own leaves --as-of out and gets today.
AS_OF := 2026-11-20

VENV := .venv
BIN := $(VENV)/bin
export NO_MKDOCS_2_WARNING := 1
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PIP_INSTALL := $(PIP) install --require-hashes
# An empty HOME would let pip write its cache into the current folder.
ifeq ($(strip $(HOME)),)
export HOME := $(CURDIR)/build/home
endif

.PHONY: manual test pictures serve lock clean

# Check the example organisation, build its manual and say where it is.
manual: $(VENV)/.runtime
	$(BIN)/clausebook check --as-of $(AS_OF)
	$(BIN)/clausebook build --as-of $(AS_OF)
	@echo "The manual is at $(CURDIR)/build/site/index.html"

# Lint, types and all tests; says what was left out and why, and under CI that is a failure.
test: $(VENV)/.dev
	@bash tests/system-packages.sh
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest -n auto --dist worksteal

# The main pages at a desk, on a phone, in the dark and on paper, as pictures to look at.
pictures: $(VENV)/.dev manual
	$(BIN)/python tools/pictures.py

# Live preview of the manual.
serve: $(VENV)/.runtime
	$(BIN)/clausebook serve --as-of $(AS_OF)

# Renew the lock files from pyproject.toml (for maintainers; needs uv).
lock:
	@for part in "requirements.lock:pyproject.toml" \
	             "requirements-dev.lock:pyproject.toml --extra print --group dev -c requirements.lock" \
	             "requirements-build.lock:requirements-build.in -c requirements.lock"; do \
	  uv pip compile --upgrade --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	    --no-config --quiet $${part#*:} -o "$${part%%:*}" >/dev/null || exit 1; \
	done

# Remove everything that these targets made.
clean:
	rm -rf build dist $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis

# A virtual environment of the first Python on PATH that is new enough, with the locked build tools.
$(VENV)/.build: requirements-build.lock
	@python=; for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	  if "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python="$$name"; break; fi; \
	done; \
	if [ -z "$$python" ]; then echo "Python 3.11 or newer is needed; none is on PATH." >&2; exit 1; fi; \
	if ! "$(BIN)/python" -m pip --version >/dev/null 2>&1; then "$$python" -m venv --clear $(VENV); fi
	$(PIP_INSTALL) -r requirements-build.lock
	@touch $@

# What clausebook needs to run, exactly as locked, and clausebook itself from this checkout.
$(VENV)/.runtime: $(VENV)/.build requirements.lock pyproject.toml
	$(PIP_INSTALL) --no-build-isolation -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

# What the tests need besides.
$(VENV)/.dev: $(VENV)/.runtime requirements-dev.lock
	$(PIP_INSTALL) --no-build-isolation -r requirements-dev.lock
	@touch $@
