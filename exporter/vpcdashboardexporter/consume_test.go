// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdashboardexporter

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/traffic"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	alertotlp "github.com/vpcflow/otelcol-vpcflow/internal/alert/otlp"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	flowotlp "github.com/vpcflow/otelcol-vpcflow/internal/flow/otlp"
)

// requestLine is a request of an internal host to an external server, one minute after start.
const requestLine = "2 123456789012 eni-1 10.0.1.5 8.8.8.8 50000 443 6 10 840 1736121660 1736121720 ACCEPT OK\n"

// decoded decodes lines as the vpc_flow receiver does.
func decoded(lines ...string) plog.Logs {
	decoder := flowotlp.Decoder{Scope: flowotlp.Scope{Name: "github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver"}}
	logs, _, _ := decoder.Decode(flow.Default, "", []byte(strings.Join(lines, "")), 0)
	return logs
}

// block returns one record with all lines, as the vpc_flow receiver with emit: blocks.
func block(lines ...string) plog.Logs {
	logs, _, _ := flowotlp.Decoder{Emit: flowotlp.EmitBlocks}.Decode(flow.Default, "", []byte(strings.Join(lines, "")), 0)
	return logs
}

// records returns log records with the given bodies or attributes.
func records(each ...any) plog.Logs {
	logs := plog.NewLogs()
	slice := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	for _, record := range each {
		switch r := record.(type) {
		case string:
			slice.AppendEmpty().Body().SetStr(r)
		case map[string]any:
			if err := slice.AppendEmpty().Attributes().FromRaw(r); err != nil {
				panic(err)
			}
		}
	}
	return logs
}

func TestFlowsOfABlockAreCounted(t *testing.T) {
	r := newHarness(t, "")
	r.consumeLogs(block(requestLine, requestLine, "2 1 no flow\n", requestLine))
	assert.EqualValues(t, 3, r.store.View(overview.Query{}).Totals.Flows)
}

var contrib = map[string]any{
	"source.address": "10.0.1.5", "destination.address": "8.8.8.8", "source.port": 50000, "destination.port": 443,
	"network.protocol.name": "tcp", "network.interface.name": "eni-1", "cloud.account.id": "123456789012",
	"aws.vpc.flow.packets": 10, "aws.vpc.flow.bytes": 840, "aws.vpc.flow.start": "2025-01-06T00:01:00Z",
	"aws.vpc.flow.action": "ACCEPT", "aws.vpc.flow.status": "OK",
}

var ecs = map[string]any{
	"source.ip": "10.0.1.5", "destination.ip": "8.8.8.8", "source.port": 50000, "destination.port": 443,
	"network.iana_number": "6", "aws.vpcflow.interface_id": "eni-1", "cloud.account.id": "123456789012",
	"network.packets": 10, "network.bytes": 840, "event.start": "2025-01-06T00:01:00Z", "aws.vpcflow.action": "ACCEPT",
}

func TestFlowsOfAllDecodersAreShown(t *testing.T) {
	for name, logs := range map[string]plog.Logs{
		"the vpc_flow receiver": decoded(requestLine),
		"a block of lines":      block(requestLine),
		"contrib":               records(contrib),
		"Elastic":               records(ecs),
		"none":                  records(requestLine),
	} {
		t.Run(name, func(t *testing.T) {
			r := newHarness(t, "")
			r.consumeLogs(logs)
			v := r.store.View(overview.Query{})
			assert.Equal(t, traffic.Totals{Flows: 1, Packets: 10, Bytes: 840, Accepted: 1}, v.Totals)
			assert.Equal(t, start.Add(time.Minute), v.From)
			assert.Equal(t, [4]uint64{0, 0, 1, 0}, v.Points[0].Classes)
			for dimension, key := range map[overview.Dimension]string{
				overview.Sources: "10.0.1.5", overview.Destinations: "8.8.8.8", overview.Ports: "443", overview.Protocols: "tcp",
				overview.Interfaces: "eni-1", overview.DestinationCountries: "US",
			} {
				assert.Equal(t, []overview.Entry{{Key: key, Value: 1}}, v.Top[dimension], dimension)
			}
			assert.Empty(t, v.Health.Undecodable)
		})
	}
}

// testAlert returns an alert of vpc_detection.
func testAlert(uid string) *alert.Alert {
	return &alert.Alert{
		UID: uid, Status: alert.Opened, Severity: alert.High, Time: start.Add(2 * time.Minute).Unix(), Rule: "external_port_scan",
		Body: "203.0.113.7 tried 20 ports.", Source: netip.MustParseAddr("203.0.113.7"), Account: "123456789012", Region: "eu-west-1",
	}
}

func TestABatchMayMixFlowsAlertsAndOtherRecords(t *testing.T) {
	r := newHarness(t, "")
	logs := decoded(requestLine, strings.Replace(requestLine, "ACCEPT", "REJECT", 1))
	records(
		"2 too few", "nonsense", "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status",
		map[string]any{"unrelated": true}, strings.Replace(requestLine, "8.8.8.8", "8.8.8.888", 1),
		strings.Replace(requestLine, "ACCEPT OK", "- NODATA", 1), strings.Replace(requestLine, "ACCEPT OK", "- SKIPDATA", 1),
		map[string]any{"source.address": "10.0.0.1", "destination.address": "10.0.0.2", "aws.vpc.flow.action": "ACCEPT"},
	).ResourceLogs().MoveAndAppendTo(logs.ResourceLogs())
	alertotlp.Append(logs, "scope", "v1", []*alert.Alert{testAlert("a"), testAlert("b"), testAlert("")})
	logs.ResourceLogs().At(logs.ResourceLogs().Len()-1).ScopeLogs().At(0).LogRecords().At(1).Attributes().PutInt(alert.AttrRule, 5)
	r.consumeLogs(logs)

	v := r.store.View(overview.Query{})
	assert.EqualValues(t, 2, v.Totals.Flows)
	assert.EqualValues(t, 1, v.Totals.Rejected)
	assert.Equal(t, [4]uint64{0, 0, 1, 0}, v.AlertsBySeverity)
	assert.EqualValues(t, 1, v.Health.NoData)
	assert.EqualValues(t, 1, v.Health.SkipData)
	assert.Equal(t, map[string]uint64{
		"too_few_fields": 2, "not_a_flow": 1, "bad_address": 1, "bad_alert": 1, "no_uid": 1, "no_time": 1,
	}, v.Health.Undecodable)
	e, ok := r.store.Episode("a")
	require.True(t, ok)
	assert.Equal(t, "123456789012", e.Account)
	assert.Equal(t, "203.0.113.7 tried 20 ports.", e.Body)
}

