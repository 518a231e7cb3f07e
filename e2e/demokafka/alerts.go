// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.yaml.in/yaml/v3"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	alertotlp "github.com/vpcflow/otelcol-vpcflow/internal/alert/otlp"
)

// alertLine is what the demo compares of an alert. The keys are those of testdata/demo/expected.yaml.
type alertLine struct {
	Time     string `yaml:"time"`
	Severity string `yaml:"severity"`
	Rule     string `yaml:"rule"`
	Status   string `yaml:"status"`
	Account  string `yaml:"account"`
	Measure  int64  `yaml:"measure"`
	Total    int64  `yaml:"total"` // of the episode
	Sentence string `yaml:"sentence"`
	UID      string `yaml:"uid"`
}

func lineOf(a *alert.Alert) alertLine {
	return alertLine{
		Time: time.Unix(a.Time, 0).UTC().Format(time.RFC3339), Severity: a.Severity.String(), Rule: a.Rule, Status: string(a.Status),
		Account: a.Account, Measure: a.Measure, Total: a.Episode.Measure, Sentence: a.Body, UID: a.UID,
	}
}

// expected returns the alerts of make demo.
func expected() (alerts []alertLine, err error) {
	const name = "testdata/demo/expected.yaml"
	text, err := os.ReadFile(name)
	if err == nil {
		err = yaml.Unmarshal(text, &alerts)
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return alerts, nil
}

// awaitAlerts reads the topic until it has a number of different alerts. After an error, it returns those that it has.
func (d *demo) awaitAlerts(ctx context.Context, number int) (map[alertLine]int, error) {
	for {
		found := map[alertLine]int{}
		for _, a := range d.alerts {
			found[a]++
		}
		if len(found) >= number {
			return found, nil
		}
		fetches := d.client.PollFetches(ctx)
		if ctx.Err() != nil {
			return found, fmt.Errorf("%d of %d alerts: %w", len(found), number, ctx.Err())
		}
		for r := range fetches.RecordsAll() {
			logs, err := new(plog.JSONUnmarshaler).UnmarshalLogs(r.Value)
			if err != nil {
				return nil, err
			}
			for a, err := range alertotlp.All(logs) {
				if err != nil {
					return nil, err
				}
				d.alerts = append(d.alerts, lineOf(a))
			}
		}
	}
}

// repeated returns the number of alerts that were sent more than once.
func (d *demo) repeated() int {
	found := map[alertLine]bool{}
	for _, a := range d.alerts {
		found[a] = true
	}
	return len(d.alerts) - len(found)
}

// compare returns an error that lists the differences between the alerts, if there are any.
func compare(want []alertLine, got map[alertLine]int) error {
	var differences []string
	rest := map[alertLine]bool{}
	for a := range got {
		rest[a] = true
	}
	for _, a := range want {
		if !rest[a] {
			differences = append(differences, fmt.Sprintf("missing: %+v", a))
		}
		delete(rest, a)
	}
	for a := range rest {
		differences = append(differences, fmt.Sprintf("unexpected: %+v", a))
	}
	if len(differences) == 0 {
		return nil
	}
	return fmt.Errorf("the alerts differ from those of make demo:\n%s", strings.Join(differences, "\n"))
}
