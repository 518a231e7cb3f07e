# Copyright The otelcol-vpcflow Authors
# SPDX-License-Identifier: Apache-2.0

# Needs Go, git, make and bash. The tools are built from tools/go.mod when first used.

BUILD  := _build
BINARY := $(BUILD)/otelcol-vpcflow
DEMO   := $(BUILD)/demo
TOOLS  := tools/bin
GODIRS := $(wildcard cmd converter e2e exporter extension internal processor provider receiver)

# Variables to set on the command line: make bench BENCH=Decode, make fuzz FUZZTIME=5m, make test TESTFLAGS=-short.
TESTFLAGS  ?=
BENCH      ?= .
BENCHCOUNT ?= 6
BENCHBASE  ?=
VERSION    ?=
FUZZTIME   ?= 30s
KILLS      ?= 100
SEED       ?= 0
MAVENFLAGS ?=
LONGTESTS  := DetectorsWithApacheKafka|KilledDetectors|PausedDetector|OutageOfKafka|DetectorThatRefuses|ObjectsThatAreAnnounced

# The race detector needs a C compiler. Without one, the tests run without the race detector.
RACE := $(if $(filter 1,$(shell go env CGO_ENABLED)),-race)

# The binary's source files. Its other inputs are builder-config.yaml, go.mod and go.sum.
SOURCES := $(shell find $(filter-out cmd e2e,$(GODIRS)) -type f \
	-not -path '*/testdata/*' -not -name '*_test.go' -not -name '*.md')

SHELL := bash
.SHELLFLAGS := -o pipefail -c

# A go.work file in a parent folder would hide the modules of the distribution and of the tools.
export GOWORK := off

.DEFAULT_GOAL := help

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

.PHONY: build
build: $(BINARY) ## Build the collector, _build/otelcol-vpcflow

# Without -buildvcs=false, Go refuses to build in a clone that belongs to another user.
# Go uses the profile default.pgo in the folder of the main package.
$(BINARY): builder-config.yaml default.pgo go.mod go.sum $(SOURCES) | $(TOOLS)/builder
	@echo 'Building $@. The first build takes a few minutes.'
	@mkdir -p $(BUILD) && cp default.pgo $(BUILD)/
	@GOFLAGS="$$(go env GOFLAGS) -buildvcs=false" $(TOOLS)/builder --config builder-config.yaml
	@touch $@

# VERSION has no default, so that no file gets the version of another release.
.PHONY: release
release: $(TOOLS)/builder ## Build binaries, packages, image, SBOMs and checksums: make release VERSION=0.2.0
	@test -n '$(VERSION)' || { echo 'Set VERSION, for example: make release VERSION=0.2.0' >&2; exit 1; }
	@go -C tools build -o bin/release ./release
	@$(TOOLS)/release -version $(VERSION) $(RELEASEFLAGS)

# Needs root, Debian, debootstrap, systemd and podman. PREVIOUS is a folder with the files of an earlier release, to upgrade from.
.PHONY: release-check
release-check: ## Install, upgrade and purge the package in a fresh Debian, and run the image: make release-check VERSION=0.2.0
	@deploy/package/check.sh '$(VERSION)' '$(PREVIOUS)'

# The loop ignores Ctrl-C, so that it also prints what the collector writes while it stops.
.PHONY: demo
demo: $(BINARY) ## Show every rule fire on sample flow logs; Ctrl-C stops it
	@mkdir -p $(DEMO)
	@echo "The dashboard is at http://localhost:$${DASHBOARD_PORT:-8765}/"
	@echo "Metrics are at http://localhost:$${DEMO_PORT:-8888}/metrics"
	@echo 'Alerts follow. They are also written to $(DEMO)/alerts.jsonl. Ctrl-C stops the demo.'
	@echo
	@$(BINARY) --config config/demo.yaml | { trap '' INT; left=$$(grep -c '^- time:' testdata/demo/expected.yaml); \
	while IFS= read -r line; do \
		printf '%s\n' "$$line"; \
		case $$line in 2026-*) left=$$((left - 1)); [ $$left != 0 ] || \
			echo 'All alerts of the sample logs have been shown. The dashboard keeps running until Ctrl-C.';; esac; \
	done; }

.PHONY: demo-kafka
demo-kafka: $(BINARY) $(BUILD)/kafka/installed ## Show the same alerts from three detectors over Apache Kafka, one of which is killed
	@go run ./e2e/demokafka

.PHONY: test
test: $(BINARY) ## Run all tests with the race detector; the e2e tests need the collector
	@test -n '$(RACE)' || echo 'No C compiler found: testing without the race detector.'
	go test $(RACE) -timeout 30m $(TESTFLAGS) ./...

# The tests are a module of their own, so that the collector does not depend on Helm. Go does not notice that files outside the module have
# changed, so that it must not use earlier results.
.PHONY: deploy
deploy: $(BINARY) ## Check the Helm chart against the types of Kubernetes, and the Terraform modules against CloudFormation
	go -C deploy/test test -count 1 ./...

.PHONY: lint
lint: $(TOOLS)/golangci-lint ## Check format, style, license headers and imports
	$(TOOLS)/golangci-lint run
	go mod tidy -diff
	go -C tools mod tidy -diff
	cd deploy/test && $(CURDIR)/$(TOOLS)/golangci-lint run
	go -C deploy/test mod tidy -diff

.PHONY: fmt
fmt: $(TOOLS)/golangci-lint ## Format the Go files
	$(TOOLS)/golangci-lint fmt

