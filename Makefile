# Every target makes its own environment in .venv: nothing needs to be activated or installed before.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

# What `make run` and `make results` start, and where the picture then is.
CASE := $(BIN)/fundfreeze report wuhan-35min --rival wuhan-35min-rival
RUN := $(CASE) --replications 300 --latency-replications 60 --out results/runs/wuhan-35min
RESULTS := $(CASE) --replications 400 --latency-replications 100 --out results/wuhan-35min
VALIDATE := $(BIN)/fundfreeze prove --out results/validation
BESIDE := $(if $(OLD),--old $(OLD)) $(if $(FIRST),--first $(FIRST))
CITY := $(BIN)/fundfreeze run city --replications 4 --by scam --out results/city

.PHONY: bench-fit help run validate test test-long bench bench-engines bench-short bench-scale results lint clean bench-rooms bench-pages bench-reading
.DEFAULT_GOAL := help

help:
	@echo "make run        the main job, and where its picture is"
	@echo "make validate   the model held against every published figure, and against theory (some minutes)"
	@echo "make test       the tests"
	@echo "make test-long  the full form of the statistical and fuzz tests, and more and new examples for the properties"
	@echo "make bench      speed and memory of both engines against their targets, written to results/benchmarks"
	@echo "                (OLD=DIR, FIRST=DIR: beside older checkouts; make bench-short: a month, not a year, and only shown)"
	@echo "make bench-engines  both engines side by side, and an older checkout with BEFORE=DIR"
	@echo "make bench-scale  what two processes, of a pool or of a Dask cluster, gain over one"
	@echo "make bench-reading OLD=DIR  what reading a scenario costs, beside an older checkout"
	@echo "make bench-rooms  what rooms of trainees cost the server of the pages"
	@echo "make bench-pages  how soon the live page answers, and what it holds"
	@echo "make bench-fit  a million rows of a centre's own files, from the file to the law"
	@echo "make results    results/wuhan-35min and results/city, made again (make validate: results/validation)"
	@echo "make lint       ruff and mypy"

# Made again only when what is installed changes; the package itself is installed editable.
$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("fundfreeze needs Python 3.11 or later: make PYTHON=python3.11 ..." if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt hatchling editables
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation -c constraints.txt -e '.[dev]'
	@touch $@

run: $(STAMP)
	rm -f results/runs/wuhan-35min/made-by.json
	$(RUN)

validate: $(STAMP)
	$(VALIDATE)

test: $(STAMP)
	$(BIN)/python -m pytest -m "not long"

test-long: $(STAMP)
	$(BIN)/python -m pytest -m long --hypothesis-profile=free
	$(BIN)/python -m pytest -m 'hypothesis and not long' --hypothesis-profile=free

bench: $(STAMP)
	$(BIN)/python -m benchmarks $(BESIDE) --out results/benchmarks

bench-short: $(STAMP)
	$(BIN)/python -m benchmarks --short $(BESIDE)

bench-engines: $(STAMP)
	$(BIN)/python -m benchmarks.engines $(if $(BEFORE),--before $(BEFORE))

bench-scale: $(STAMP)
	$(BIN)/python -m benchmarks.scale

bench-reading: $(STAMP)
	$(BIN)/python -m benchmarks.reading $(OLD)

bench-rooms: $(STAMP)
	$(BIN)/python -m benchmarks.rooms

bench-pages: $(STAMP)
	$(BIN)/python -m benchmarks.pages --out results/benchmarks

bench-fit: $(STAMP)
	$(BIN)/python -m benchmarks.fits

results: $(STAMP)
	rm -f results/wuhan-35min/made-by.json
	$(RESULTS)
	rm -f results/city/metrics.json
	$(CITY)

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage
