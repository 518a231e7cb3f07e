// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"bytes"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

var updateReport = flag.Bool("update-report", false, "write testdata/tuning_report.md again, for review")

// sweepOf returns rejected flows from one source to a number of hosts.
func sweepOf(source string, hosts int) (lines []string) {
	for host := range hosts {
		at := 1736899200 + host
		lines = append(lines, fmt.Sprintf("2 123456789012 eni-1 %s 10.0.4.%d 50000 443 6 1 60 %d %d REJECT OK\n", source, host+1, at, at))
	}
	return lines
}

// portsOf returns rejected flows from one source to a number of ports of a host.
func portsOf(source string, ports int) (lines []string) {
	for port := range ports {
		lines = append(lines, fmt.Sprintf("2 123456789012 eni-1 %s 10.0.4.1 50000 %d 6 1 60 1736899290 1736899290 REJECT OK\n", source, port+1))
	}
	return lines
}

func reported(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}

func TestTuningReportIsWrittenAtEachTickAndAtShutdown(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tuning.md")
	ticks := make(chan time.Time)
	r := newHarness(t, "tuning_report: {path: "+path+"}")
	r.newTicker = func(interval time.Duration) (<-chan time.Time, func()) {
		assert.Equal(t, time.Hour, interval)
		return ticks, func() {}
	}
	require.NoError(t, os.WriteFile(path, []byte("report of an earlier run"), 0o600))
	require.NoError(t, r.Start(t.Context(), r))
	ticks <- time.Time{}
	ticks <- time.Time{} // received after the first report
	assert.Equal(t, "report of an earlier run", reported(t, path))

	r.consume(sweepOf("203.0.113.7", 9)...)
	ticks <- time.Time{}
	ticks <- time.Time{}
	assert.Contains(t, reported(t, path), "The report covers 9 flows with event times from 2025-01-15 00:00:00 UTC to 2025-01-15 00:00:08 UTC. ")

	r.consume(sweepOf("203.0.113.8", 3)...)
	r.stop()
	assert.Contains(t, reported(t, path), "The report covers 12 flows")
	left, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	assert.Len(t, left, 1, "no temporary file remains")
}

func TestStartFailsIfTheReportCannotBeWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "missing", "tuning.md")
	r := newHarness(t, "tuning_report: {path: "+path+"}")
	err := r.Start(t.Context(), r)
	require.ErrorContains(t, err, "tuning_report::path: ")
	require.ErrorContains(t, err, path[:len(path)-len("tuning.md")])
	require.NoError(t, r.Shutdown(t.Context()))
}

func TestStartFailsIfTheReportIsAFolder(t *testing.T) {
	path := t.TempDir()
	r := newHarness(t, "tuning_report: {path: "+path+"}")
	require.ErrorContains(t, r.Start(t.Context(), r), "tuning_report::path: "+path+" is not a regular file")
	require.NoError(t, r.Shutdown(t.Context()))
}

func TestTableCellReplacesMarkdown(t *testing.T) {
	assert.Equal(t, "`vpc-1  ¦ # 'x'`", tableCell("vpc-1\n\r| # `x`"))
	assert.Equal(t, "all", tableCell(""))
}

func TestFailureToWriteALaterReportIsLogged(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "folder")
	require.NoError(t, os.Mkdir(folder, 0o700))
	ticks := make(chan time.Time)
	r := newHarness(t, "tuning_report: {path: "+filepath.Join(folder, "tuning.md")+"}")
	r.newTicker = func(time.Duration) (<-chan time.Time, func()) { return ticks, func() {} }
	require.NoError(t, r.Start(t.Context(), r))
	require.NoError(t, os.RemoveAll(folder))
	r.consume(sweepOf("203.0.113.7", 1)...)
	ticks <- time.Time{}
	ticks <- time.Time{}
	require.ErrorContains(t, r.Shutdown(t.Context()), "tuning_report::path: ")
	assert.NotZero(t, r.logged.FilterMessage("fail to write tuning report").Len())
}

