// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package ingesttest has sample flow logs and a harness for the tests of sources.
package ingesttest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
)

// Lines returns lines in the default format with the source ports from first to last. In a test, each line has
// its own source port, which identifies its record.
func Lines(first, last int) string {
	var text strings.Builder
	for port := first; port <= last; port++ {
		fmt.Fprintf(&text, "2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 %d 22 6 20 4249 1418530010 1418530070 ACCEPT OK\n", port)
	}
	return text.String()
}

// ShortHeader is the header of ShortLines.
const ShortHeader = "srcport dstport srcaddr dstaddr protocol end\n"

// ShortLines returns lines in the format of ShortHeader.
func ShortLines(first, last int) string {
	var text strings.Builder
	for port := first; port <= last; port++ {
		fmt.Fprintf(&text, "%d 22 172.31.16.139 172.31.16.21 6 1418530070\n", port)
	}
	return text.String()
}

// Gzip compresses a text.
func Gzip(t testing.TB, content string) string {
	t.Helper()
	var buffer bytes.Buffer
	writer := gzip.NewWriter(&buffer)
	_, err := writer.Write([]byte(content))
	require.NoError(t, err)
	require.NoError(t, writer.Close())
	return buffer.String()
}

// CloudWatch returns a document as CloudWatch Logs sends it to subscribers, without a line end.
func CloudWatch(t testing.TB, owner, lines string) string {
	t.Helper()
	type event struct {
		ID        string `json:"id"`
		Timestamp int64  `json:"timestamp"`
		Message   string `json:"message"`
	}
	events := []event{}
	for line := range strings.Lines(lines) {
		events = append(events, event{strconv.Itoa(len(events)), 1418530010000, strings.TrimSuffix(line, "\n")})
	}
	text, err := json.Marshal(map[string]any{
		"messageType": "DATA_MESSAGE", "owner": owner, "logGroup": "flow", "logStream": "eni-1-all", "logEvents": events,
	})
	require.NoError(t, err)
	return string(text)
}

// ControlMessage is a message that CloudWatch Logs sends to test a subscription.
const ControlMessage = `{"messageType":"CONTROL_MESSAGE","logEvents":[{"message":"CWL CONTROL MESSAGE"}]}`

// Messages returns JSON objects with one flow log line each, one per line.
func Messages(lines string) string {
	return `{"message":"` + strings.ReplaceAll(strings.TrimSuffix(lines, "\n"), "\n", "\"}\n{\"message\":\"") + "\"}\n"
}

// ParquetRow has some of the columns that AWS writes.
type ParquetRow struct {
	Version   int32  `parquet:"version,optional"`
	AccountID string `parquet:"account_id,optional"`
	Srcaddr   string `parquet:"srcaddr,optional"`
	Dstaddr   string `parquet:"dstaddr,optional"`
	Srcport   int32  `parquet:"srcport,optional"`
	End       int64  `parquet:"end,optional"`
	LogStatus string `parquet:"log_status,optional"`
}

// ParquetRows returns a Parquet file with the source ports from first to last.
func ParquetRows(t testing.TB, first, last int) string {
	t.Helper()
	var rows []ParquetRow
	for port := first; port <= last; port++ {
		rows = append(rows, ParquetRow{5, "123456789010", "172.31.16.139", "172.31.16.21", int32(port), 1418530070, "OK"})
	}
	return Parquet(t, rows)
}

// Parquet returns a Parquet file with row groups of 100 rows.
func Parquet[T any](t testing.TB, rows []T) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, parquet.Write(&out, rows, parquet.MaxRowsPerRowGroup(100), parquet.Compression(&parquet.Gzip)))
	return out.String()
}

// PortRange returns the ports from first to last.
func PortRange(first, last int) []int {
	ports := []int{}
	for port := first; port <= last; port++ {
		ports = append(ports, port)
	}
	return ports
}

// SourcePorts returns the source ports of records, in their order.
func SourcePorts(all []plog.Logs) []int {
	ports := []int{}
	for _, logs := range all {
		for _, resource := range logs.ResourceLogs().All() {
			for _, scope := range resource.ScopeLogs().All() {
				for _, record := range scope.LogRecords().All() {
					port, _ := record.Attributes().Get("source.port")
					ports = append(ports, int(port.Int()))
				}
			}
		}
	}
	return ports
}

// RandomLog returns a header and lines that compress about as well as real flow logs.
func RandomLog(records int) string {
	random := rand.New(rand.NewPCG(1, 2))
	var text strings.Builder
	text.WriteString("version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n")
	for i := range records {
		start := 1700000000 + i/3000
		fmt.Fprintf(&text, "2 123456789010 eni-%017x 10.0.%d.%d %d.%d.%d.%d %d %d 6 %d %d %d %d ACCEPT OK\n",
			uint64(random.IntN(200))*7919, random.IntN(16), random.IntN(256),
			random.IntN(220)+1, random.IntN(256), random.IntN(256), random.IntN(256),
			1024+random.IntN(60000), []int{443, 80, 53, 22, 3306}[random.IntN(5)],
			1+random.IntN(40), 40+random.IntN(60000), start, start+60)
	}
	return text.String()
}
