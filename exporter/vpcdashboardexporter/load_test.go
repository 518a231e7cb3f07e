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
	loadRate = flag.Int("rate", 20_000, "how many flows a second TestLoad shows")
)

const (
	batchSize = 2000
	// eventSpeed is by how much faster than the clock the traffic's own time goes, so that a minute fills a day.
	eventSpeed = 1440
	startKey   = "aws.vpc.flow.start"
)

// stock makes batches as the receiver hands them over.
func stock(batches int) []plog.Logs {
	some := overviewtest.New(1)
	list := make([]plog.Logs, batches)
	for i := range list {
		var lines strings.Builder
		for range batchSize {
			f := some.Flow(overviewtest.Start.Unix())
			lines.WriteString(overviewtest.Line(&f))
		}
		list[i] = decoded(lines.String())
	}
	return list
}

// retime gives all records of a batch another time.
func retime(logs plog.Logs, at int64) {
	for _, resource := range logs.ResourceLogs().All() {
		for _, scope := range resource.ScopeLogs().All() {
			for _, record := range scope.LogRecords().All() {
				record.Attributes().PutInt(startKey, at)
			}
		}
	}
}

// TestLoad shows flows at a rate while people look at the page:
//
//	go test -run TestLoad -load 60s -rate 200000 -v .
func TestLoad(t *testing.T) {
	r := newRigAt(t, "", time.Now).run() // a clock that goes, since summaries are kept by it
	load := newLoad(r)
	load.run(t, *loadTime, *loadRate)

	took := load.answers()
	t.Logf("%d flows in %v (%.0f/s), %.2f µs of all cores each; %d answers: p50 %v, p99 %v, most %v",
		load.flows, load.took.Round(time.Millisecond), float64(load.flows)/load.took.Seconds(), load.cost(),
		len(took), took[len(took)/2], took[len(took)*99/100], took[len(took)-1])
	t.Logf("live heap at each tenth of the time, with what makes the flows, MiB: %v", load.heaps)
	v := r.store.View(overview.Query{Range: 1000 * time.Hour}) // all, and not what was kept for those who look at all
	assert.Equal(t, uint64(load.flows), v.Totals.Flows, "none is lost")
	if *loadTime >= 10*time.Second {
		assert.Less(t, took[len(took)*99/100], 200*time.Millisecond, "needs two cores that nobody else is at")
	}
}

type load struct {
	*rig
	batches []plog.Logs
	flows   int
	took    time.Duration
	cpu     time.Duration
	heaps   []int
	mu      sync.Mutex
	times   []time.Duration
}

func newLoad(r *rig) *load { return &load{rig: r, batches: stock(50)} }

// run shows batches by two goroutines, as two pipelines do, at the rate or as fast as it goes.
func (l *load) run(t *testing.T, length time.Duration, rate int) {
	t.Helper()
	runtime.GC()
	began := time.Now()
	ended := make(chan struct{})
	var readers sync.WaitGroup
	for _, path := range []string{"", "?range=15m", "?range=1h&measure=bytes", "?range=6h", "?range=all", "alerts", "api/overview", "api/health"} {
		readers.Go(func() { l.look(path, ended) })
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
		l.show(batch)
		if n%100 == 0 {
			l.alert(n, due)
		}
		l.flows += batchSize
		l.note(now, length)
	}
	l.took = time.Since(began)
	l.cpu = cpuTime(t) - before
	close(ended)
	readers.Wait()
}

// alert tells of a new alert now and then.
func (l *load) alert(n int, due time.Duration) {
	a := found(fmt.Sprint(n))
	a.Time = start.Unix() + int64(eventSpeed*due/time.Second)
	logs := plog.NewLogs()
	alertotlp.Append(logs, "scope", "v1", []*alert.Alert{a})
	l.show(logs)
}

// note measures the memory at each tenth of the time: what the last garbage collection found in use.
func (l *load) note(now, length time.Duration) {
	if int(10*now/length) < len(l.heaps) {
		return
	}
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	l.heaps = append(l.heaps, int(live[0].Value.Uint64()>>20))
}

// look asks for a page again and again, about four times a second.
func (l *load) look(path string, ended chan struct{}) {
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
		_ = response.Body.Close() // all has been read
		if response.StatusCode != http.StatusOK || size == 0 {
			l.t.Errorf("%s answers %s", path, response.Status)
		}
		l.mu.Lock()
		l.times = append(l.times, took)
		l.mu.Unlock()
		select {
		case <-ended:
			return
		case <-time.After(250 * time.Millisecond):
		}
	}
}

func (l *load) answers() []time.Duration {
	slices.Sort(l.times)
	return l.times
}

// cost is what a flow took of all cores, in microseconds, with the pages and what made the flows.
func (l *load) cost() float64 {
	return float64(l.cpu.Microseconds()) / float64(l.flows)
}

// cpuTime is what this process has taken of the processors so far.
func cpuTime(tb testing.TB) time.Duration {
	tb.Helper()
	var usage syscall.Rusage
	require.NoError(tb, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// BenchmarkConsume is a batch of the receiver's from log records to the store.
func BenchmarkConsume(b *testing.B) {
	for name, logs := range map[string][]plog.Logs{"attributes": stock(50), "lines": inBodies(50)} {
		b.Run(name, func(b *testing.B) {
			r := newRig(b, "")
			n := 0
			b.ReportAllocs()
			before := cpuTime(b)
			for b.Loop() {
				require.NoError(b, r.consume(b.Context(), logs[n%len(logs)]))
				n++
			}
			b.ReportMetric(float64((cpuTime(b)-before).Nanoseconds())/float64(n)/batchSize, "cpu-ns/flow")
		})
	}
}

// inBodies makes batches of which no one has decoded the lines.
func inBodies(batches int) []plog.Logs {
	some := overviewtest.New(1)
	list := make([]plog.Logs, batches)
	for i := range list {
		list[i] = plog.NewLogs()
		slice := list[i].ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
		for range batchSize {
			f := some.Flow(overviewtest.Start.Unix())
			slice.AppendEmpty().Body().SetStr(strings.TrimSpace(overviewtest.Line(&f)))
		}
	}
	return list
}
