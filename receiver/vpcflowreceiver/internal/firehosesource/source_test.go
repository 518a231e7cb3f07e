// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWhatFirehoseSendsIsRead(t *testing.T) {
	for name, records := range map[string][]string{
		"a line in each record":              {line(1), line(2), line(3)},
		"lines without their line ends":      {strings.TrimSpace(line(1)), strings.TrimSpace(line(2)), strings.TrimSpace(line(3))},
		"many lines in a record":             {v2(1, 2), v2(3, 3)},
		"a message in each record":           {messages(line(1)), messages(line(2)), messages(line(3))},
		"messages without line ends":         {strings.TrimSpace(messages(line(1))), strings.TrimSpace(messages(v2(2, 3)))},
		"documents of CloudWatch Logs":       {cloudWatch(t, "1", v2(1, 2)), cloudWatch(t, "1", line(3))},
		"gzip documents of CloudWatch Logs":  {zip(t, cloudWatch(t, "1", v2(1, 2))), zip(t, cloudWatch(t, "1", line(3)))},
		"several documents in one gzip":      {zip(t, cloudWatch(t, "1", line(1))+cloudWatch(t, "1", v2(2, 3)))},
		"several gzip documents in a record": {zip(t, cloudWatch(t, "1", line(1))) + zip(t, cloudWatch(t, "1", v2(2, 3)))},
		"a control message among them":       {zip(t, controlMessage), zip(t, cloudWatch(t, "1", v2(1, 3)))},
		"all of that":                        {line(1), zip(t, cloudWatch(t, "1", line(2))), messages(line(3))},
		"empty records":                      {"", v2(1, 3), ""},
		"a bad line":                         {line(1), "2 3 4", v2(2, 3)},
		"a document that is cut off":         {line(1), `{"message":"2 1234`, v2(2, 3)},
		"gzip that is cut off":               {line(1), zip(t, v2(90, 99))[:30], v2(2, 3)},
		"gzip that is corrupt":               {line(1), "\x1f\x8b\x08 nothing of gzip", v2(2, 3)},
	} {
		for _, zipped := range []bool{false, true} {
			t.Run(fmt.Sprint(name, " zipped ", zipped), func(t *testing.T) {
				r := newFirehoseRig(t)
				r.start()
				content, encoding := payload("id", records...), ""
				if zipped {
					content, encoding = zip(t, content), "gzip"
				}
				status, message := r.send(r.request("id", strings.NewReader(content), "Content-Encoding", encoding))
				require.Equal(t, http.StatusOK, status, message)
				// Nothing is to be waited for: what is answered with 200 is accepted.
				require.Equal(t, upTo(1, 3), sourcePorts(r.sink.AllLogs()))
				r.counted("firehose.requests", map[string]int64{"accepted": 1})
				r.counted("firehose.records", map[string]int64{"": int64(len(records))})
				r.counted("records", map[string]int64{"": 3})
			})
		}
	}
}

func line(port int) string { return v2(port, port) }

func TestGzipInARecordThatCannotBeReadIsCounted(t *testing.T) {
	r := newFirehoseRig(t)
	r.start()
	r.post("id", zip(t, v2(1, 100))[:60], "\x1f\x8b", v2(1, 1))
	r.counted("bad_lines", map[string]int64{"bad_envelope": 2, "too_few_fields": 1}) // The last line that came out of it was cut off.
	said := r.logs.FilterMessageSnippet("passed over").All()
	require.Len(t, said, 1)
	assert.Equal(t, "Firehose request id", said[0].ContextMap()["file"])
	assert.Equal(t, "gzip in record 1: unexpected EOF", said[0].ContextMap()["value"])
}

func TestTheTextThatGzipInARecordGivesIsBounded(t *testing.T) {
	r := newFirehoseRig(t)
	r.start()
	bomb := zip(t, line(1)+strings.Repeat(" ", maxUnzipped)+"\n"+line(2))
	status, message := r.post("id", bomb, line(3))
	require.Equal(t, http.StatusOK, status, message)
	require.Equal(t, []int{1, 3}, sourcePorts(r.sink.AllLogs()))
	r.counted("bad_lines", map[string]int64{"bad_envelope": 1})
}

func TestAttributesOfTheRequestAreAddedToTheResource(t *testing.T) {
	r := newFirehoseRig(t)
	r.start()
	header := `{"commonAttributes":{"deployment.environment.name":"prod","cloud.account.id":"999999999999","cloud.region":"eu-west-1"}}`
	status, message := r.send(r.request("id", strings.NewReader(payload("id", line(1))), headerAttributes, header))
	require.Equal(t, http.StatusOK, status, message)
	assert.Equal(t, map[string]any{
		"cloud.provider":              "aws",
		"cloud.account.id":            "123456789010", // of the record, which the request does not override
		"cloud.region":                "eu-west-1",
		"deployment.environment.name": "prod",
	}, r.sink.AllLogs()[0].ResourceLogs().At(0).Resource().Attributes().AsRaw())
}

func TestTheAccountOfADocumentIsThatOfItsOwner(t *testing.T) {
	r := newFirehoseRig(t)
	r.cfg.Format = strings.Fields(shortHeader)
	r.start()
	r.post("id", zip(t, cloudWatch(t, "111111111111", short(1, 1))), short(2, 2))
	for i, want := range []any{"111111111111", nil} {
		assert.Equal(t, want, r.sink.AllLogs()[i].ResourceLogs().At(0).Resource().Attributes().AsRaw()["cloud.account.id"])
	}
}

func TestManyRequestsAtOnce(t *testing.T) {
	const requests, records = 50, 20
	r := newFirehoseRig(t)
	r.cfg.MaxBatchSize = 7
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
	assert.ElementsMatch(t, upTo(1, requests*records), sourcePorts(r.sink.AllLogs()))
	r.counted("firehose.requests", map[string]int64{"accepted": requests})
}

func TestLinesAreHandedOnWhileTheRequestIsStillComing(t *testing.T) {
	const records = 20_000
	var came counter
	r := newFirehoseRig(t)
	at := int64(0)
	calls := r.refuse(func(call int, _ logsOf) error {
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
	assert.Equal(t, records, r.sink.LogRecordCount())
	assert.Greater(t, calls.Load(), int64(10))
	assert.Less(t, at, int64(len(content)/2), "of %d bytes", len(content))
}
