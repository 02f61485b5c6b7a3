# `make demo` and `make test` are all a newcomer needs; both set up what they need first.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SET_UP := $(VENV)/.set-up
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

# On every processor, at most four: each of them brings a PostgreSQL of its own.
ALL_AT_ONCE := -n auto --maxprocesses 4 --dist worksteal

# What `make verify` needs of the system beside Python.
VERIFY_NEEDS := git chromium

.PHONY: demo run test check verify pictures bench torture texts revision setup clean

demo: setup
	$(BIN)/framsteg demo

run: setup
	$(BIN)/framsteg run

test: setup
	$(BIN)/python -m pytest $(ALL_AT_ONCE)

# The quick half: format, lint, types, floors, flows, catalogs.
check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/house
	$(BIN)/framsteg check

# What is slow (everything on PostgreSQL too), or needs the system's packages; it says which are missing.
verify: setup
	@missing=; for name in $(VERIFY_NEEDS); do command -v $$name >/dev/null || missing="$$missing $$name"; done; \
	if [ -n "$$missing" ]; then echo "make verify needs:$$missing (apt install$$missing)"; exit 1; fi
	$(MAKE) --no-print-directory check
	$(BIN)/python -m pytest -m slow $(ALL_AT_ONCE)

# Every page of the demo, as it looks on a phone and on a desk, into docs/pictures/.
pictures: setup
	@command -v chromium >/dev/null || { echo "make pictures needs chromium (apt install chromium)"; exit 1; }
	$(BIN)/python -m tests.browser.pictures

bench: setup
	$(BIN)/python -m bench

# Everything that can fall over does, as often as it must; the table goes into docs/reliability.md.
torture: setup
	$(BIN)/python -m tests.torture

# What tables.py has and the revisions have not, as the next revision: make revision NUMBER=0003 ABOUT="Add goals"
revision: setup
	$(BIN)/python -m tests.revision $(NUMBER) "$(ABOUT)"

# Every text in flows and console, brought into the catalogs of locales/.
texts: setup
	$(BIN)/framsteg texts

setup: $(SET_UP)

$(SET_UP): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or later is needed: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "python3-venv is missing: apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(PIP) install --require-hashes -r requirements.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
