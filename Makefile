# Every command of the project. Continuous integration calls these targets and nothing else.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

TOOLS  := .tools
UV     := $(TOOLS)/bin/uv
PY     := .venv/bin/python
UV_PIN := 0.13.9
PROTOS := $(shell find proto -name '*.proto' | sort)
BUF    := web/node_modules/.bin/buf
export PYTHONPATH := $(CURDIR):$(CURDIR)/gen/python
export UV_LINK_MODE ?= copy
, := ,

DATAPATH_MANIFEST := --manifest-path services/media/datapath/Cargo.toml
export PYO3_PYTHON := $(CURDIR)/$(PY)

# What uses one core, or waits, two at a time; the output of each comes when it has ended.
TWO_AT_ONCE := $(MAKE) --no-print-directory --jobs=2 --output-sync=target

.PHONY: help setup proto web run test ready lint lint-python lint-proto lint-rust lint-web unit unit-python unit-media unit-rust unit-web size chart integration e2e bench bench-meeting bench-export clean

help: ## Show this list.
	@grep -hE '^[a-z][a-z0-9-]*:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /  make \1\t/' | expand -t 22

# --- Setting up: each step runs again only when what it is made from has changed. ---

setup: $(TOOLS)/python.done ## Install what running and testing need into this folder.

$(TOOLS)/prerequisites.done: tools/prerequisites.sh
	@tools/prerequisites.sh
	@mkdir -p $(TOOLS) && touch $@

$(UV): $(TOOLS)/prerequisites.done
	@python3 -m venv $(TOOLS) && $(TOOLS)/bin/pip install --quiet --disable-pip-version-check 'uv==$(UV_PIN)' && touch $@

DATAPATH := $(shell find services/media/datapath -name target -prune -o -type f \( -name '*.rs' -o -name 'Cargo.*' -o -name '*.pyi' -o -name pyproject.toml \) -print)
$(TOOLS)/venv.done: $(UV) pyproject.toml uv.lock $(DATAPATH)
	@$(UV) sync --quiet --frozen && touch $@

$(TOOLS)/npm.done: $(TOOLS)/prerequisites.done web/package.json web/package-lock.json
	@cd web && npm ci --silent --no-audit --no-fund && touch ../$@

proto: $(TOOLS)/proto.done ## Generate code from proto/.
$(TOOLS)/proto.done: $(TOOLS)/venv.done $(TOOLS)/npm.done $(PROTOS)
	@rm -rf gen/python web/src/gen && mkdir -p gen/python web/src/gen
	@PATH="$(CURDIR)/.venv/bin:$$PATH" $(PY) -m grpc_tools.protoc -Iproto --python_out=gen/python --grpc_python_out=gen/python \
	  --mypy_out=gen/python --mypy_grpc_out=gen/python $(PROTOS)
	@$(PY) -m grpc_tools.protoc -Iproto --plugin=protoc-gen-es=web/node_modules/.bin/protoc-gen-es \
	  --es_out=web/src/gen --es_opt=target=ts,import_extension=none $(filter proto/sipulung/common/% proto/sipulung/signaling/v1/client.proto proto/sipulung/media/v1/session.proto proto/sipulung/roster/v1/meeting.proto proto/sipulung/roster/v1/moderation.proto proto/sipulung/roster/v1/participant.proto proto/sipulung/roster/v1/poll.proto proto/sipulung/roster/v1/schedule.proto,$(PROTOS))
	@touch $@

$(TOOLS)/python.done: $(TOOLS)/proto.done
	@touch $@

web: $(TOOLS)/web.done ## Build the web client.
WEB := $(shell find web \( -path web/node_modules -o -path web/dist -o -path web/dev/dist -o -path web/dev/screenshots -o -path web/src/gen \) -prune -o -type f -print)
$(TOOLS)/web.done: $(TOOLS)/proto.done $(WEB)
	@cd web && npm run --silent build && touch ../$@

# --- Running ---

run: setup web ## Run everything on this machine; options are in docs/operators.md.
	@exec $(PY) -m tools.run --end-with-parent --state $(or $(STATE),run)

# --- Checking: `make test` is all of it, in the order in which it fails fastest. ---