.PHONY: bench
bench: $(TOOLS)/benchstat ## Run the benchmarks, save _build/bench.txt; BENCHBASE=FILE compares with an earlier run
	@mkdir -p $(BUILD)
	go test -run '^$$' -bench '$(BENCH)' -benchmem -count $(BENCHCOUNT) ./... | tee $(BUILD)/bench.txt
	@$(TOOLS)/benchstat $(BENCHBASE) $(BUILD)/bench.txt

.PHONY: bench-file
bench-file: $(BINARY) ## Measure the collector on two files of a million records, compared with gunzip
	@go run ./e2e/benchfile

.PHONY: profile
profile: ## Renew default.pgo, which tells the compiler which functions to optimize
	go test ./e2e -run '^$$' -bench '^BenchmarkFileToAlerts$$' -benchtime 8x -cpuprofile default.pgo -o /dev/null

.PHONY: bench-kafka
bench-kafka: $(BINARY) kafka ## Measure the reader and the detector with Apache Kafka
	go test ./e2e -run '^TestKafkaSpeed$$' -count 1 -timeout 30m -v -args -kafka-speed

.PHONY: fuzz
fuzz: ## Run each fuzz target for FUZZTIME (30s)
	@mkdir -p $(BUILD)
	@grep -rEo --include='*_test.go' '^func Fuzz[A-Za-z0-9_]+' $(GODIRS) | \
	while IFS=': ' read -r file _ target; do \
		echo "== $$target in $$(dirname $$file)"; \
		go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1x ./$$(dirname $$file) | \
			tee $(BUILD)/fuzz.txt && continue; \
		grep -q '^ *context deadline exceeded$$' $(BUILD)/fuzz.txt && ! grep -q 'Failing input' $(BUILD)/fuzz.txt || exit 1; \
		echo 'No input failed. Go sometimes reports the end of the time as a failure; see go.dev/issue/75804.'; \
	done

.PHONY: torture
torture: $(BINARY) ## Kill the collector KILLS times (100) under faults, and compare the alerts; SEED=N repeats a run
	go test ./e2e -run '^TestTorture$$' -count 1 -timeout 0 -v -args -torture-kills $(KILLS) -torture-seed $(SEED)

# The tests with Apache Kafka in their full sizes. make test runs them in short forms.
.PHONY: verify-long
verify-long: $(BINARY) kafka moto ## Kill detectors, stop Kafka and move large states for half an hour; needs Java 17 and Maven
	go test ./e2e -run '^Test($(LONGTESTS))' -count 1 -timeout 60m -v -args -kafka-kills 10 -kafka-outage 1m
	go test ./e2e -run '^TestStateOfManyPairs' -count 1 -timeout 30m -v -args -kafka-pairs 1000000
	go test ./e2e -run '^TestStateOfManyPairs' -count 1 -timeout 30m -v -args -kafka-pairs 5000000

# Users add the components to their own collectors, which also run on other systems.
.PHONY: cross
cross: ## Build the components for macOS and Windows
	@for system in darwin/arm64 windows/amd64; do \
		echo "== $$system"; \
		GOOS=$${system%/*} GOARCH=$${system#*/} CGO_ENABLED=0 go build $(addprefix ./,$(addsuffix /...,$(filter-out e2e,$(GODIRS)))) || exit 1; \
	done

.PHONY: verify
verify: ## Check the downloaded modules against go.sum
	go mod verify
	go -C tools mod verify
	go -C deploy/test mod verify

.PHONY: vuln
vuln: $(TOOLS)/govulncheck ## Look for known vulnerabilities; needs access to vuln.go.dev
	$(TOOLS)/govulncheck ./...

# moto emulates AWS in some tests. It needs Python.
.PHONY: moto
moto: $(BUILD)/moto/bin/moto_server ## Install moto, an emulator of AWS, for tests

$(BUILD)/moto/bin/moto_server: tools/moto.txt
	@mkdir -p $(BUILD)
	python3 -m venv $(BUILD)/moto
	$(BUILD)/moto/bin/pip install --quiet --disable-pip-version-check -r tools/moto.txt
	@touch $@

# DuckDB reads the stored flows of vpc_dashboard in a test. It needs Python.
.PHONY: duckdb
duckdb: $(BUILD)/duckdb/installed ## Install DuckDB for tests

$(BUILD)/duckdb/installed: tools/duckdb.txt
	@mkdir -p $(BUILD)
	python3 -m venv $(BUILD)/duckdb
	$(BUILD)/duckdb/bin/pip install --quiet --disable-pip-version-check -r tools/duckdb.txt
	@touch $@

# MAVENFLAGS are arguments for Maven, such as -s FILE for settings with another repository than Maven Central.
.PHONY: kafka
kafka: $(BUILD)/kafka/installed ## Install Apache Kafka for tests and make demo-kafka; needs Java 17 and Maven

$(BUILD)/kafka/installed: tools/kafka/pom.xml
	@command -v mvn >/dev/null || { echo 'Maven is not installed, for example: apt-get install maven default-jre-headless' >&2; exit 1; }
	@rm -rf $(BUILD)/kafka
	@mvn $(MAVENFLAGS) --batch-mode --quiet --file tools/kafka/pom.xml \
		org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies -DincludeScope=runtime -DoutputDirectory=$(CURDIR)/$(BUILD)/kafka/lib
	@touch $@

.PHONY: clean
clean: ## Remove everything that make has built
	rm -rf $(BUILD) $(TOOLS)

# Builds the tool whose package path ends with this name.
$(TOOLS)/%: tools/go.mod tools/go.sum
	@echo 'Building $@'
	@go -C tools build -o bin/$* "$$(go -C tools list tool | grep '/$*$$')"
