// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"
)

func TestAlertsHaveTheNameAndSeverityOfTheThreatList(t *testing.T) {
	sink := new(consumertest.LogsSink)
	d := start(t, configOf(t, fmt.Sprintf(`
threat_lists:
  - {name: grave, path: %q, severity: critical, category: botnet}
  - {name: plain, path: %q}
`, write(t, "grave.txt", "130.239.200.66\n"), write(t, "plain.txt", "130.239.200.0/24\n"))), sink)
	require.NoError(t, d.ConsumeLogs(t.Context(), decoded(
		line("10.0.0.5", 50000, "130.239.200.66", 443, 0, "ACCEPT"),
		line("10.0.0.5", 50000, "130.239.200.67", 443, 0, "ACCEPT"),
		line("10.0.0.5", 50000, "130.239.200.68", 443, 0, "REJECT"),
		line("10.0.0.5", 50000, "130.239.201.1", 443, 0, "ACCEPT"),
	)))
	alerts := alertsIn(t, sink)
	var got []string
	for _, a := range alerts {
		got = append(got, fmt.Sprintf("%s %s %s", a.Indicator, a.Feed, a.Severity))
	}
	assert.Equal(t, []string{
		"130.239.200.66 grave critical", // the longer prefix
		"130.239.200.67 plain high",     // the rule's own severities
		"130.239.200.68 plain medium",
	}, got)
	assert.Contains(t, alerts[0].Body, "threat list grave (botnet)")
	assert.Equal(t, "botnet", alerts[0].IndicatorCategory)
	assert.Empty(t, alerts[1].IndicatorCategory)
}

func TestSkippedThreatListEntriesAreLogged(t *testing.T) {
	mixed := write(t, "mixed.txt", "# comment\n192.0.2.1\nexample.com\n0.0.0.0/0\n")
	r := newHarness(t, fmt.Sprintf("threat_lists: [{name: mixed, path: %q}, {name: empty, path: %q}]", mixed, write(t, "empty.txt", ""))).run()
	assert.Equal(t, []string{
		"info: threat list loaded list=empty entries=0 skipped=0",
		"info: threat list loaded list=mixed entries=1 skipped=2",
		`warn: threat list entry skipped list=mixed error=mixed:3: "example.com" is not an address or CIDR`,
		`warn: threat list entry skipped list=mixed error=mixed:4: "0.0.0.0/0" is wider than /8`,
		"warn: threat list has no valid entry list=empty",
	}, r.messages())
}

func outbound(host int, dst string) string {
	return line(fmt.Sprintf("10.0.0.%d", host), 50000, dst, 443, 0, "ACCEPT")
}

func TestThreatListFileIsReloadedWhenItChanges(t *testing.T) {
	path := write(t, "own.txt", "130.239.200.66\n")
	r := newHarness(t, fmt.Sprintf("threat_lists: [{name: own, path: %q}]", path)).run()
	r.messages()
	assert.Equal(t, []string{"suspicious_destination 130.239.200.66 own"}, r.consume(outbound(1, "130.239.200.66")))
	assert.Empty(t, r.consume(outbound(1, "130.239.200.67")))
	r.tick(0)
	assert.Empty(t, r.messages(), "an unchanged file is not read again")

	rewrite(t, path, "130.239.200.67\n130.239.200.68\n")
	assert.Empty(t, r.consume(outbound(2, "130.239.200.67")), "before the reload")
	r.tick(0)
	assert.Equal(t, []string{"info: threat list loaded list=own entries=2 skipped=0"}, r.messages())
	assert.Equal(t, []string{"suspicious_destination 130.239.200.67 own"}, r.consume(outbound(3, "130.239.200.67")))
	assert.Empty(t, r.consume(outbound(3, "130.239.200.66")), "no longer listed")

	rewrite(t, path, `{"broken`)
	r.tick(0)
	r.tick(0)
	assert.Equal(t, []string{"warn: fail to refresh threat list; the last entries stay in use list=own entries=2 " +
		"error=threat list own: begins like JSON, but is invalid: unexpected EOF"}, r.messages(), "logged once")
	assert.Equal(t, []string{"suspicious_destination 130.239.200.68 own"}, r.consume(outbound(3, "130.239.200.68")))
}

func TestSTIXIndicatorMatchesUntilItExpires(t *testing.T) {
	r := newHarness(t, fmt.Sprintf("threat_lists: [{name: own, path: %q}]", write(t, "own.json", `{"type":"bundle","objects":[{
		"type":"indicator","id":"1","pattern":"[ipv4-addr:value = '130.239.200.66']","valid_until":"2026-01-01T01:00:00Z"}]}`))).run()
	assert.NotEmpty(t, r.consume(outbound(1, "130.239.200.66")))
	r.tick(3599e9)
	assert.NotEmpty(t, r.consume(outbound(2, "130.239.200.66")))
	r.messages()
	r.tick(1e9)
	assert.Empty(t, r.consume(outbound(3, "130.239.200.66")))
	assert.Empty(t, r.messages())
}

func TestThreatListMetrics(t *testing.T) {
	used := write(t, "used.txt", "130.239.200.66\n130.239.200.67\n")
	m := meter(t, fmt.Sprintf("{threat_lists: [{name: used, path: %q}, {name: unused, path: %q}], ignore: [{source: 10.0.0.9}]}",
		used, write(t, "unused.txt", "130.239.200.0/24\n")), consumertest.NewNop())
	m.consume(t, decoded(outbound(1, "130.239.200.66"), outbound(1, "130.239.200.66"), outbound(9, "130.239.200.67"),
		line("130.239.200.66", 50000, "10.0.0.1", 22, 0, "ACCEPT"), line("130.239.200.66", 443, "10.0.0.1", 50000, 0, "ACCEPT")))
	assert.Equal(t, map[string]int64{"list=used": 4}, m.points("vpc_flow.threat_list.matches"), "including ignored and repeated flows, but no replies")
	assert.Equal(t, map[string]int64{"list=used": 2, "list=unused": 1}, m.points("vpc_flow.threat_list.entries"))
	assert.Empty(t, m.points("vpc_flow.threat_list.failures"))
	rewrite(t, used, "{")
	for _, reload := range m.lists.reloads() {
		reload(t.Context())
	}
	assert.Equal(t, map[string]int64{"list=used": 1}, m.points("vpc_flow.threat_list.failures"))
	age := m.points("vpc_flow.threat_list.age")
	require.Len(t, age, 2)
	assert.Equal(t, int64(clock().Sub(m.lists.feeds[0].Version().Time).Seconds()), age["list=used"], "since the file was modified")
}

func TestThreatListsAreReplacedDuringConcurrentCalls(t *testing.T) {
	path := write(t, "own.txt", "130.239.200.66\n")
	r := newHarness(t, fmt.Sprintf("threat_lists: [{name: own, path: %q}]", path)).run()
	var running sync.WaitGroup
	for caller := range 4 {
		running.Go(func() {
			for host := range 50 {
				assert.NoError(t, r.ConsumeLogs(t.Context(), decoded(outbound(1+caller*50+host, "130.239.200.66"))))
			}
		})
	}
	for n := range 10 {
		rewrite(t, path, "130.239.200.66\n"+strings.Repeat("130.239.200.67\n", n))
		r.tick(time.Second)
	}
	running.Wait()
	assert.Len(t, alertsIn(t, r.sink), 200, "the address is always on the list")
}