test: ready lint unit size chart integration e2e ## Check everything.

ready:
	@$(TWO_AT_ONCE) setup web $(TOOLS)/test-prerequisites.done

lint: ready ## Check style, types, layers and compatibility.
	@$(TWO_AT_ONCE) lint-python lint-proto lint-rust lint-web

lint-python: setup
	@.venv/bin/ruff check . && .venv/bin/ruff format --check --quiet .
	@.venv/bin/mypy
	@.venv/bin/lint-imports

# Compatibility counts from the last release; before the first there is nothing to break.
RELEASE := $(shell git describe --tags --abbrev=0 --match 'v[0-9]*' 2>/dev/null)
lint-proto: setup
	@$(BUF) lint proto
	@$(if $(RELEASE),$(BUF) breaking proto --against '.git#tag=$(RELEASE)$(,)subdir=proto',echo 'buf breaking: no release yet.')

lint-rust: setup
	@cargo fmt $(DATAPATH_MANIFEST) --all --check
	@cargo clippy $(DATAPATH_MANIFEST) --workspace --all-targets --quiet -- -D warnings

lint-web: setup
	@cd web && npm run --silent check

unit: unit-rust unit-python ## Run the unit tests; pure cores must be covered whole, branches too.
	@$(TWO_AT_ONCE) unit-media unit-web

unit-rust: setup
	@cargo test $(DATAPATH_MANIFEST) --workspace --quiet

# Everything that needs no browser, no chart and no installation of several services.
UNIT  := $(filter-out tests/support/ tests/data/ tests/helm/ tests/integration/ tests/e2e/ tests/run/ tests/__pycache__/,$(wildcard tests/*/))
CORES := $(patsubst %/__init__.py,%,$(wildcard services/*/core/__init__.py))
CORE_TESTS := $(wildcard $(patsubst services/%,tests/%,$(CORES)))
# Each process with servers of its own, which wait most of the time. Browsers do not, and what a whole installation does
# has its time: these run one by one.
SIDE_BY_SIDE := --numprocesses=2 --dist=loadfile
unit-python: setup
	@.venv/bin/pytest $(SIDE_BY_SIDE) $(CORE_TESTS) $(CORES:%=--cov=%) --cov-branch --cov-fail-under=100
	@.venv/bin/pytest $(SIDE_BY_SIDE) $(filter-out tests/media/,$(UNIT)) $(CORE_TESTS:%=--ignore=%)

# One by one: what a media node does has its time.
unit-media: setup
	@.venv/bin/pytest tests/media --ignore=tests/media/core

unit-web: setup
	@cd web && npm test --silent

size: web ## Check how much a browser has to load.
	@cd web && npm run --silent size

chart: setup ## Render, check and compare the Helm chart.
	@.venv/bin/pytest tests/helm

$(TOOLS)/test-prerequisites.done: tools/test_prerequisites.sh $(TOOLS)/prerequisites.done
	@tools/test_prerequisites.sh
	@mkdir -p $(TOOLS) && touch $@

integration: setup web ## Run several services against real stores.
	@.venv/bin/pytest tests/run
	@.venv/bin/pytest $(SIDE_BY_SIDE) tests/integration

e2e: setup web $(TOOLS)/test-prerequisites.done ## Hold meetings in real browsers.
	@cd web && npm run --silent scenes -- --logLevel warn
	@.venv/bin/pytest tests/e2e

bench: setup ## Measure what a media node costs on this machine (4 minutes; see bench/README.md).
	@cargo build --quiet --release --locked --manifest-path bench/load/Cargo.toml
	@exec $(PY) -m bench.run $(BENCH)

bench-meeting: setup web $(TOOLS)/test-prerequisites.done ## Hold a meeting of a hundred on this machine (2 minutes; see bench/README.md).
	@exec $(PY) -m bench.crowd.run $(BENCH)

bench-export: setup web ## Export a month's attendance of 2,000 people (1 minute; see bench/README.md).
	@exec $(PY) -m bench.attendance_export $(BENCH)

clean: ## Delete everything that was generated, but not run/ (accounts, meetings, attendance).
	@rm -rf .venv $(TOOLS) gen web/node_modules web/dist web/src/gen services/media/datapath/target
