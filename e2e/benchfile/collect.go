// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

// variant is a configuration to measure.
type variant struct {
	name                        string
	cores                       int
	emit, connectors, pipelines string
	// officeOnly means that only the first file is measured.
	officeOnly bool
	// rules are the enabled rules; nil means the defaults.
	rules func(*detect.Rule) bool
}

var variants = []variant{
	{name: "attributes", emit: "attributes", cores: 1},
	{name: "attributes", emit: "attributes", cores: 2},
	{name: "lines", emit: "lines", cores: 1},
	{name: "lines", emit: "lines", cores: 2},
	{name: "blocks", emit: "blocks", cores: 1},
	{name: "blocks", emit: "blocks", cores: 2},
	{name: "blocks, seed rules only", emit: "blocks", cores: 1, rules: isSeed},
	{name: "blocks, seed rules only", emit: "blocks", cores: 2, rules: isSeed},
	{name: "attributes, seed rules only", emit: "attributes", cores: 1, rules: isSeed},
	{name: "attributes, seed rules only", emit: "attributes", cores: 2, rules: isSeed},
	{name: "blocks, no rules", emit: "blocks", cores: 1, rules: func(*detect.Rule) bool { return false }},
	{name: "blocks, no rules", emit: "blocks", cores: 2, rules: func(*detect.Rule) bool { return false }},
	{name: "attributes, no rules", emit: "attributes", cores: 1, rules: func(*detect.Rule) bool { return false }},
	{name: "attributes, no rules", emit: "attributes", cores: 2, rules: func(*detect.Rule) bool { return false }},
	{name: "attributes, and metrics", emit: "attributes", cores: 1, connectors: volume, pipelines: volumePipelines, officeOnly: true},
}

func isSeed(r *detect.Rule) bool { return r.Ruleset == detect.Seed }

// processor returns the settings of vpc_detection.
func (v *variant) processor() string {
	if v.rules == nil {
		return ""
	}
	var settings []string
	for _, rule := range append(slices.Clone(detect.Rules), detect.FlowLogsStopped) {
		if !v.rules(rule) {
			settings = append(settings, rule.ID+": {enabled: false}")
		}
	}
	return "{rules: {" + strings.Join(settings, ", ") + "}}"
}

// config reads a file and writes alerts. Each variant adds its value of emit, its connectors and its pipelines.
const config = `
receivers:
  vpc_flow:
    files: {include: [%q], start_at: beginning}
    emit: %s
processors:
  vpc_detection: %s
exporters:
  file: {path: %q}
  nop:
%sservice:
  telemetry:
    logs: {level: error}
    metrics:
      readers:
        - pull: {exporter: {prometheus: {host: localhost, port: %d}}}
  pipelines:
    logs: {receivers: [vpc_flow], processors: [vpc_detection], exporters: [file]}
%s`

// volume counts flows, packets and bytes by action, like config/metrics.yaml.
const (
	volume = `
connectors:
  signal_to_metrics:
    logs:
      - {name: flows, attributes: [{key: aws.vpc.flow.action}], sum: {value: "1", monotonic: true}}
      - {name: packets, attributes: [{key: aws.vpc.flow.action}], sum: {value: 'log.attributes["aws.vpc.flow.packets"]', monotonic: true}}
      - {name: bytes, attributes: [{key: aws.vpc.flow.action}], sum: {value: 'log.attributes["aws.vpc.flow.bytes"]', monotonic: true}}
`
	volumePipelines = `
    logs/volume: {receivers: [vpc_flow], exporters: [signal_to_metrics]}
    metrics: {receivers: [signal_to_metrics], exporters: [nop]}
`
)

// minPause is the least time between two readings of the metrics.
const minPause = 20 * time.Millisecond

// run is the result of one run of the collector.
type run struct {
	took       time.Duration // from the first record in the metrics to the last, within minPause
	peakMemory int64         // resident, in KiB
	alerts     []string      // as comparableAlerts returns them
}

// collect runs the collector on the variant's number of cores until it has processed all records.
func collect(ctx context.Context, s settings, f file, v variant) (r run, err error) {
	alerts := filepath.Join(s.folder, "alerts.jsonl")
	if err := os.Remove(alerts); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return r, err
	}
	path, err := filepath.Abs(f.path)
	if err != nil {
		return r, err
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	text := "yaml:" + fmt.Sprintf(config, path, v.emit, v.processor(), alerts, v.connectors, s.port, v.pipelines)
	collector := exec.CommandContext(ctx, s.collector, "--config", text) //nolint:gosec // our own binary
	collector.Env = append(os.Environ(), "GOMAXPROCS="+strconv.Itoa(v.cores))
	collector.Stdout, collector.Stderr = os.Stderr, os.Stderr
	if err := collector.Start(); err != nil {
		return r, err
	}
	start := time.Now()
	for processed := 0; processed < f.records; time.Sleep(pause(time.Since(start), processed, f.records)) {
		if ctx.Err() != nil {
			return r, fmt.Errorf("only %d of %d records after 5 minutes", processed, f.records)
		}
		if processed = recordsProcessed(ctx, s.port); processed == 0 {
			start = time.Now()
		}
	}
	r.took = time.Since(start)
	r.peakMemory = peakMemory(collector.Process.Pid)
	if err := collector.Process.Signal(syscall.SIGINT); err != nil {
		return r, err
	}
	if err := collector.Wait(); err != nil {
		return r, fmt.Errorf("collector: %w", err)
	}
	written, err := os.ReadFile(alerts)
	if err != nil {
		return r, err
	}
	if len(written) == 0 && v.rules != nil {
		return r, nil
	}
	r.alerts, err = comparableAlerts(written)
	return r, err
}

// pause returns how long to wait before the metrics are read again: half of the time that the rest is expected to take.
// Reading them takes some of the collector's time.
func pause(elapsed time.Duration, processed, records int) time.Duration {
	if processed == 0 {
		return minPause
	}
	rest := float64(elapsed) * float64(records-processed) / float64(processed)
	return min(max(time.Duration(rest/2), minPause), time.Second)
}

// recordsProcessed returns the number of flows and skipped records in the processor's metrics.
func recordsProcessed(ctx context.Context, port int) (total int) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("http://localhost:%d/metrics", port), http.NoBody)
	if err != nil {
		return 0
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0
	}
	defer response.Body.Close()
	lines := bufio.NewScanner(io.LimitReader(response.Body, 1<<20))
	for lines.Scan() {
		name, _, _ := strings.Cut(lines.Text(), "{")
		if strings.HasPrefix(name, "vpc_flow_flows") || strings.HasPrefix(name, "vpc_flow_skipped") {
			_, value, _ := strings.Cut(lines.Text(), "} ")
			n, _ := strconv.ParseFloat(value, 64)
			total += int(n)
		}
	}
	return total
}

// peakMemory returns the peak resident memory of a process in KiB. It returns zero if /proc does not have it.
func peakMemory(pid int) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			n, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return n
		}
	}
	return 0
}
