// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package firehosesource

import (
	"fmt"
	"io"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingesttest"
)

// BenchmarkFirehose sends requests of 50,000 lines, one after the other.
func BenchmarkFirehose(b *testing.B) {
	const lines = 50_000
	_, text, _ := strings.Cut(ingesttest.RandomLog(lines), "\n")
	all := slices.Collect(strings.Lines(text))
	for name, records := range map[string][]string{
		"a message in each record": strings.SplitAfter(strings.TrimSpace(ingesttest.Messages(text)), "\n"),
		"500 lines in a record":    chunks(all, func(part []string) string { return strings.Join(part, "") }),
		"gzip documents of CloudWatch": chunks(all, func(part []string) string {
			return ingesttest.Gzip(b, ingesttest.CloudWatch(b, "1", strings.Join(part, "")))
		}),
	} {
		b.Run(name, func(b *testing.B) {
			r := newFixture(b)
			r.Next = consumertest.NewNop()
			r.start()
			content := `{"records":` + payloadRecords(records...) + "}"
			n := 0
			b.SetBytes(int64(len(content)))
			for b.Loop() {
				n++
				status, message := r.send(r.request(fmt.Sprint("id-", n), strings.NewReader(content)))
				require.Equal(b, http.StatusOK, status, message)
			}
			b.ReportMetric(float64(lines)*float64(b.N)/b.Elapsed().Seconds(), "records/s")
		})
	}
}

func chunks(lines []string, of func(part []string) string) (all []string) {
	for part := range slices.Chunk(lines, 500) {
		all = append(all, of(part))
	}
	return all
}

// endless is the body of a request with many records. It is never completely in memory.
type endless struct {
	records, sent int
	rest          string
	// measureHeap is called regularly.
	measureHeap func()
}

func (e *endless) Read(p []byte) (int, error) {
	if e.rest == "" {
		switch e.sent {
		case 0:
			e.rest = `{"requestId":"id","timestamp":1,"records":[` + element
		case e.records:
			e.rest = "]}"
		case e.records + 1:
			return 0, io.EOF
		default:
			e.rest = "," + element
		}
		if e.sent++; e.sent%10_000 == 0 {
			e.measureHeap()
		}
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

var element = strings.TrimSuffix(strings.TrimPrefix(payloadRecords(line(1)), "["), "]")

// payloadRecords returns the list of records of a request.
func payloadRecords(records ...string) string {
	text := payload("", records...)
	return text[strings.Index(text, "[") : strings.LastIndex(text, "]")+1]
}

func TestMemoryDoesNotGrowWithTheRequest(t *testing.T) {
	const records = 100_000
	r := newFixture(t)
	r.config.MaxRequestBodySize = 1 << 30
	r.Next = consumertest.NewNop()
	r.start()
	var highest atomic.Uint64
	body := &endless{records: records, measureHeap: func() {
		runtime.GC()
		var now runtime.MemStats
		runtime.ReadMemStats(&now)
		highest.Store(max(highest.Load(), now.HeapAlloc))
	}}
	var before runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	status, message := r.send(r.request("id", body))
	require.Equal(t, http.StatusOK, status, message)
	r.RequireCounter("records", map[string]int64{"": records})
	size := records * len(element)
	t.Logf("a body of %d MiB took %d KiB", size>>20, (highest.Load()-before.HeapAlloc)>>10)
	require.Less(t, highest.Load(), before.HeapAlloc+8<<20)
}
