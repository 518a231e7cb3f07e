// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
)

// gate is a consumer that lets batches pass to the sink until a number of them has, and refuses all others.
type gate struct {
	consumer.Logs
	open    int64
	passed  atomic.Int64
	refused atomic.Int64
}

func newGate(t *testing.T, r *rig, open int64) *gate {
	g := &gate{open: open}
	var err error
	g.Logs, err = consumer.NewLogs(func(ctx context.Context, logs plog.Logs) error {
		if g.passed.Load() >= g.open {
			g.refused.Add(1)
			return errors.New("no more")
		}
		g.passed.Add(1)
		return r.sink.ConsumeLogs(ctx, logs)
	})
	require.NoError(t, err)
	return g
}

// stopAfter runs the receiver until the next consumer has taken so many batches and refused one.
func (r *rig) stopAfter(t *testing.T, batches int64) {
	t.Helper()
	g := newGate(t, r, batches)
	r.next = g
	r.start()
	require.Eventually(t, func() bool { return g.refused.Load() > 0 }, timeout, tick)
	r.stop()
	require.Equal(t, batches, g.passed.Load())
	r.next = r.sink
}

func TestAfterARestartReadingGoesOnBehindWhatWasAccepted(t *testing.T) {
	changing := shortHeader + short(1, 30) + "dstport srcport srcaddr dstaddr\n"
	for port := 31; port <= 100; port++ {
		changing += fmt.Sprintf("22 %d 10.0.0.1 10.0.0.2\n", port)
	}
	for name, text := range map[string]string{
		"with the default format":                v2(1, 100),
		"with a header":                          shortHeader + short(1, 100),
		"with a header that changes before":      changing,
		"with a file shorter than its beginning": shortHeader + short(1, 15),
	} {
		for _, ending := range []string{".log", ".log.gz"} {
			for _, batches := range []int64{0, 1, 5} {
				t.Run(name+ending, func(t *testing.T) {
					r := newRig(t)
					r.keepPositions()
					r.cfg.MaxBatchSize = 10
					content := text
					if ending == ".log.gz" {
						content = zip(t, text)
					}
					r.write("a"+ending, content)
					want := upTo(1, 100)
					if len(text) < headSize {
						want, batches = upTo(1, 15), min(batches, 1)
					}
					r.stopAfter(t, batches)
					r.start()
					r.ports(want...)
					r.polled()
					r.counted("records", map[string]int64{"": int64(len(want))})
					r.counted("bad_lines", map[string]int64{})
				})
			}
		}
	}
}

func TestAfterARestartAtTheEndOnlyNewLinesAreRead(t *testing.T) {
	for name, last := range map[string]int{"of a long file": 100, "of a short file": 2} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.keepPositions()
			r.write("a.log", shortHeader+short(1, last))
			r.write("b.log.gz", zip(t, v2(1001, 1000+last)))
			r.start()
			r.portsInAnyOrder(append(upTo(1, last), upTo(1001, 1000+last)...)...)
			r.polled()
			r.stop()

			r.append("a.log", short(last+1, last+1))
			r.rename("a.log", "c.log")
			r.start()
			r.portsInAnyOrder(append(upTo(1, last+1), upTo(1001, 1000+last)...)...)
			r.polled()
			r.stop()

			r.write("c.log.gz", zip(t, shortHeader+short(1, last+2)))
			require.NoError(t, os.Remove(r.path("c.log")))
			r.start()
			r.portsInAnyOrder(append(upTo(1, last+2), upTo(1001, 1000+last)...)...)
			r.counted("bad_lines", map[string]int64{})
			r.counted("files", map[string]int64{"read": 2})
		})
	}
}

// A crash is taken as a copy of the storage while the receiver runs: what is in no copy is lost.
func TestAfterACrashOnlyWhatWasNotYetStoredIsReadAgain(t *testing.T) {
	for name, write := range map[string]func(r *rig){
		"text": func(r *rig) { r.write("a.log", shortHeader+short(1, 100)) },
		"gzip": func(r *rig) { r.write("a.log.gz", zip(t, shortHeader+short(1, 100))) },
		"several files": func(r *rig) {
			r.write("a.log", shortHeader+short(1, 45))
			r.write("b.log", v2(46, 100))
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.keepPositions()
			r.cfg.MaxBatchSize = 10
			write(r)
			g := newGate(t, r, 7)
			r.next = g
			r.build()
			r.everySecond()
			r.run()
			require.Eventually(t, func() bool { return g.refused.Load() > 0 }, timeout, tick)
			crashed := t.TempDir()
			require.NoError(t, os.CopyFS(crashed, os.DirFS(r.storageDir)))
			r.stop()
			before := r.sink.LogRecordCount()

			r.openStorage(crashed)
			r.next = r.sink
			r.start()
			r.ports(upTo(1, 100)...)
			assert.Greater(t, before, 50)
			r.counted("bad_lines", map[string]int64{})
		})
	}
}

func TestWithoutStorageEverythingIsReadAgain(t *testing.T) {
	r := newRig(t)
	r.write("a.log", v2(1, 10))
	r.start()
	r.ports(upTo(1, 10)...)
	r.stop()
	r.start()
	r.ports(append(upTo(1, 10), upTo(1, 10)...)...)
}

func TestReceiversOfOneStorageDoNotMeet(t *testing.T) {
	r := newRig(t)
	r.keepPositions()
	r.write("a.log", v2(1, 10))
	r.start()
	r.ports(upTo(1, 10)...)
	r.stop()
	r.name = "other"
	r.start()
	r.ports(append(upTo(1, 10), upTo(1, 10)...)...)
}

// everySecond gives the receiver a clock that moves a second each time it is looked at.
func (r *rig) everySecond() {
	var seconds atomic.Int64
	in := r.receiver.(*vpcFlowReceiver).sources[0].(*files).intake
	in.now = func() time.Time { return time.Unix(seconds.Add(1), 0) }
}
