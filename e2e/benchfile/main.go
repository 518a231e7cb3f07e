// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Benchfile measures how long the built collector takes to turn one gzip file of flow logs into alerts, on one core and
// on two. It compares this time with the time of gunzip alone, and checks that all runs give the same alerts. Run it with
// make bench-file.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"time"
)

// settings are the flags.
type settings struct {
	collector, folder   string
	records, runs, port int
}

func main() {
	log.SetFlags(0)
	var s settings
	flag.StringVar(&s.collector, "collector", "_build/otelcol-vpcflow", "path of the collector")
	flag.StringVar(&s.folder, "folder", "_build/bench", "folder of the generated files")
	flag.IntVar(&s.records, "records", 1_000_000, "number of version 2 records in each file")
	flag.IntVar(&s.runs, "runs", 3, "number of runs; the fastest counts")
	flag.IntVar(&s.port, "port", 18888, "port of the collector's metrics")
	flag.Parse()
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt)
	defer cancel()
	if err := measureFiles(ctx, s); err != nil {
		log.Print("benchfile: ", err)
		os.Exit(1) //nolint:gocritic // nothing is left to cancel
	}
}

// measureFiles prints a table of the results, in Markdown.
func measureFiles(ctx context.Context, s settings) error {
	var results []result
	for _, k := range kinds {
		f, err := generate(ctx, s, k)
		if err != nil {
			return err
		}
		log.Print(f)
		measured, err := measure(ctx, s, f)
		if err != nil {
			return fmt.Errorf("%s: %w", k.name, err)
		}
		results = append(results, measured...)
	}
	_, err := os.Stdout.WriteString("\n" + table(results) + "\n" + legend)
	return err
}

// measure returns the results of gunzip and of all variants for a file. It alternates between them, so that a busy moment
// of the machine does not affect all runs of one of them.
func measure(ctx context.Context, s settings, f file) ([]result, error) {
	results := []result{{file: f, variant: variant{cores: 1, name: "gunzip alone"}}}
	for _, v := range variants {
		if !v.officeOnly || f.name == kinds[0].name {
			results = append(results, result{file: f, variant: v})
		}
	}
	var first []string // the alerts of the first run
	for n := range s.runs {
		log.Printf("%s: run %d of %d", f.name, n+1, s.runs)
		start := time.Now()
		if err := exec.CommandContext(ctx, "gunzip", "-c", f.path).Run(); err != nil { //nolint:gosec // our own file
			return nil, fmt.Errorf("gunzip: %w", err)
		}
		results[0].add(run{took: time.Since(start)})
		for i := 1; i < len(results); i++ {
			r, err := collect(ctx, s, f, results[i].variant)
			if err != nil {
				return nil, err
			}
			results[i].add(r)
			if results[i].variant.rules != nil {
				continue // It gives fewer alerts.
			}
			if first == nil {
				first = r.alerts
			}
			if err := sameAlerts(r.alerts, first); err != nil {
				return nil, fmt.Errorf("%s on %d cores gives other alerts than %s on %d core: %w",
					results[i].variant.name, results[i].variant.cores, results[1].variant.name, results[1].variant.cores, err)
			}
		}
	}
	for i := range results {
		results[i].gunzip = results[0].took
	}
	return results, nil
}
