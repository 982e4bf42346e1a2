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

.PHONY: help setup proto web run test lint unit bench clean

help: ## Show this list.
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

# --- Setting up: each step runs again only when what it is made from has changed. ---

setup: $(TOOLS)/python.done $(TOOLS)/web.done ## Install what running and testing need into this folder.

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
	  --es_out=web/src/gen --es_opt=target=ts,import_extension=none $(filter proto/sipulung/common/% proto/sipulung/signaling/v1/client.proto proto/sipulung/media/v1/session.proto proto/sipulung/roster/v1/meeting.proto proto/sipulung/roster/v1/participant.proto,$(PROTOS))
	@touch $@

$(TOOLS)/python.done: $(TOOLS)/proto.done
	@touch $@

web: $(TOOLS)/web.done ## Build the web client.
WEB := $(shell find web -path web/node_modules -prune -o -path web/dist -prune -o -path web/src/gen -prune -o -type f -print)
$(TOOLS)/web.done: $(TOOLS)/proto.done $(WEB)
	@cd web && npm run --silent build && touch ../$@

clean: ## Delete everything that was generated, but not run/ (accounts, meetings, attendance).
	@rm -rf .venv $(TOOLS) gen web/node_modules web/dist web/src/gen services/media/datapath/target
