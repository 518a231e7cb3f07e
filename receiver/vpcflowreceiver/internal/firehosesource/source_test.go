// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package firehosesource

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingesttest"
)

func TestContentsOfRecords(t *testing.T) {
	for name, records := range map[string][]string{
		"a line in each record":              {line(1), line(2), line(3)},
		"lines without their line ends":      {strings.TrimSpace(line(1)), strings.TrimSpace(line(2)), strings.TrimSpace(line(3))},
		"many lines in a record":             {ingesttest.Lines(1, 2), ingesttest.Lines(3, 3)},
		"a message in each record":           {ingesttest.Messages(line(1)), ingesttest.Messages(line(2)), ingesttest.Messages(line(3))},
		"messages without line ends":         {strings.TrimSpace(ingesttest.Messages(line(1))), strings.TrimSpace(ingesttest.Messages(ingesttest.Lines(2, 3)))},
		"documents of CloudWatch Logs":       {ingesttest.CloudWatch(t, "1", ingesttest.Lines(1, 2)), ingesttest.CloudWatch(t, "1", line(3))},
		"gzip documents of CloudWatch Logs":  {ingesttest.Gzip(t, ingesttest.CloudWatch(t, "1", ingesttest.Lines(1, 2))), ingesttest.Gzip(t, ingesttest.CloudWatch(t, "1", line(3)))},
		"several documents in one gzip":      {ingesttest.Gzip(t, ingesttest.CloudWatch(t, "1", line(1))+ingesttest.CloudWatch(t, "1", ingesttest.Lines(2, 3)))},
		"several gzip documents in a record": {ingesttest.Gzip(t, ingesttest.CloudWatch(t, "1", line(1))) + ingesttest.Gzip(t, ingesttest.CloudWatch(t, "1", ingesttest.Lines(2, 3)))},
		"JSON objects":                       {ingesttest.JSONRecords(ingesttest.DefaultHeader, line(1)), ingesttest.JSONRecords(ingesttest.DefaultHeader, ingesttest.Lines(2, 3))},
		"JSON objects in CloudWatch Logs":    {ingesttest.CloudWatch(t, "1", ingesttest.JSONRecords(ingesttest.DefaultHeader, ingesttest.Lines(1, 3)))},
		"JSON objects between lines":         {line(1), ingesttest.JSONRecords(ingesttest.DefaultHeader, line(2)), line(3)},
		"CSV":                                {ingesttest.CSV(ingesttest.DefaultHeader, line(1)), ingesttest.CSV(ingesttest.DefaultHeader, ingesttest.Lines(2, 3))},
		"a control message":                  {ingesttest.Gzip(t, ingesttest.ControlMessage), ingesttest.Gzip(t, ingesttest.CloudWatch(t, "1", ingesttest.Lines(1, 3)))},
		"all of these":                       {line(1), ingesttest.Gzip(t, ingesttest.CloudWatch(t, "1", line(2))), ingesttest.Messages(line(3))},
		"empty records":                      {"", ingesttest.Lines(1, 3), ""},
		"a bad line":                         {line(1), "2 3 4", ingesttest.Lines(2, 3)},
		"a truncated document":               {line(1), `{"message":"2 1234`, ingesttest.Lines(2, 3)},
		"truncated gzip":                     {line(1), ingesttest.Gzip(t, ingesttest.Lines(90, 99))[:30], ingesttest.Lines(2, 3)},
		"corrupt gzip":                       {line(1), "\x1f\x8b\x08 nothing of gzip", ingesttest.Lines(2, 3)},
	} {
		for _, zipped := range []bool{false, true} {
			t.Run(fmt.Sprint(name, " zipped ", zipped), func(t *testing.T) {
				r := newFixture(t)
				r.start()
				content, encoding := payload("id", records...), ""
				if zipped {
					content, encoding = ingesttest.Gzip(t, content), "gzip"
				}
				status, message := r.send(r.request("id", strings.NewReader(content), "Content-Encoding", encoding))
				require.Equal(t, http.StatusOK, status, message)
				// Status 200 means that the records are accepted.
				require.Equal(t, ingesttest.PortRange(1, 3), ingesttest.SourcePorts(r.Sink.AllLogs()))
				r.RequireCounter("firehose.requests", map[string]int64{"accepted": 1})
				r.RequireCounter("firehose.records", map[string]int64{"": int64(len(records))})
				r.RequireCounter("records", map[string]int64{"": 3})
			})
		}
	}
}

