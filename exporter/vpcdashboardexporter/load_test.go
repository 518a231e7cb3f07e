// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

//go:build unix

package vpcdashboardexporter

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"runtime"
	"runtime/metrics"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview/overviewtest"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	alertotlp "github.com/vpcflow/otelcol-vpcflow/internal/alert/otlp"
)

var (
	loadTime = flag.Duration("load", time.Second, "how long TestLoad lasts")
	loadRate = flag.Int("rate", 20_000, "how many flows per second TestLoad sends")
)

const (
	batchSize = 2000
	// eventSpeed is the ratio of event time to clock time: one minute of the test covers a day.
	eventSpeed = 1440
	startKey   = "aws.vpc.flow.start"
)

// stock returns batches as the receiver sends them.
func stock(batches int) []plog.Logs {
	generator := overviewtest.New(1)
	list := make([]plog.Logs, batches)
	for i := range list {
		var lines strings.Builder
		for range batchSize {
			f := generator.Flow(overviewtest.Start.Unix())
			lines.WriteString(overviewtest.Line(&f))
		}
		list[i] = decoded(lines.String())
	}
	return list
}

// retime sets the time of all records of a batch.
func retime(logs plog.Logs, at int64) {
	for _, resource := range logs.ResourceLogs().All() {
		for _, scope := range resource.ScopeLogs().All() {
			for _, record := range scope.LogRecords().All() {
				record.Attributes().PutInt(startKey, at)
			}
		}
	}
}

// TestLoad sends flows at a constant rate while readers request pages:
//
//	go test -run TestLoad -load 60s -rate 200000 -v .
func TestLoad(t *testing.T) {
	h := newHarnessAt(t, "", time.Now).run() // the cache of summaries needs a real clock
	load := newLoad(h)
	load.run(t, *loadTime, *loadRate)

	latencies := load.sortedLatencies()
	t.Logf("%d flows in %v (%.0f/s), %.2f µs of CPU time each; %d responses: p50 %v, p99 %v, max %v",
		load.flows, load.took.Round(time.Millisecond), float64(load.flows)/load.took.Seconds(), load.cost(),
		len(latencies), latencies[len(latencies)/2], latencies[len(latencies)*99/100], latencies[len(latencies)-1])
	t.Logf("live heap in MiB at each tenth of the time, including the generator: %v", load.heaps)
	v := h.store.View(overview.Query{Range: 1000 * time.Hour}) // a range that no reader uses, so that it is not cached
	assert.Equal(t, uint64(load.flows), v.Totals.Flows, "no flow is lost")
	if *loadTime >= 10*time.Second {
		assert.Less(t, latencies[len(latencies)*99/100], 200*time.Millisecond, "needs two idle cores")
	}
}

type load struct {
	*harness
	batches   []plog.Logs
	flows     int
	took      time.Duration
	cpu       time.Duration
	heaps     []int
	mu        sync.Mutex
	latencies []time.Duration
}

func newLoad(h *harness) *load { return &load{harness: h, batches: stock(50)} }

// run sends batches at the given rate, or as fast as possible if that is slower.
func (l *load) run(t *testing.T, length time.Duration, rate int) {
	t.Helper()
	runtime.GC()
	began := time.Now()
	ended := make(chan struct{})
	var readers sync.WaitGroup
	for _, path := range []string{"", "?range=15m", "?range=1h&measure=bytes", "?range=6h", "?range=all", "alerts", "api/overview", "api/health"} {
		readers.Go(func() { l.read(path, ended) })
	}
	before := cpuTime(t)
	for n := 0; ; n++ {
		now := time.Since(began)
		if now >= length {
			break
		}
		due := time.Duration(n*batchSize) * time.Second / time.Duration(rate)
		if due > now {
			<-time.After(due - now)
		}
		batch := l.batches[n%len(l.batches)]
		retime(batch, start.Unix()+int64(time.Duration(eventSpeed)*due/time.Second))
		l.consumeLogs(batch)
		if n%100 == 0 {
			l.sendAlert(n, due)
		}
		l.flows += batchSize
		l.recordHeap(now, length)
	}
	l.took = time.Since(began)
	l.cpu = cpuTime(t) - before
	close(ended)
	readers.Wait()
}

// sendAlert sends a new alert.
func (l *load) sendAlert(n int, due time.Duration) {
	a := testAlert(fmt.Sprint(n))
	a.Time = start.Unix() + int64(eventSpeed*due/time.Second)
	logs := plog.NewLogs()
	alertotlp.Append(logs, "scope", "v1", []*alert.Alert{a})
	l.consumeLogs(logs)
}

// recordHeap records the live heap of the last garbage collection at each tenth of the time.
func (l *load) recordHeap(now, length time.Duration) {
	if int(10*now/length) < len(l.heaps) {
		return
	}
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	l.heaps = append(l.heaps, int(live[0].Value.Uint64()>>20))
}

// read requests a page about four times a second.
func (l *load) read(path string, ended chan struct{}) {
	client := http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	for {
		request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, l.url()+path, http.NoBody)
		if err != nil {
			l.t.Error(err)
			return
		}
		began := time.Now()
		response, err := client.Do(request)
		if err != nil {
			l.t.Error(err)
			return
		}
		var size int
		buffer := make([]byte, 1<<16)
		for err == nil {
			var n int
			n, err = response.Body.Read(buffer)
			size += n
		}
		took := time.Since(began)
		_ = response.Body.Close() // the body has been read
		if response.StatusCode != http.StatusOK || size == 0 {
			l.t.Errorf("%s returned %s", path, response.Status)
		}
		l.mu.Lock()
		l.latencies = append(l.latencies, took)
		l.mu.Unlock()
		select {
		case <-ended:
			return
		case <-time.After(250 * time.Millisecond):
		}
	}
}

func (l *load) sortedLatencies() []time.Duration {
	slices.Sort(l.latencies)
	return l.latencies
}

// cost returns the CPU time per flow in microseconds, including the pages and the generator.
func (l *load) cost() float64 {
	return float64(l.cpu.Microseconds()) / float64(l.flows)
}

// cpuTime returns the CPU time of this process so far.
func cpuTime(tb testing.TB) time.Duration {
	tb.Helper()
	var usage syscall.Rusage
	require.NoError(tb, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// BenchmarkConsume adds a batch of log records to the store.
func BenchmarkConsume(b *testing.B) {
	for name, logs := range map[string][]plog.Logs{"attributes": stock(50), "lines": undecoded(50)} {
		b.Run(name, func(b *testing.B) {
			h := newHarness(b, "")
			n := 0
			b.ReportAllocs()
			before := cpuTime(b)
			for b.Loop() {
				require.NoError(b, h.consume(b.Context(), logs[n%len(logs)]))
				n++
			}
			b.ReportMetric(float64((cpuTime(b)-before).Nanoseconds())/float64(n)/batchSize, "cpu-ns/flow")
		})
	}
}

// undecoded returns batches of undecoded lines.
func undecoded(batches int) []plog.Logs {
	generator := overviewtest.New(1)
	list := make([]plog.Logs, batches)
	for i := range list {
		list[i] = plog.NewLogs()
		slice := list[i].ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
		for range batchSize {
			f := generator.Flow(overviewtest.Start.Unix())
			slice.AppendEmpty().Body().SetStr(strings.TrimSpace(overviewtest.Line(&f)))
		}
	}
	return list
}
