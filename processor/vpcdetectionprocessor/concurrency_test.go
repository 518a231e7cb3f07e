// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// mixedTraffic returns three hours of flows of a few hosts, with scans, brute-force attempts and transfers.
func mixedTraffic(hosts int) string {
	var text strings.Builder
	for after := range 3 * 3600 / 30 {
		for host := range hosts {
			src, t := fmt.Sprintf("10.0.0.%d", 1+host), after*30
			port := 49152 + (after*7+host)%16000
			text.WriteString(line(src, port, fmt.Sprintf("10.0.1.%d", 1+(after+host)%5), 443, t, "ACCEPT"))
			text.WriteString(line(fmt.Sprintf("10.0.1.%d", 1+(after+host)%5), 443, src, port, t, "ACCEPT"))
			switch (after/20 + host) % 6 {
			case 0:
				text.WriteString(line(src, port, fmt.Sprintf("10.0.2.%d", after%250), 1000+after%100, t, "REJECT"))
			case 1:
				text.WriteString(line("203.0.113.7", port, src, 1+after%60, t, "REJECT"))
			case 2:
				text.WriteString(line("203.0.113.8", port, src, 22, t, []string{"REJECT", "ACCEPT"}[after%11/10]))
			case 3:
				text.WriteString(line(src, port, "8.8.8.8", 53, t, "ACCEPT"))
			}
		}
	}
	return text.String()
}

// inAccount returns the lines with another account.
func inAccount(text, other string) string { return strings.ReplaceAll(text, account, other) }

func TestConcurrentCallsGiveTheAlertsOfSequentialCalls(t *testing.T) {
	const callers = 8
	config := "{emit_resolved: true, rules: {new_internal_peer: {learning_period: 0s}, unusual_country: {learning_period: 0s}}}"
	lines := strings.SplitAfter(mixedTraffic(5), "\n")
	batch := func(account string, from int) plog.Logs {
		return decoded(inAccount(strings.Join(lines[from:min(from+100, len(lines))], ""), account))
	}
	accountOf := func(caller int) string { return fmt.Sprintf("%012d", 1+caller) }

	alone := new(consumertest.LogsSink)
	d := start(t, configOf(t, config), alone)
	for caller := range callers {
		for from := 0; from < len(lines); from += 100 {
			require.NoError(t, d.ConsumeLogs(t.Context(), batch(accountOf(caller), from)))
		}
	}
	want := byAccount(alertsIn(t, alone))
	require.Len(t, want, callers)

	together := new(consumertest.LogsSink)
	m := meter(t, config, together)
	var running sync.WaitGroup
	for caller := range callers {
		running.Go(func() {
			for from := 0; from < len(lines); from += 100 {
				assert.NoError(t, m.ConsumeLogs(t.Context(), batch(accountOf(caller), from)))
			}
		})
	}
	running.Go(func() { // reads metrics at the same time
		for range 20 {
			m.points("vpc_flow.flows")
		}
	})
	running.Wait()
	assert.Equal(t, want, byAccount(alertsIn(t, together)), "the alerts of each account, in order")
}

func byAccount(alerts []*alert.Alert) map[string][]*alert.Alert {
	by := map[string][]*alert.Alert{}
	for _, a := range alerts {
		by[a.Account] = append(by[a.Account], a)
	}
	return by
}

func TestConcurrentRejectionsLoseNoAlerts(t *testing.T) {
	n := &flakyConsumer{}
	d := start(t, configOf(t, "{}"), n)
	var running sync.WaitGroup
	for caller := range 8 {
		running.Go(func() {
			for host := range 25 {
				assert.NoError(t, d.ConsumeLogs(t.Context(), decoded(dnsOverTCP(1+caller*25+host, 0))))
			}
		})
	}
	running.Wait()
	assert.False(t, n.concurrent.Load(), "alerts are sent by one call at a time")
	n.reliable = true
	require.NoError(t, d.ConsumeLogs(t.Context(), plog.NewLogs()))
	got := sources(alertsIn(t, &n.LogsSink))
	assert.Len(t, got, 200)
	seen := map[string]bool{}
	for _, source := range got {
		assert.False(t, seen[source], "%s came twice", source)
		seen[source] = true
	}
}

func TestRecordsAreClassifiedInOrderOnSeveralCores(t *testing.T) {
	engine, err := detect.New(detect.DefaultConfig(), nil, nil)
	require.NoError(t, err)
	var lines []string
	for port := 1; port <= 10*minPart; port++ {
		lines = append(lines, line("203.0.113.7", port, "10.0.1.10", 443, 0, "ACCEPT"))
	}
	for _, parts := range []int{1, 2, 3, 8} {
		batches := newBatches(flow.Default, parts, false)
		b := batches.Get().(*batch)
		for range 2 { // a batch is reused
			b.classify(decoded(lines...), engine, t0+3600)
			require.Len(t, b.events, len(lines))
			for i, ev := range b.events {
				require.EqualValues(t, i+1, ev.SrcPort, "%d parts", parts)
			}
		}
	}
}
