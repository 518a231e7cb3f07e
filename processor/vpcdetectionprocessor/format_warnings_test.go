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

// lacking is what has been said since the last call to be lacking in a format, and in which.
func (r *rig) lacking() (said []string) {
	for _, entry := range r.logged.TakeAll() {
		if entry.Message == missingFieldsMessage {
			fields := entry.ContextMap()
			said = append(said, fields["missing"].(string)+": "+fields["format"].(string))
		}
	}
	return said
}

// inFormat is one record of a format, as the receiver decodes it.
func inFormat(t *testing.T, names, line string) plog.Logs {
	format, err := flow.ParseFormat(names)
	require.NoError(t, err)
	logs, _, _ := flowotlp.Decoder{}.Decode(format, "", []byte(line+"\n"), 0)
	require.Equal(t, 1, logs.LogRecordCount())
	return logs
}

func TestWhatAFormatLacksIsSaid(t *testing.T) {
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
		{"the default format lacks both", "{}", decoded(dnsOverTCP(1, 0)), []string{"tcp-flags and flow-direction: " + v2}},
		{"one that has both lacks nothing", "{}", inFormat(t, both, line+" ingress 2"), nil},
		{"though a record has neither", "{}", inFormat(t, both, line+" - -"), nil},
		{"one without flow-direction", "{}", inFormat(t, only, line+" 2"), []string{"flow-direction: " + only}},
		{"one without tcp-flags", "{}", inFormat(t, other, line+" egress"), []string{"tcp-flags: " + other}},
		{"lines in bodies are of the configured format", "{format: [srcaddr, dstaddr, start, tcp-flags]}", inBodies(line + " 2"), []string{"flow-direction: " + only}},
		{"or of that of their header", "{}", inBodies(other, line+" egress"), []string{"tcp-flags: " + other}},
		{"a header alone says nothing", "{}", inBodies(other), nil},
		{"and neither does a line that is no flow", "{}", inBodies("2 1 eni-1"), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, c.yaml).run()
			require.NoError(t, r.ConsumeLogs(t.Context(), c.logs))
			assert.Equal(t, c.want, r.lacking())
		})
	}
}

func TestWhatAFormatLacksIsSaidOnce(t *testing.T) {
	r := newRig(t, "{}").run()
	first, second := decoded(dnsOverTCP(1, 0), dnsOverTCP(2, 0)), inFormat(t, "srcaddr dstaddr start", "10.0.0.5 10.0.0.6 1736899200")
	var senders sync.WaitGroup
	for range 4 { // each with a reader of its own
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
	}, r.lacking())
}

func TestManyFormatsAreNotAllSpokenOf(t *testing.T) {
	r := newRig(t, "{}").run()
	for n := range 3 * maxFormats {
		names := fmt.Sprintf("srcaddr dstaddr start made-up-%c%c", 'a'+n/26, 'a'+n%26)
		require.NoError(t, r.ConsumeLogs(t.Context(), inFormat(t, names, "10.0.0.5 10.0.0.6 1736899200 x")))
	}
	assert.Len(t, r.lacking(), maxFormats)
}

func TestWhatRecordsOfOtherDecodersLackIsSaidWhenEnoughHaveCome(t *testing.T) {
	// records are flows in the names of the Elastic Common Schema, with one attribute more each.
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
		{"one less than enough", []plog.Logs{records(enoughFlows-1, 6, none, "aws")}, nil},
		{"enough", []plog.Logs{records(enoughFlows-1, 6, none, "aws"), records(1, 6, none, "aws")}, []string{"tcp-flags and flow-direction" + format}},
		{"not of TCP", []plog.Logs{records(enoughFlows, 17, none, "aws")}, nil},
		{"one has flags", []plog.Logs{records(1, 6, flags, "2"), records(enoughFlows, 6, none, "aws")}, []string{"flow-direction" + format}},
		{"one has a direction", []plog.Logs{records(1, 6, direction, "ingress"), records(enoughFlows, 6, none, "aws")}, []string{"tcp-flags" + format}},
		{
			"one has flags and one a direction",
			[]plog.Logs{records(1, 6, direction, "ingress"), records(1, 6, flags, "2"), records(enoughFlows, 6, none, "aws")},
			nil,
		},
		{
			"and more after that are not spoken of again",
			[]plog.Logs{records(enoughFlows, 6, none, "aws"), records(enoughFlows, 6, none, "aws"), records(enoughFlows, 6, none, "aws")},
			[]string{"tcp-flags and flow-direction" + format},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, "{}").run()
			for _, logs := range c.batches {
				require.NoError(t, r.ConsumeLogs(t.Context(), logs))
			}
			assert.Equal(t, c.want, r.lacking())
		})
	}
}

func TestFlowsAreCountedByWhatToldTheirRole(t *testing.T) {
	m := meter(t, "{}", consumertest.NewNop())
	const names = "srcaddr dstaddr srcport dstport protocol tcp-flags start action"
	for _, line := range []string{
		"10.0.0.5 10.0.0.6 50000 443 6 2 1736899200 ACCEPT",
		"10.0.0.6 10.0.0.5 443 50000 6 18 1736899200 ACCEPT",
		"10.0.0.5 10.0.0.6 50000 443 6 0 1736899200 ACCEPT", // a flow that began before
		"10.0.0.5 10.0.0.6 0 0 1 0 1736899200 ACCEPT",
		"10.0.0.5 10.0.0.5 50000 443 6 2 1736899200 ACCEPT", // is skipped
	} {
		m.consume(t, inFormat(t, names, line))
	}
	m.consume(t, decoded(dnsOverTCP(1, 0)))
	assert.Equal(t, map[string]int64{"evidence=flags": 2, "evidence=ports": 2, "evidence=none": 1}, m.points("vpc_flow.role_evidence"))
}

func TestReadmeTellsWhatAFormatLacks(t *testing.T) {
	text := strings.ReplaceAll(readme(t), "`", "")
	for _, field := range helpfulFields {
		assert.Contains(t, text, "| "+field.name+" | "+field.effect+" |")
	}
}
