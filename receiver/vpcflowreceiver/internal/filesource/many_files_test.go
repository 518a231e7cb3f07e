// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package filesource

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/zap/zapcore"
)

func TestManyFilesAreReadOnce(t *testing.T) {
	for name, concurrent := range map[string]int{"one after the other": 1, "many at once": 1024} {
		t.Run(name, func(t *testing.T) {
			r := newFixture(t)
			r.keepCheckpoints()
			r.files.MaxConcurrentFiles = concurrent
			r.Config.MaxBatchSize = 7
			for n := range 100 {
				text := shortHeader + shortLines(n*20+1, n*20+20)
				if n%2 == 0 {
					r.write(fmt.Sprintf("%03d.log", n), text)
				} else {
					r.write(fmt.Sprintf("%03d.log.gz", n), gzipped(t, text))
				}
			}
			r.start()
			r.RequirePortsInAnyOrder(ports(1, 2000)...)
			r.waitForPolls()
			r.RequireCounter("files", map[string]int64{"read": 100})
			assert.Empty(t, r.Logs.FilterLevelExact(zapcore.ErrorLevel).All())
			r.stop()
			r.start()
			r.waitForPolls()
			r.RequirePortsInAnyOrder(ports(1, 2000)...)
		})
	}
}

func TestRecordsOfConcurrentFilesAreSentInOrder(t *testing.T) {
	r := newFixture(t)
	r.files.MaxConcurrentFiles = 4
	r.Config.MaxBatchSize = 7
	first := 1
	for n := range 40 {
		// Some files have no records, and some have many batches.
		last := first + n*n%50
		r.write(fmt.Sprintf("%03d.log", 2*n), shortHeader+shortLines(first, last))
		r.write(fmt.Sprintf("%03d.log", 2*n+1), shortHeader+fmt.Sprint("bad", n))
		first = last + 1
	}
	var calls atomic.Int64
	r.Refuse(func(call int, _ plog.Logs) error {
		defer calls.Add(-1)
		assert.EqualValues(t, 1, calls.Add(1), "one batch at a time")
		if call%5 == 0 {
			return errors.New("full")
		}
		return nil
	})
	r.start()
	r.RequirePorts(ports(1, first-1)...)
}

func TestFilesWithTheSameBeginningAreAllRead(t *testing.T) {
	r := newFixture(t)
	r.write("a.log", shortHeader)
	r.write("b.log", shortHeader)
	r.start()
	r.requireMessage(zapcore.InfoLevel, "has a header and no records", "a.log")
	for n := range 5 {
		r.write(fmt.Sprintf("c%d.log", n), shortHeader+shortLines(n*10+1, n*10+10))
		r.waitForPolls()
	}
	r.append("c0.log", shortLines(93, 130)) // Longer than the fingerprint of the file_log receiver.
	r.waitForPolls()
	r.append("c1.log", shortLines(131, 132))
	r.RequirePortsInAnyOrder(append(ports(1, 50), ports(93, 132)...)...)
	r.append("a.log", shortLines(51, 52))
	r.waitForPolls()
	r.append("b.log", shortLines(91, 92))
	r.waitForPolls()
	r.append("a.log", shortLines(53, 90))
	r.RequirePortsInAnyOrder(ports(1, 132)...)
	r.RequireCounter("bad_lines", map[string]int64{})
	assert.Len(t, r.Logs.FilterMessageSnippet("has a header and no records").All(), 1)
}

func TestTwoFilesWithTheSameContentAreReadOnce(t *testing.T) {
	r := newFixture(t)
	r.write("a.log", lines(1, 100))
	r.write("b.log.gz", gzipped(t, lines(1, 100)))
	r.start()
	r.RequirePorts(ports(1, 100)...)
	r.waitForPolls()
	r.write("c.log.gz", gzippedFast(t, lines(1, 100)))
	r.waitForPolls()
	require.Equal(t, 100, r.Sink.LogRecordCount())
}
