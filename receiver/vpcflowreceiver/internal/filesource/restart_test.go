// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package filesource

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
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingesttest"
)

// gate is a consumer that passes a number of batches to the sink and refuses all others.
type gate struct {
	consumer.Logs
	open    int64
	passed  atomic.Int64
	refused atomic.Int64
}

func newGate(t *testing.T, r *fixture, open int64) *gate {
	g := &gate{open: open}
	var err error
	g.Logs, err = consumer.NewLogs(func(ctx context.Context, logs plog.Logs) error {
		if g.passed.Load() >= g.open {
			g.refused.Add(1)
			return errors.New("no more")
		}
		g.passed.Add(1)
		return r.Sink.ConsumeLogs(ctx, logs)
	})
	require.NoError(t, err)
	return g
}

// stopAfter runs the source until the next consumer has accepted a number of batches and refused one.
func (r *fixture) stopAfter(t *testing.T, batches int64) {
	t.Helper()
	g := newGate(t, r, batches)
	r.Next = g
	r.start()
	require.Eventually(t, func() bool { return g.refused.Load() > 0 }, timeout, tick)
	r.stop()
	require.Equal(t, batches, g.passed.Load())
	r.Next = r.Sink
}

func TestReadingContinuesAtTheCheckpointAfterARestart(t *testing.T) {
	changing := shortHeader + shortLines(1, 30) + "dstport srcport srcaddr dstaddr\n"
	for port := 31; port <= 100; port++ {
		changing += fmt.Sprintf("22 %d 10.0.0.1 10.0.0.2\n", port)
	}
	for name, text := range map[string]string{
		"with the default format":           lines(1, 100),
		"with a header":                     shortHeader + shortLines(1, 100),
		"with a header that changes before": changing,
		"with a short file":                 shortHeader + shortLines(1, 15),
	} {
		for _, ending := range []string{".log", ".log.gz"} {
			for _, batches := range []int64{0, 1, 5} {
				t.Run(name+ending, func(t *testing.T) {
					r := newFixture(t)
					r.keepCheckpoints()
					r.Config.MaxBatchSize = 10
					content := text
					if ending == ".log.gz" {
						content = gzipped(t, text)
					}
					r.write("a"+ending, content)
					want := ports(1, 100)
					if len(text) < 1000 {
						want, batches = ports(1, 15), min(batches, 1)
					}
					r.stopAfter(t, batches)
					r.start()
					r.RequirePorts(want...)
					r.waitForPolls()
					r.RequireCounter("records", map[string]int64{"": int64(len(want))})
					r.RequireCounter("bad_lines", map[string]int64{})
				})
			}
		}
	}
}

func TestOnlyNewLinesAreReadAfterARestart(t *testing.T) {
	for name, last := range map[string]int{"of a long file": 100, "of a short file": 2} {
		t.Run(name, func(t *testing.T) {
			r := newFixture(t)
			r.keepCheckpoints()
			r.write("a.log", shortHeader+shortLines(1, last))
			r.write("b.log.gz", gzipped(t, lines(1001, 1000+last)))
			r.start()
			r.RequirePortsInAnyOrder(append(ports(1, last), ports(1001, 1000+last)...)...)
			r.waitForPolls()
			r.stop()

			r.append("a.log", shortLines(last+1, last+1))
			r.rename("a.log", "c.log")
			r.start()
			r.RequirePortsInAnyOrder(append(ports(1, last+1), ports(1001, 1000+last)...)...)
			r.waitForPolls()
			r.stop()

			r.write("c.log.gz", gzipped(t, shortHeader+shortLines(1, last+2)))
			r.remove("c.log")
			r.start()
			r.RequirePortsInAnyOrder(append(ports(1, last+2), ports(1001, 1000+last)...)...)
			r.RequireCounter("bad_lines", map[string]int64{})
			r.RequireCounter("files", map[string]int64{"read": 2})
		})
	}
}