func TestNoProfileIsKeptWithoutAReport(t *testing.T) {
	r := newHarness(t, "").run()
	r.consume(sweepOf("203.0.113.7", 9)...)
	assert.Zero(t, r.engine.Profile().Flows)
}

func TestTuningReportMatchesTheGoldenFile(t *testing.T) {
	const golden = "testdata/tuning_report.md"
	path := filepath.Join(t.TempDir(), "tuning.md")
	rules := "external_reject_sweep: {max_keys: 2}"
	for _, rule := range detect.Rules {
		if !strings.Contains(reported(t, golden), "\n## "+rule.ID+"\n") {
			rules += ", " + rule.ID + ": {enabled: false}" // a new rule does not change the golden file
		}
	}
	r := newHarness(t, "{tuning_report: {path: "+path+"}, rules: {"+rules+"}}").run()
	r.consume(sweepOf("203.0.113.7", 10)...)
	r.consume(sweepOf("203.0.113.8", 17)...)
	r.consume(sweepOf("2001:db8::7", 9)...) // IPv6 keys are not approximated as IPv4 keys
	r.consume(sweepOf("203.0.113.9", 1)...)
	r.consume(portsOf("203.0.113.9", 300)...)
	r.consume(
		"2 123456789012 eni-1 10.0.4.1 198.51.100.9 50000 443 6 9 20000000 1736899300 1736899310 ACCEPT OK\n",
		"2 123456789012 eni-1 10.0.4.1 10.0.4.2 50000 443 6 9 100 1736899300 1736899310 ACCEPT OK\n",
		"2 12|`<b>` eni-1 10.0.4.1 198.51.100.9 50000 53 6 9 100 1736899300 1736899310 ACCEPT OK\n",
	)
	var got bytes.Buffer
	require.NoError(t, formatReport(&got, r.engine.Profile(), time.Unix(1736899000, 0), time.Unix(1736899400, 0)))
	got = *bytes.NewBuffer(regexp.MustCompile(`\nNot measured, (?s:.)*?\.\n\n`).ReplaceAll(got.Bytes(), []byte("\n"))) // names the new rules
	if *updateReport {
		require.NoError(t, os.WriteFile(golden, got.Bytes(), 0o600))
	}
	require.Equal(t, reported(t, golden), got.String())
}

func TestIgnoreEntriesInTheReportAreValid(t *testing.T) {
	address := netip.MustParseAddr
	for _, c := range []struct {
		name string
		key  detect.TopKey
		want string
	}{
		{"a source", detect.TopKey{Source: address("203.0.113.7")}, "{source: 203.0.113.7}"},
		{"a pair", detect.TopKey{Source: address("10.0.0.1"), Destination: address("10.0.0.2")}, "{source: 10.0.0.1, destination: 10.0.0.2}"},
		{"a port of a host", detect.TopKey{Source: address("10.0.0.1"), Destination: address("10.0.0.2"), Port: 22}, "{source: 10.0.0.1, destination: 10.0.0.2, port: 22}"},
		{"a source in an account", detect.TopKey{Scope: "012345678901", Source: address("10.0.0.1")}, `{account: "012345678901", source: 10.0.0.1}`},
		{"a source in a VPC, which entries cannot name", detect.TopKey{Scope: "vpc-1", Source: address("10.0.0.1")}, "{source: 10.0.0.1}"},
		{"an IPv6 address, whose colons have a meaning in YAML", detect.TopKey{Source: address("fd00::1")}, `{source: "fd00::1"}`},
		{"Norway, which YAML reads as false", detect.TopKey{Country: "NO"}, `{country: "NO"}`},
		{"an interface, over a protocol", detect.TopKey{Protocol: "tcp", Interface: "eni-1", VPC: "vpc-1", SourcePort: 7}, `{protocol: "tcp", interface: "eni-1"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			entry := ruleReport{}.Ignore(c.key)
			assert.Equal(t, c.want, entry)
			require.NoError(t, parse(t, "ignore: ["+entry+"]").Unmarshal(createDefaultConfig().(*Config)))
		})
	}
}
