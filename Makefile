# Everything a developer does here. Each target makes what it needs; only Python 3.11+ must be there.
PYTHON ?= python3
UV := $(shell command -v uv 2>/dev/null || echo .tools/uv/bin/uv)
BIN := .venv/bin
SECONDS ?= 60
UV_VERSION := 0.13.8

.PHONY: demo test test-s3 check format types arrows crash fuzz bench lock clean
.DEFAULT_GOAL := check

.tools/uv/bin/uv:
	$(PYTHON) -m venv .tools/uv
	.tools/uv/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

# The environment is made anew when the locked requirements or the project's own metadata change.
.venv/ready: requirements/dev.txt pyproject.toml $(filter .tools/%,$(UV))
	test -x $(BIN)/python || $(UV) venv --quiet --python $(PYTHON) .venv
	$(UV) pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements/dev.txt
	$(UV) pip install --quiet --compile-bytecode --python $(BIN)/python --no-deps --no-build-isolation --editable .
	touch $@

# What reads infra/ wants other versions of things than Headwater does: it has an environment of its own.
.tools/checkov/ready: requirements/checkov.txt $(filter .tools/%,$(UV))
	$(UV) venv --quiet --clear --python $(PYTHON) .tools/checkov
	$(UV) pip sync --quiet --python .tools/checkov/bin/python --require-hashes requirements/checkov.txt
	touch $@

demo: .venv/ready            ## make a lake, fill it, look at it
	$(BIN)/python -m demo

check: .venv/ready           ## lint, types, arrows and the quick tests
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q -n 2 -m "not slow"

# Three at a time on two cores: much of it waits for Terraform, for disks, for processes that start.
# These are compiled once: where PYTHONDONTWRITEBYTECODE is set, each would do so anew.
test: .venv/ready .tools/checkov/ready  ## everything that CI runs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m compileall -q src
	$(BIN)/pytest -n 3 --dist loadgroup --durations 25

test-s3: .venv/ready         ## the store on radosgw: apt-get install radosgw ceph-mon ceph-osd
	$(BIN)/pytest tests/radosgw

format: .venv/ready          ## let ruff write it
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

crash: .venv/ready           ## kill real processes for SECONDS and verify what is left
	$(BIN)/python -m tests.crash --seconds $(SECONDS) $(if $(SEED),--seed $(SEED))

fuzz: .venv/ready            ## read mutated files for SECONDS and look for what should not come of them
	$(BIN)/python -m tests.fuzz --seconds $(SECONDS) $(if $(SEED),--seed $(SEED))

bench: .venv/ready           ## measure against peers; see docs/benchmarks.md for the options
	$(BIN)/python -m bench $(BENCH)

lock: $(filter .tools/%,$(UV)) ## pin every requirement with its hash
	$(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate \
	  --no-header --python-version 3.11 --all-extras --group dev --output-file requirements/dev.txt pyproject.toml
	$(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate \
	  --no-header --python-version 3.11 --output-file requirements/base.txt pyproject.toml
	echo checkov | $(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate \
	  --no-header --python-version 3.11 --output-file requirements/checkov.txt -

clean:                       ## remove what the targets made
	rm -rf .venv .tools demo-lake bench/data bench/envs bench/results .mypy_cache .ruff_cache .pytest_cache .hypothesis
