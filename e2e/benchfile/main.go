// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Benchfile measures how long the built collector takes from one gzip file of flow logs to alerts, on one core, beside
// how long gunzip alone takes for that file. Run it as make bench-file.
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

// config goes from a file to alerts, with room for the way's emit, its further components and its further pipelines.
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

// volume counts flows, packets and bytes by the action, as config/metrics.yaml does.
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
		binary  = flag.String("collector", "_build/otelcol-vpcflow", "the collector to measure")
		records = flag.Int("records", 1_000_000, "version-2 records in the file")
		folder  = flag.String("folder", "_build/bench", "where the file is made and kept")
		runs    = flag.Int("runs", 3, "runs, of which the fastest counts")
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
	file, err := makeFile(ctx, folder, records)
	if err != nil {
		return err
	}
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	log.Printf("%s: %d records, %.1f MB", file, records, float64(info.Size())/1e6)
	unzip := time.Hour
	best := map[string]run{} // by the way's name
	for range runs {
		began := time.Now()
		if err := exec.CommandContext(ctx, "gunzip", "-c", file).Run(); err != nil { //nolint:gosec // our own file
			return fmt.Errorf("gunzip: %w", err)
		}
		unzip = min(unzip, time.Since(began))
		for _, way := range ways {
			r, err := collect(ctx, binary, folder, file, way, records, port)
			if err != nil {
				return err
			}
			if known, ok := best[way.name]; !ok || r.took < known.took {
				best[way.name] = r
			}
		}
	}
	log.Printf("%-38s %5.2f s  %9.0f records/s", "gunzip alone", unzip.Seconds(), float64(records)/unzip.Seconds())
	for _, way := range ways {
		r := best[way.name]
		log.Printf("%-38s %5.2f s  %9.0f records/s  %.2f times gunzip's time, peak memory %.0f MiB, %d alerts",
			way.name, r.took.Seconds(), float64(records)/r.took.Seconds(), r.took.Seconds()/unzip.Seconds(),
			float64(r.peak)/1024, r.alerts)
	}
	return nil
}

// way is one from the file to alerts.
type way struct{ name, emit, connectors, pipelines string }

var ways = []way{
	{"to alerts, emit: attributes", "attributes", "", ""},
	{"to alerts, emit: lines", "lines", "", ""},
	{"to alerts and metrics of the volume", "attributes", volume, volumePipelines},
}

// makeFile writes the flow log, unless it is there.
func makeFile(ctx context.Context, folder string, records int) (string, error) {
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
		return "", fmt.Errorf("flowgen: %w", err)
	}
	found, err := filepath.Glob(pattern)
	if err != nil || len(found) != 1 {
		return "", fmt.Errorf("flowgen left %d files at %s", len(found), pattern)
	}
	return found[0], nil
}

// run is what one run of the collector gave.
type run struct {
	took   time.Duration // from the first record seen in the metrics, at 20 ms, to the last
	peak   int64         // resident memory, KiB
	alerts int
}

// collect runs the collector on one core until it has seen all records.
func collect(ctx context.Context, binary, folder, file string, w way, records, port int) (r run, err error) {
	alerts := filepath.Join(folder, "alerts.jsonl")
	_ = os.Remove(alerts)
	path, err := filepath.Abs(file)
	if err != nil {
		return r, err
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	text := "yaml:" + fmt.Sprintf(config, path, w.emit, alerts, w.connectors, port, w.pipelines)
	collector := exec.CommandContext(ctx, binary, "--config", text) //nolint:gosec // our own binary
	collector.Env = append(os.Environ(), "GOMAXPROCS=1")
	collector.Stdout, collector.Stderr = os.Stdout, os.Stderr
	if err := collector.Start(); err != nil {
		return r, err
	}
	began := time.Now()
	for seen := 0; seen < records; time.Sleep(20 * time.Millisecond) {
		if ctx.Err() != nil {
			return r, fmt.Errorf("only %d of %d records after 5 minutes", seen, records)
		}
		if seen = recordsSeen(ctx, port); seen == 0 {
			began = time.Now()
		}
	}
	r.took = time.Since(began)
	r.peak = peak(collector.Process.Pid)
	if err := collector.Process.Signal(syscall.SIGINT); err != nil {
		return r, err
	}
	if err := collector.Wait(); err != nil {
		return r, fmt.Errorf("collector: %w", err)
	}
	told, err := os.ReadFile(alerts)
	r.alerts = bytes.Count(told, []byte("vpc_flow.alert.status"))
	return r, err
}

// recordsSeen adds up what the processor's metrics say of flows and of records that were skipped.
func recordsSeen(ctx context.Context, port int) (seen int) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("http://localhost:%d/metrics", port), http.NoBody)
	if err != nil {
		return 0
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0
	}
	defer answer.Body.Close()
	lines := bufio.NewScanner(io.LimitReader(answer.Body, 1<<20))
	for lines.Scan() {
		name, _, _ := strings.Cut(lines.Text(), "{")
		if strings.HasPrefix(name, "vpc_flow_flows") || strings.HasPrefix(name, "vpc_flow_skipped") {
			_, value, _ := strings.Cut(lines.Text(), "} ")
			n, _ := strconv.ParseFloat(value, 64)
			seen += int(n)
		}
	}
	return seen
}

// peak is the most resident memory that a process had, in KiB.
func peak(pid int) int64 {
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
