# The only task runner. Every target brings what it needs: a machine with make, npm and Node 20 or newer does.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run test demo proof bench check drift generate console screenshots slices

# Node 24 and the tools come with the packages, and go before what the machine has.
export PATH := $(CURDIR)/bin:$(CURDIR)/node_modules/.bin:$(PATH)

# npm keeps this file in step with what is installed.
INSTALLED := node_modules/.package-lock.json
# The vendors' packages that `make check` holds our names against: a workspace of its own, which the service never installs.
CONFORMANCE := conformance/node_modules/.package-lock.json
# The console's page, built anew when a source of it is newer. `console` is a folder too, hence the file.
CONSOLE := console/dist/index.html
CONSOLE_SOURCES := $(shell find console gen/mobius -type f -not -path 'console/dist/*' 2>/dev/null)
# Service users have no home, and npm and buf keep their caches in it.
ifneq ($(shell test -n "$$HOME" -a -w "$$HOME" && echo yes),yes)
export HOME := $(CURDIR)/.data/home
$(shell mkdir -p '$(HOME)')
endif

help: ## lists the targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 18

run: $(INSTALLED) $(CONSOLE) ## runs the service with a database, a provider sandbox and keys of its own under .data
	@exec node src/dev/run.ts

test: $(INSTALLED) $(CONSOLE) ## runs every test
	@exec vitest run

demo: $(INSTALLED) ## tells the whole story on free ports and a throw-away directory
	@test -e src/demo/main.ts || { echo 'make demo: not there yet'; exit 1; }
	@exec node src/demo/main.ts

bench: $(INSTALLED) ## benchmarks side by side; writes bench/results.json
	@test -e bench/run.ts || { echo 'make bench: not there yet'; exit 1; }
	@exec node bench/run.ts

proof: $(INSTALLED) ## shows the guarantees with real processes; ONLY=name shows one; writes proof/results.json
	@exec node proof/main.ts

check: $(INSTALLED) $(CONFORMANCE) ## contract lint and breaking changes, generated code in step, format, lint, types, the vendors' names
	buf lint
	buf format --diff --exit-code proto
	buf breaking --against proto/baseline.binpb
	@fresh=$$(mktemp -d); trap 'rm -rf "$$fresh"' EXIT; buf generate --output "$$fresh"; \
	  diff -r "$$fresh/gen" gen || { echo 'gen/ is not what buf generate makes of proto/; run: make generate'; exit 1; }
	biome ci --colors=off
	tsc --noEmit --project .
	tsc --noEmit --project console
	tsc --noEmit --project conformance
	@node conformance/check.ts

drift: $(INSTALLED) $(CONFORMANCE) ## what newer versions of the vendors' packages name otherwise; a report, which changes do not fail
	@exec node conformance/drift.ts

console: $(INSTALLED) $(CONSOLE) ## builds the console's page into console/dist

$(CONSOLE): $(CONSOLE_SOURCES) | $(INSTALLED)
	vite build --config console/vite.config.ts

screenshots: $(INSTALLED) $(CONSOLE) ## walks through the console in a browser and makes the pictures of docs/
	MOBIUS_SCREENSHOTS=on vitest run test/console_walk.test.ts test/console_looks.test.ts

generate: $(INSTALLED) ## makes gen/ from proto/
	buf generate

slices: $(CONFORMANCE) ## cuts src/providers/*/schemas.json out of the vendors' own descriptions; ONLY=github for one
	node conformance/slices/main.ts $(ONLY)

$(INSTALLED): package-lock.json package.json
	npm ci --loglevel=error --no-audit --no-fund
	@touch $@

$(CONFORMANCE): conformance/package-lock.json conformance/package.json | $(INSTALLED)
	@cd conformance && npm ci --loglevel=error --no-audit --no-fund || { \
	  echo 'conformance: the packages of vendors that our names are held against are not installed; that needs the network, once'; exit 1; }
	@touch $@