func TestOversizedAlertsAreRefused(t *testing.T) {
	for name, grow := range map[string]func(plog.LogRecord, int){
		"a long sentence":  func(r plog.LogRecord, n int) { r.Body().SetStr(strings.Repeat("x", n)) },
		"a long attribute": func(r plog.LogRecord, n int) { r.Attributes().PutStr("x", strings.Repeat("x", n)) },
		"a long name":      func(r plog.LogRecord, n int) { r.Attributes().PutBool(strings.Repeat("x", n), true) },
		"a list of long texts": func(r plog.LogRecord, n int) {
			r.Attributes().PutEmptySlice("x").AppendEmpty().SetStr(strings.Repeat("x", n))
		},
		"a long list": func(r plog.LogRecord, n int) {
			list := r.Attributes().PutEmptySlice(alert.AttrDestinationPorts)
			for range n / 8 {
				list.AppendEmpty().SetInt(1)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newHarness(t, "")
			for _, size := range []int{maxAlertSize / 4, maxAlertSize + 8} {
				logs := plog.NewLogs()
				alertotlp.Append(logs, "scope", "v1", []*alert.Alert{testAlert("a")})
				grow(logs.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0), size)
				r.consumeLogs(logs)
			}
			e, ok := r.store.Episode("a")
			require.True(t, ok)
			assert.Equal(t, 1, e.Updates)
			assert.Equal(t, map[string]uint64{alertTooLong: 1}, r.store.Health().Undecodable)
		})
	}
}

func TestRecordsAreNeitherRetainedNorModified(t *testing.T) {
	r := newHarness(t, "")
	logs := decoded(requestLine)
	logs.MarkReadOnly()
	r.consumeLogs(logs)
	b := r.batches.Get().(*batch)
	assert.Empty(t, b.flows)
	assert.Empty(t, b.alerts)
	assert.Empty(t, b.refused)
	for _, f := range b.flows[:cap(b.flows)] {
		assert.Zero(t, f)
	}
}

func TestTheFormatOfLinesIsConfigurable(t *testing.T) {
	r := newHarness(t, "format: [srcaddr, dstaddr, start, bytes]")
	r.consumeLogs(records("10.0.1.5 10.0.1.6 1736121660 77"))
	v := r.store.View(overview.Query{})
	assert.Equal(t, traffic.Totals{Flows: 1, Bytes: 77}, v.Totals)
}

func TestTheAPIReturnsReceivedData(t *testing.T) {
	r := newHarness(t, "").run()
	logs := decoded(requestLine)
	alertotlp.Append(logs, "scope", "v1", []*alert.Alert{testAlert("a")})
	r.consumeLogs(logs)
	var got struct {
		Totals traffic.Totals `json:"totals"`
	}
	r.getJSON("api/overview", &got)
	assert.Equal(t, traffic.Totals{Flows: 1, Packets: 10, Bytes: 840, Accepted: 1}, got.Totals)
	var alerts struct {
		Total int `json:"total"`
	}
	r.getJSON("api/alerts", &alerts)
	assert.Equal(t, 1, alerts.Total)
}

// FuzzConsume exports arbitrary log records.
func FuzzConsume(f *testing.F) {
	marshaler := plog.ProtoMarshaler{}
	all := plog.NewLogs()
	for _, logs := range []plog.Logs{decoded(requestLine), records(contrib), records(ecs), records(requestLine, "nonsense")} {
		text, err := marshaler.MarshalLogs(logs)
		require.NoError(f, err)
		f.Add(text)
		logs.ResourceLogs().MoveAndAppendTo(all.ResourceLogs())
	}
	alertotlp.Append(all, "scope", "v1", []*alert.Alert{testAlert("a")})
	text, err := marshaler.MarshalLogs(all)
	require.NoError(f, err)
	f.Add(text)
	f.Fuzz(func(t *testing.T, text []byte) {
		unmarshaler := plog.ProtoUnmarshaler{}
		logs, err := unmarshaler.UnmarshalLogs(text)
		if err != nil {
			return
		}
		r := newHarness(t, "")
		require.NoError(t, r.consume(t.Context(), logs))
		v := r.store.View(overview.Query{})
		var refused uint64
		for _, n := range v.Health.Undecodable {
			refused += n
		}
		_, alerts := r.store.Episodes(overview.AlertQuery{})
		known := v.Totals.Flows + v.Health.NoData + v.Health.SkipData + v.Health.Hops + v.Health.TooOld + v.Health.InFuture + refused
		assert.LessOrEqual(t, known, uint64(logs.LogRecordCount()), "each record is counted at most once")
		assert.GreaterOrEqual(t, uint64(logs.LogRecordCount()), uint64(alerts))
	})
}
