// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap/zapcore"
)

func TestManyFilesAtOnceAreReadOnce(t *testing.T) {
	for name, concurrent := range map[string]int{"one after the other": 1, "many at once": 1024} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.keepPositions()
			r.cfg.Files.Get().MaxConcurrentFiles = concurrent
			r.cfg.MaxBatchSize = 7
			for n := range 100 {
				text := shortHeader + short(n*20+1, n*20+20)
				if n%2 == 0 {
					r.write(fmt.Sprintf("%03d.log", n), text)
				} else {
					r.write(fmt.Sprintf("%03d.log.gz", n), zip(t, text))
				}
			}
			r.start()
			r.portsInAnyOrder(upTo(1, 2000)...)
			r.polled()
			r.counted("files", map[string]int64{"read": 100})
			assert.Empty(t, r.logs.FilterLevelExact(zapcore.ErrorLevel).All())
			r.stop()
			r.start()
			r.polled()
			r.portsInAnyOrder(upTo(1, 2000)...)
		})
	}
}

// The file consumer takes a file that begins with all of another for that other file, grown.
func TestFilesThatBeginAlikeAreReadEach(t *testing.T) {
	r := newRig(t)
	r.write("a.log", shortHeader)
	r.write("b.log", shortHeader)
	r.start()
	r.says(zapcore.InfoLevel, "has a header and no records", "a.log")
	for n := range 5 {
		r.write(fmt.Sprintf("c%d.log", n), shortHeader+short(n*10+1, n*10+10))
		r.polled()
	}
	r.append("c0.log", short(93, 130)) // Long enough to be told from the others by the file consumer, too.
	r.polled()
	r.append("c1.log", short(131, 132))
	r.portsInAnyOrder(append(upTo(1, 50), upTo(93, 132)...)...)
	r.append("a.log", short(51, 52))
	r.polled()
	r.append("b.log", short(91, 92))
	r.polled()
	r.append("a.log", short(53, 90))
	r.portsInAnyOrder(upTo(1, 132)...)
	r.counted("bad_lines", map[string]int64{})
	assert.Len(t, r.logs.FilterMessageSnippet("has a header and no records").All(), 1)
}

func TestTwoFilesOfTheSameContentAreReadOnce(t *testing.T) {
	r := newRig(t)
	r.write("a.log", v2(1, 100))
	r.write("b.log.gz", zip(t, v2(1, 100)))
	r.start()
	r.ports(upTo(1, 100)...)
	r.polled()
	r.write("c.log.gz", zipBadly(t, v2(1, 100)))
	r.polled()
	require.Equal(t, 100, r.sink.LogRecordCount())
}
