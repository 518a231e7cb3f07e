# Copyright The otelcol-vpcflow Authors
# SPDX-License-Identifier: Apache-2.0

# Needs Go, git, make and bash. The tools are built from tools/go.mod when first used.

BUILD  := _build
BINARY := $(BUILD)/otelcol-vpcflow
DEMO   := $(BUILD)/demo
TOOLS  := tools/bin
GODIRS := $(wildcard cmd e2e exporter internal processor receiver)

# What one may set: make bench BENCH=Decode, make fuzz FUZZTIME=5m, make test TESTFLAGS=-short.
TESTFLAGS  ?=
BENCH      ?= .
BENCHCOUNT ?= 6
BENCHBASE  ?=
FUZZTIME   ?= 30s

# The race detector needs a C compiler; where Go finds none, the tests run without it.
RACE := $(if $(filter 1,$(shell go env CGO_ENABLED)),-race)

# What the binary is made of, beside the modules named in builder-config.yaml and go.mod.
SOURCES := $(shell find $(filter-out cmd e2e,$(GODIRS)) -type f \
	-not -path '*/testdata/*' -not -name '*_test.go' -not -name '*.md')

SHELL := bash
.SHELLFLAGS := -o pipefail -c

# A go.work above this folder would hide the modules of the distribution and of the tools.
export GOWORK := off

.DEFAULT_GOAL := help

.PHONY: help
help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

.PHONY: build
build: $(BINARY) ## Build the collector, _build/otelcol-vpcflow

# Without -buildvcs=false, Go refuses to build in a clone that belongs to another user.
$(BINARY): builder-config.yaml go.mod go.sum $(SOURCES) | $(TOOLS)/builder
	@echo 'Building $@. The first time takes some minutes.'
	@GOFLAGS="$$(go env GOFLAGS) -buildvcs=false" $(TOOLS)/builder --config builder-config.yaml
	@touch $@

# exec, so that a signal meant for the recipe ends the collector.
.PHONY: demo
demo: $(BINARY) ## See the rules fire on sample flow logs; Ctrl-C ends it
	@mkdir -p $(DEMO)
	@echo "The dashboard is at http://localhost:$${DASHBOARD_PORT:-8765}/"
	@echo "Metrics are at http://localhost:$${DEMO_PORT:-8888}/metrics"
	@echo 'Alerts follow, and are written to $(DEMO)/alerts.jsonl. Ctrl-C ends the demo.'
	@echo
	@exec $(BINARY) --config config/demo.yaml

.PHONY: test
test: $(BINARY) ## Run all tests, with the race detector; e2e needs the collector
	@test -n '$(RACE)' || echo 'There is no C compiler: testing without the race detector.'
	go test $(RACE) $(TESTFLAGS) ./...

.PHONY: lint
lint: $(TOOLS)/golangci-lint ## Check format, style, licence headers and layering
	$(TOOLS)/golangci-lint run
	go mod tidy -diff
	go -C tools mod tidy -diff

.PHONY: fmt
fmt: $(TOOLS)/golangci-lint ## Format the Go files
	$(TOOLS)/golangci-lint fmt

.PHONY: bench
bench: $(TOOLS)/benchstat ## Measure into _build/bench.txt; BENCHBASE=FILE compares with an earlier one
	@mkdir -p $(BUILD)
	go test -run '^$$' -bench '$(BENCH)' -benchmem -count $(BENCHCOUNT) ./... | tee $(BUILD)/bench.txt
	@$(TOOLS)/benchstat $(BENCHBASE) $(BUILD)/bench.txt

.PHONY: bench-file
bench-file: $(BINARY) ## Measure the built collector on a file of a million records, beside gunzip
	@go run ./e2e/benchfile

.PHONY: fuzz
fuzz: ## Run every fuzz target for FUZZTIME (30s)
	@grep -rEo --include='*_test.go' '^func Fuzz[A-Za-z0-9_]+' $(GODIRS) | \
	while IFS=': ' read -r file _ target; do \
		echo "== $$target in $$(dirname $$file)"; \
		go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1x ./$$(dirname $$file) || exit 1; \
	done

.PHONY: clean
clean: ## Remove all that was built
	rm -rf $(BUILD) $(TOOLS)

# A tool, named by the last part of its package path.
$(TOOLS)/%: tools/go.mod tools/go.sum
	@echo 'Building $@'
	@go -C tools build -o bin/$* "$$(go -C tools list tool | grep '/$*$$')"
