# netcordon: make demo and make test need Python 3.11 or later with venv, and make. Nothing else.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
OUT    := out
LOCK   := uv pip compile -q --universal --generate-hashes --no-annotate --no-header \
          --no-emit-index-url --no-emit-find-links pyproject.toml
DEMO   := lab/demo/demo.pcapng.gz

.DEFAULT_GOAL := help
.PHONY: help demo test check fix bench accuracy fuzz lab-record lab-contain lock clean

help:             ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

demo: $(VENV)/run ## install, investigate the capture that ships with the project, say where the report is
	@$(BIN)/netcordon investigate $(DEMO) --workspace $(OUT)/demo --tlp clear || test $$? -eq 1

test: $(VENV)/dev ## every test; names what it skips and why
	@$(BIN)/python -m pytest -n 2 --dist worksteal

check: $(VENV)/dev ## format, lint, types, import contracts, dependencies, fast tests (under a minute)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/mypy lab
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/deptry src
	@$(BIN)/python -m pytest -q -n 2 --dist worksteal -m "not corpus and not engines and not slow" tests/contract tests/unit tests/cases

fix: $(VENV)/dev  ## let the formatter and the linter mend what they can
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(VENV)/bench ## speed beside Suricata, nfstream and tshark in the same run
	@$(BIN)/python -m benchmarks.decode

accuracy: $(VENV)/run ## make accuracy CORPUS=DIR: what is found, missed and falsely alarmed
	@test -n "$(CORPUS)" || { echo "say where the recorded traffic is: make accuracy CORPUS=DIR"; exit 2; }
	@$(BIN)/python -m benchmarks.accuracy "$(CORPUS)" --out $(OUT)/accuracy

fuzz: $(VENV)/dev ## damage captures and decode them: make fuzz MINUTES=60 CORPUS=DIR
	@$(BIN)/python -m tests.fuzz --minutes $(or $(MINUTES),60) $(if $(CORPUS),--corpus "$(CORPUS)")

lab-record: $(VENV)/dev ## record the demonstration capture again (root, about half an hour); SCENARIO=full MINUTES=40
	@$(BIN)/python -m lab.record --scenario $(or $(SCENARIO),demo) $(if $(MINUTES),--minutes $(MINUTES))

lab-contain: $(VENV)/dev ## the whole containment on a live network, step by step (root, about 3 minutes)
	@$(BIN)/python -m lab.contain $(if $(KEEP),--keep "$(KEEP)")

lock:             ## write the pinned requirements anew (needs uv)
	$(LOCK) --extra build -o requirements/run.txt
	$(LOCK) --extra build --extra test --extra check --extra lab -o requirements/dev.txt
	$(LOCK) --all-extras -o requirements/bench.txt

clean:            ## remove what make made
	rm -rf $(VENV) $(OUT) build dist

# What is missing is named with the one command that adds it.
$(VENV)/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or later is missing; on Debian: apt-get install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is older than 3.11; name another: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv is missing; on Debian: apt-get install python3-venv"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/run: $(VENV)/bin/python requirements/run.txt pyproject.toml
	@echo "Installing netcordon into $(VENV) ..."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/run.txt
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/dev: $(VENV)/run requirements/dev.txt
	@echo "Installing what the tests need into $(VENV) ..."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/bench: $(VENV)/run requirements/bench.txt
	@echo "Installing what the benchmarks compare with into $(VENV) ..."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/bench.txt
	@touch $@
