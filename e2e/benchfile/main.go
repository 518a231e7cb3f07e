// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Benchfile measures how long the built collector takes from one gzip file of flow logs to alerts, on one core. It compares
// this with the time that gunzip alone takes for the file. Run it with make bench-file.
package main

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// config reads a file and writes alerts. Each variant adds its value of emit, its connectors and its pipelines.
const config = `
receivers:
  vpc_flow:
    files: {include: [%q], start_at: beginning}
    emit: %s
processors:
  vpc_detection:
exporters:
  file: {path: %q}
  nop:
%sservice:
  telemetry:
    logs: {level: warn}
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

func main() {
	log.SetFlags(0)
	log.SetOutput(os.Stdout)
	var (
		binary  = flag.String("collector", "_build/otelcol-vpcflow", "path of the collector")
		records = flag.Int("records", 1_000_000, "number of version 2 records in the file")
		folder  = flag.String("folder", "_build/bench", "folder of the generated file")
		runs    = flag.Int("runs", 3, "number of runs; the fastest counts")
		port    = flag.Int("port", 18888, "port of the collector's metrics")
	)
	flag.Parse()
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt)
	defer cancel()
	if err := measure(ctx, *binary, *folder, *records, *runs, *port); err != nil {
		log.Print("benchfile: ", err)
		os.Exit(1) //nolint:gocritic // nothing is left to cancel
	}
}

func measure(ctx context.Context, binary, folder string, records, runs, port int) error {
	file, err := generateFile(ctx, folder, records)
	if err != nil {
		return err
	}
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	log.Printf("%s: %d records, %.1f MB", file, records, float64(info.Size())/1e6)
	gunzip := time.Hour
	best := map[string]run{} // by the name of the variant
	for range runs {
		start := time.Now()
		if err := exec.CommandContext(ctx, "gunzip", "-c", file).Run(); err != nil { //nolint:gosec // our own file
			return fmt.Errorf("gunzip: %w", err)
		}
		gunzip = min(gunzip, time.Since(start))
		for _, v := range variants {
			r, err := collect(ctx, binary, folder, file, v, records, port)
			if err != nil {
				return err
			}
			if known, ok := best[v.name]; !ok || r.took < known.took {
				best[v.name] = r
			}
		}
	}
	log.Printf("%-38s %5.2f s  %9.0f records/s", "gunzip alone", gunzip.Seconds(), float64(records)/gunzip.Seconds())
	for _, v := range variants {
		r := best[v.name]
		log.Printf("%-38s %5.2f s  %9.0f records/s  %.2f times the time of gunzip, peak memory %.0f MiB, %d alerts",
			v.name, r.took.Seconds(), float64(records)/r.took.Seconds(), r.took.Seconds()/gunzip.Seconds(),
			float64(r.peakMemory)/1024, r.alerts)
	}
	return nil
}

// variant is a configuration to measure.
type variant struct{ name, emit, connectors, pipelines string }

var variants = []variant{
	{"to alerts, emit: attributes", "attributes", "", ""},
	{"to alerts, emit: lines", "lines", "", ""},
	{"to alerts and volume metrics", "attributes", volume, volumePipelines},
}

// generateFile returns the path of the flow log. It generates the file if it does not exist.
func generateFile(ctx context.Context, folder string, records int) (string, error) {
	out := filepath.Join(folder, "flows-"+strconv.Itoa(records))
	pattern := filepath.Join(out, "AWSLogs", "*", "*", "*", "*", "*", "*", "*.log.gz")
	if found, _ := filepath.Glob(pattern); len(found) == 1 {
		return found[0], nil
	}
	if err := os.RemoveAll(out); err != nil {
		return "", err
	}
	generate := exec.CommandContext(ctx, "go", "run", "./cmd/flowgen", //nolint:gosec // our own tool
		"-out", out, "-version", "2", "-records", strconv.Itoa(records), "-single")
	generate.Stdout, generate.Stderr = os.Stdout, os.Stderr
	if err := generate.Run(); err != nil {
		return "", fmt.Errorf("run flowgen: %w", err)
	}
	found, err := filepath.Glob(pattern)
	if err != nil || len(found) != 1 {
		return "", fmt.Errorf("flowgen wrote %d files at %s, want 1", len(found), pattern)
	}
	return found[0], nil
}

// run is the result of one run of the collector.
type run struct {
	took       time.Duration // from the first record in the metrics, which are read every 20 ms, to the last
	peakMemory int64         // resident, in KiB
	alerts     int
}

// collect runs the collector on one core until it has processed all records.
func collect(ctx context.Context, binary, folder, file string, v variant, records, port int) (r run, err error) {
	alerts := filepath.Join(folder, "alerts.jsonl")
	_ = os.Remove(alerts)
	path, err := filepath.Abs(file)
	if err != nil {
		return r, err
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	text := "yaml:" + fmt.Sprintf(config, path, v.emit, alerts, v.connectors, port, v.pipelines)
	collector := exec.CommandContext(ctx, binary, "--config", text) //nolint:gosec // our own binary
	collector.Env = append(os.Environ(), "GOMAXPROCS=1")
	collector.Stdout, collector.Stderr = os.Stdout, os.Stderr
	if err := collector.Start(); err != nil {
		return r, err
	}
	start := time.Now()
	for processed := 0; processed < records; time.Sleep(20 * time.Millisecond) {
		if ctx.Err() != nil {
			return r, fmt.Errorf("only %d of %d records after 5 minutes", processed, records)
		}
		if processed = recordsProcessed(ctx, port); processed == 0 {
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
	r.alerts = bytes.Count(written, []byte("vpc_flow.alert.status"))
	return r, err
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