// A crash is simulated by a copy of the storage while the source runs.
func TestOnlyLinesAfterTheSavedCheckpointAreReadAgainAfterACrash(t *testing.T) {
	for name, write := range map[string]func(r *fixture){
		"text": func(r *fixture) { r.write("a.log", shortHeader+shortLines(1, 100)) },
		"gzip": func(r *fixture) { r.write("a.log.gz", gzipped(t, shortHeader+shortLines(1, 100))) },
		"several files": func(r *fixture) {
			r.write("a.log", shortHeader+shortLines(1, 45))
			r.write("b.log", lines(46, 100))
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newFixture(t)
			r.keepCheckpoints()
			r.Config.MaxBatchSize = 10
			write(r)
			g := newGate(t, r, 7)
			r.Next = g
			r.Config.Now = clock()
			r.start()
			require.Eventually(t, func() bool { return g.refused.Load() > 0 }, timeout, tick)
			crashed := t.TempDir()
			require.NoError(t, os.CopyFS(crashed, os.DirFS(r.storageDir)))
			r.stop()
			before := r.Sink.LogRecordCount()

			r.openStorage(crashed)
			r.Next = r.Sink
			r.start()
			r.RequirePorts(ports(1, 100)...)
			assert.Greater(t, before, 50)
			r.RequireCounter("bad_lines", map[string]int64{})
		})
	}
}

func TestWithoutStorageEverythingIsReadAgain(t *testing.T) {
	r := newFixture(t)
	r.write("a.log", lines(1, 10))
	r.start()
	r.RequirePorts(ports(1, 10)...)
	r.stop()
	r.start()
	r.RequirePorts(append(ports(1, 10), ports(1, 10)...)...)
}

func TestReceiversWithOneStorageAreIndependent(t *testing.T) {
	r := newFixture(t)
	r.keepCheckpoints()
	r.write("a.log", lines(1, 10))
	r.start()
	r.RequirePorts(ports(1, 10)...)
	r.stop()
	r.name = "other"
	r.start()
	r.RequirePorts(append(ports(1, 10), ports(1, 10)...)...)
}

// A clean shutdown saves the last checkpoint, even though the context has ended.
func TestTheCheckpointIsSavedWhenTheContextEnds(t *testing.T) {
	r := newFixture(t)
	r.Config.MaxBatchSize = 10
	r.Config.Now = func() time.Time { return time.Unix(1, 0) } // The clock does not advance, so no checkpoint is due.
	strict := &strictStorage{Storage: ingesttest.NewStorage(nil)}
	r.client = strict
	r.write("a.log", lines(1, 100))
	r.stopAfter(t, 3)
	assert.Positive(t, strict.saves.Load())

	r.client = strict
	r.start()
	r.RequirePorts(ports(1, 100)...)
}

// strictStorage fails when the context has ended, like a storage on the network.
type strictStorage struct {
	*ingesttest.Storage
	saves atomic.Int64
}

func (s *strictStorage) Batch(ctx context.Context, ops ...*storage.Operation) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	s.saves.Add(1)
	return s.Storage.Batch(ctx, ops...)
}

func TestReadingContinuesWhileTheStorageFails(t *testing.T) {
	r := newFixture(t)
	client := ingesttest.NewStorage(nil)
	r.client = client
	r.write("a.log", shortHeader+shortLines(1, 100))
	r.write("b.log.gz", gzipped(t, lines(101, 200)))
	r.start()
	client.Break()
	r.append("a.log", shortLines(201, 202))
	r.RequirePortsInAnyOrder(ports(1, 202)...)
	r.waitForPolls()
	r.append("a.log", shortLines(203, 204))
	r.RequirePortsInAnyOrder(ports(1, 204)...)
	assert.Len(t, r.Logs.FilterMessageSnippet("fail to save checkpoint").All(), 1)
}

func TestStartAtEndReadsFilesCreatedWhileStopped(t *testing.T) {
	r := newFixture(t)
	r.keepCheckpoints()
	r.files.StartAt = StartAtEnd
	r.write("a.log", lines(1, 10))
	r.write("b.log.parquet", ingesttest.ParquetRows(t, 1, 10))
	r.start()
	r.waitForPolls()
	r.stop()
	r.append("a.log", lines(11, 12))
	r.write("c.log", lines(13, 20))
	r.write("d.log.parquet", ingesttest.ParquetRows(t, 21, 30))
	r.start()
	r.RequirePorts(ports(11, 30)...)
	r.waitForPolls()
	r.RequirePorts(ports(11, 30)...)
}
