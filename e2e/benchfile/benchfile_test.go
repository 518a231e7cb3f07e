// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTableIsAlignedMarkdown(t *testing.T) {
	f := file{name: "office", records: 1_000_000}
	gunzip := result{file: f, variant: variant{name: "gunzip alone", cores: 1}, gunzip: 400 * time.Millisecond}
	gunzip.add(run{took: 400 * time.Millisecond})
	lines := result{file: f, variant: variant{name: "lines", cores: 2}, gunzip: 400 * time.Millisecond}
	lines.add(run{took: time.Second, peakMemory: 90 << 10, alerts: []string{"a", "b"}})
	lines.add(run{took: 1600 * time.Millisecond, peakMemory: 101 << 10, alerts: []string{"a", "b"}})
	assert.Equal(t, ""+
		"| file   | cores | emit         | seconds | records/s | speed | peak MiB | alerts |\n"+
		"|--------|------:|--------------|--------:|----------:|------:|---------:|-------:|\n"+
		"| office |     1 | gunzip alone |    0.40 | 2,500,000 |  1.00 |          |        |\n"+
		"| office |     2 | lines        |    1.00 | 1,000,000 |  0.40 |      101 |      2 |\n",
		table([]result{gunzip, lines}))
}

// alertsOf returns what the file exporter writes for a batch of alerts with these bodies.
func alertsOf(observed string, bodies ...string) string {
	text := `{"resourceLogs":[{"resource":{},"scopeLogs":[{"scope":{"name":"s"},"logRecords":[`
	for i, body := range bodies {
		if i > 0 {
			text += ","
		}
		text += `{"timeUnixNano":"7","observedTimeUnixNano":"` + observed + `","body":{"stringValue":"` + body + `"}}`
	}
	return text + "]}]}]}\n"
}

func TestAlertsOfTwoRunsAreCompared(t *testing.T) {
	want, err := comparableAlerts([]byte(alertsOf("1", "first", "second") + alertsOf("2", "third")))
	require.NoError(t, err)
	require.Len(t, want, 3)
	for name, c := range map[string]struct{ written, difference string }{
		"other batches and observed times": {alertsOf("5", "first") + alertsOf("6", "second", "third"), ""},
		"another order":                    {alertsOf("1", "first", "third", "second"), "alert 2 of 3 is\n"},
		"an alert too few":                 {alertsOf("1", "first", "second"), "2 alerts, want 3"},
		"an alert too many":                {alertsOf("1", "first", "second", "third", "fourth"), "4 alerts, want 3"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := comparableAlerts([]byte(c.written))
			require.NoError(t, err)
			if err := sameAlerts(got, want); c.difference == "" {
				assert.NoError(t, err)
			} else {
				assert.ErrorContains(t, err, c.difference)
			}
		})
	}
	_, err = comparableAlerts(nil)
	require.EqualError(t, err, "read alerts: there are none")
	_, err = comparableAlerts([]byte("{\n"))
	require.ErrorContains(t, err, "read alerts: ")
}

func TestMetricsAreReadLessOftenFarFromTheEnd(t *testing.T) {
	for _, test := range []struct {
		name                string
		elapsed             time.Duration
		processed, expected int
	}{
		{"no record yet", time.Minute, 0, 20},
		{"half of the records in two seconds", 2 * time.Second, 500, 1000},
		{"three quarters in 600 ms", 600 * time.Millisecond, 750, 100},
		{"nearly all", time.Second, 999, 20},
		{"a slow start", time.Minute, 1, 1000},
	} {
		t.Run(test.name, func(t *testing.T) {
			assert.Equal(t, time.Duration(test.expected)*time.Millisecond, pause(test.elapsed, test.processed, 1000))
		})
	}
}
