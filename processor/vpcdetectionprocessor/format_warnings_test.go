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

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	flowotlp "github.com/vpcflow/otelcol-vpcflow/internal/flow/otlp"
)

// missingFields returns the warnings about missing fields since the last call, each with its format.
func (r *harness) missingFields() (messages []string) {
	for _, entry := range r.logged.TakeAll() {
		if entry.Message == missingFieldsMessage {
			fields := entry.ContextMap()
			messages = append(messages, fields["missing"].(string)+": "+fields["format"].(string))
		}
	}
	return messages
}

// inFormat returns one record of a format, as the receiver decodes it.
func inFormat(t *testing.T, names, line string) plog.Logs {
	format, err := flow.ParseFormat(names)
	require.NoError(t, err)
	logs, _, _ := flowotlp.Decoder{}.Decode(format, "", []byte(line+"\n"), 0)
	require.Equal(t, 1, logs.LogRecordCount())
	return logs
}

func TestMissingFieldsOfAFormatAreLogged(t *testing.T) {
	const (
		short = "srcaddr dstaddr start"
		both  = short + " flow-direction tcp-flags"
		only  = short + " tcp-flags"
		other = short + " flow-direction"
		line  = "10.0.0.5 10.0.0.6 1736899200"
	)
	v2 := flow.Default.String()
	for _, c := range []struct {
		name string
		yaml string
		logs plog.Logs
		want []string
	}{
		{"the default format", "{}", decoded(dnsOverTCP(1, 0)), []string{"tcp-flags and flow-direction: " + v2}},
		{"a format with both fields", "{}", inFormat(t, both, line+" ingress 2"), nil},
		{"a format with both fields, without values", "{}", inFormat(t, both, line+" - -"), nil},
		{"a format without flow-direction", "{}", inFormat(t, only, line+" 2"), []string{"flow-direction: " + only}},
		{"a format without tcp-flags", "{}", inFormat(t, other, line+" egress"), []string{"tcp-flags: " + other}},
		{"lines in the configured format", "{format: [srcaddr, dstaddr, start, tcp-flags]}", inBodies(line + " 2"), []string{"flow-direction: " + only}},
		{"lines with a header", "{}", inBodies(other, line+" egress"), []string{"tcp-flags: " + other}},
		{"only a header", "{}", inBodies(other), nil},
		{"a line that is not a flow", "{}", inBodies("2 1 eni-1"), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newHarness(t, c.yaml).run()
			require.NoError(t, r.ConsumeLogs(t.Context(), c.logs))
			assert.Equal(t, c.want, r.missingFields())
		})
	}
}

func TestMissingFieldsAreLoggedOnce(t *testing.T) {
	r := newHarness(t, "{}").run()
	first, second := decoded(dnsOverTCP(1, 0), dnsOverTCP(2, 0)), inFormat(t, "srcaddr dstaddr start", "10.0.0.5 10.0.0.6 1736899200")
	var senders sync.WaitGroup
	for range 4 { // each with its own reader
		senders.Go(func() {
			for range 50 {
				assert.NoError(t, r.ConsumeLogs(t.Context(), first))
				assert.NoError(t, r.ConsumeLogs(t.Context(), second))
			}
		})
	}
	senders.Wait()
	assert.ElementsMatch(t, []string{
		"tcp-flags and flow-direction: " + flow.Default.String(), "tcp-flags and flow-direction: srcaddr dstaddr start",
	}, r.missingFields())
}

func TestNumberOfCheckedFormatsIsBounded(t *testing.T) {
	r := newHarness(t, "{}").run()
	for n := range 3 * maxFormats {
		names := fmt.Sprintf("srcaddr dstaddr start made-up-%c%c", 'a'+n/26, 'a'+n%26)
		require.NoError(t, r.ConsumeLogs(t.Context(), inFormat(t, names, "10.0.0.5 10.0.0.6 1736899200 x")))
	}
	assert.Len(t, r.missingFields(), maxFormats)
}

func TestMissingFieldsOfOtherDecodersAreLoggedAfterEnoughFlows(t *testing.T) {
	// records returns flows in the Elastic Common Schema, each with one more attribute.
	records := func(n int, protocol int64, attribute, value string) plog.Logs {
		logs := plog.NewLogs()
		list := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
		for range n {
			a := list.AppendEmpty().Attributes()
			a.PutStr("source.ip", "10.0.0.5")
			a.PutStr("destination.ip", "10.0.0.6")
			a.PutInt("network.iana_number", protocol)
			a.PutStr("event.start", "2025-01-15T00:00:00Z")
			a.PutStr(attribute, value)
		}
		return logs
	}
	const none, flags, direction = "cloud.provider", "aws.vpcflow.tcp_flags", "network.direction"
	const format = ": unknown: another component decoded the records"
	for _, c := range []struct {
		name    string
		batches []plog.Logs
		want    []string
	}{
		{"one flow less than enough", []plog.Logs{records(enoughFlows-1, 6, none, "aws")}, nil},
		{"enough", []plog.Logs{records(enoughFlows-1, 6, none, "aws"), records(1, 6, none, "aws")}, []string{"tcp-flags and flow-direction" + format}},
		{"enough UDP flows", []plog.Logs{records(enoughFlows, 17, none, "aws")}, nil},
		{"one flow with flags", []plog.Logs{records(1, 6, flags, "2"), records(enoughFlows, 6, none, "aws")}, []string{"flow-direction" + format}},
		{"one flow with a direction", []plog.Logs{records(1, 6, direction, "ingress"), records(enoughFlows, 6, none, "aws")}, []string{"tcp-flags" + format}},
		{
			"one flow with flags and one with a direction",
			[]plog.Logs{records(1, 6, direction, "ingress"), records(1, 6, flags, "2"), records(enoughFlows, 6, none, "aws")},
			nil,
		},
		{
			"more flows after the warning",
			[]plog.Logs{records(enoughFlows, 6, none, "aws"), records(enoughFlows, 6, none, "aws"), records(enoughFlows, 6, none, "aws")},
			[]string{"tcp-flags and flow-direction" + format},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newHarness(t, "{}").run()
			for _, logs := range c.batches {
				require.NoError(t, r.ConsumeLogs(t.Context(), logs))
			}
			assert.Equal(t, c.want, r.missingFields())
		})
	}
}

func TestFlowsAreCountedByRoleEvidence(t *testing.T) {
	m := meter(t, "{}", consumertest.NewNop())
	const names = "srcaddr dstaddr srcport dstport protocol tcp-flags start action"
	for _, line := range []string{
		"10.0.0.5 10.0.0.6 50000 443 6 2 1736899200 ACCEPT",
		"10.0.0.6 10.0.0.5 443 50000 6 18 1736899200 ACCEPT",
		"10.0.0.5 10.0.0.6 50000 443 6 0 1736899200 ACCEPT", // began before the record
		"10.0.0.5 10.0.0.6 0 0 1 0 1736899200 ACCEPT",
		"10.0.0.5 10.0.0.5 50000 443 6 2 1736899200 ACCEPT", // skipped
	} {
		m.consume(t, inFormat(t, names, line))
	}
	m.consume(t, decoded(dnsOverTCP(1, 0)))
	assert.Equal(t, map[string]int64{"evidence=flags": 2, "evidence=ports": 2, "evidence=none": 1}, m.points("vpc_flow.role_evidence"))
}

func TestReadmeDescribesTheRecommendedFields(t *testing.T) {
	text := strings.ReplaceAll(readme(t), "`", "")
	for _, field := range helpfulFields {
		assert.Contains(t, text, "| "+field.name+" | "+field.effect+" |")
	}
}
