// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Demokafka shows detection on several collectors: it starts Apache Kafka, a reader, three detectors and the dashboard, kills
// the detector that works, and compares the alerts with those of make demo. Run it with make demo-kafka.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

// settings are the flags.
type settings struct {
	collector, folder string
	once              bool
	timeout           time.Duration
}

func main() {
	log.SetFlags(0)
	var s settings
	flag.StringVar(&s.collector, "collector", "_build/otelcol-vpcflow", "path of the collector")
	flag.StringVar(&s.folder, "folder", "_build/demo-kafka", "folder of Kafka and of the input; it is removed first")
	flag.BoolVar(&s.once, "once", false, "end after the comparison, instead of showing the dashboard until Ctrl-C")
	flag.DurationVar(&s.timeout, "timeout", 5*time.Minute, "longest time until all alerts have been found")
	flag.Parse()
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	if err := run(ctx, s); err != nil && !errors.Is(err, context.Canceled) {
		log.Print("demo-kafka: ", err)
		os.Exit(1) //nolint:gocritic // nothing is left to cancel
	}
}

const detectors = 3

func run(ctx context.Context, s settings) error {
	if err := os.RemoveAll(s.folder); err != nil {
		return err
	}
	d := &demo{settings: s, input: filepath.Join(s.folder, "input")}
	defer d.stop()
	within, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	if err := d.play(within); err != nil {
		return err
	}
	if s.once {
		return nil
	}
	log.Print("The dashboard keeps running until Ctrl-C.")
	<-ctx.Done()
	return nil
}

// play runs the demo up to the comparison.
func (d *demo) play(ctx context.Context) error {
	want, err := expected()
	if err != nil {
		return err
	}
	if err := d.startKafka(ctx); err != nil {
		return err
	}
	if err := d.startCollectors(); err != nil {
		return err
	}
	// The alerts begin on the eighth day.
	if err := d.addFiles("2026030"); err != nil {
		return err
	}
	half := 0
	for _, a := range want {
		if a.Time < "2026-03-09T12" {
			half++
		}
	}
	got, err := d.awaitAlerts(ctx, half)
	if err != nil {
		return err
	}
	log.Printf("%d alerts so far. Killing the detector that works, with SIGKILL.", len(got))
	if err := d.killWorker(ctx); err != nil {
		return err
	}
	if err := d.addFiles("2026031"); err != nil {
		return err
	}
	if got, err = d.awaitAlerts(ctx, len(want)); err != nil && got == nil {
		return err
	}
	if err := compare(want, got); err != nil {
		return err
	}
	log.Printf("%d detectors have given the same %d alerts as make demo, with the same ids. One of them was killed.", detectors, len(want))
	if n := d.repeated(); n > 0 {
		log.Printf("%d of them were sent twice.", n)
	}
	return nil
}

// addFiles gives the reader the sample logs whose time begins with the given digits.
func (d *demo) addFiles(digits string) error {
	const samples = "testdata/demo/AWSLogs"
	names, err := filepath.Glob(samples + "/*/*/*/*/*/*/*_" + digits + "*.log.gz")
	if err == nil && len(names) == 0 {
		err = fmt.Errorf("no sample logs in %s", samples)
	}
	if err != nil {
		return err
	}
	for _, name := range names {
		content, err := os.ReadFile(name)
		if err == nil {
			err = moveIn(filepath.Join(d.input, name), content)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// moveIn writes a file that appears complete.
func moveIn(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	if err := os.WriteFile(path+".part", content, 0o600); err != nil { //nolint:gosec // below the folder of the demo
		return err
	}
	return os.Rename(path+".part", path)
}