func line(port int) string { return ingesttest.Lines(port, port) }

func TestCorruptGzipIsCounted(t *testing.T) {
	r := newFixture(t)
	r.start()
	r.post("id", ingesttest.Gzip(t, ingesttest.Lines(1, 100))[:60], "\x1f\x8b", ingesttest.Lines(1, 1))
	r.RequireCounter("bad_lines", map[string]int64{"bad_envelope": 2, "too_few_fields": 1}) // The last uncompressed line was truncated.
	logged := r.Logs.FilterMessageSnippet("skipped").All()
	require.Len(t, logged, 1)
	assert.Equal(t, "Firehose request id", logged[0].ContextMap()["file"])
	assert.Equal(t, "gzip in record 1: unexpected EOF", logged[0].ContextMap()["value"])
}

func TestUncompressedSizeIsBounded(t *testing.T) {
	r := newFixture(t)
	r.start()
	bomb := ingesttest.Gzip(t, line(1)+strings.Repeat(" ", maxUncompressed)+"\n"+line(2))
	status, message := r.post("id", bomb, line(3))
	require.Equal(t, http.StatusOK, status, message)
	require.Equal(t, []int{1, 3}, ingesttest.SourcePorts(r.Sink.AllLogs()))
	r.RequireCounter("bad_lines", map[string]int64{"bad_envelope": 1})
}

func TestCommonAttributesAreAddedToTheResource(t *testing.T) {
	r := newFixture(t)
	r.start()
	header := `{"commonAttributes":{"deployment.environment.name":"prod","cloud.account.id":"999999999999","cloud.region":"eu-west-1"}}`
	status, message := r.send(r.request("id", strings.NewReader(payload("id", line(1))), headerAttributes, header))
	require.Equal(t, http.StatusOK, status, message)
	assert.Equal(t, map[string]any{
		"cloud.provider":              "aws",
		"cloud.account.id":            "123456789010", // an attribute of the record is not replaced
		"cloud.region":                "eu-west-1",
		"deployment.environment.name": "prod",
	}, r.Sink.AllLogs()[0].ResourceLogs().At(0).Resource().Attributes().AsRaw())
}

func TestOwnerOfADocumentIsTheAccount(t *testing.T) {
	r := newFixture(t)
	var err error
	r.Config.Format, err = flow.ParseFormat(strings.TrimSpace(ingesttest.ShortHeader))
	require.NoError(t, err)
	r.start()
	r.post("id", ingesttest.Gzip(t, ingesttest.CloudWatch(t, "111111111111", ingesttest.ShortLines(1, 1))), ingesttest.ShortLines(2, 2))
	for i, want := range []any{"111111111111", nil} {
		assert.Equal(t, want, r.Sink.AllLogs()[i].ResourceLogs().At(0).Resource().Attributes().AsRaw()["cloud.account.id"])
	}
}

func TestConcurrentRequests(t *testing.T) {
	const requests, records = 50, 20
	r := newFixture(t)
	r.Config.MaxBatchSize = 7
	r.start()
	var all sync.WaitGroup
	for i := range requests {
		all.Go(func() {
			var lines []string
			for record := range records {
				lines = append(lines, line(i*records+record+1))
			}
			status, message := r.post(fmt.Sprint("id-", i), lines...)
			assert.Equal(t, http.StatusOK, status, message)
		})
	}
	all.Wait()
	assert.ElementsMatch(t, ingesttest.PortRange(1, requests*records), ingesttest.SourcePorts(r.Sink.AllLogs()))
	r.RequireCounter("firehose.requests", map[string]int64{"accepted": requests})
}

func TestRecordsAreSentWhileTheRequestArrives(t *testing.T) {
	const records = 20_000
	var came counter
	r := newFixture(t)
	at := int64(0)
	calls := r.Refuse(func(call int, _ plog.Logs) error {
		if call == 1 {
			at = came.n.Load()
		}
		return nil
	})
	r.start()
	content := payload("id", repeat(line(1), records)...)
	came.Reader = strings.NewReader(content)
	status, message := r.send(r.request("id", &came))
	require.Equal(t, http.StatusOK, status, message)
	assert.Equal(t, records, r.Sink.LogRecordCount())
	assert.Greater(t, calls.Load(), int64(10))
	assert.Less(t, at, int64(len(content)/2), "of %d bytes", len(content))
}
