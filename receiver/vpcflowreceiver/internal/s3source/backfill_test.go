// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingesttest"
)

func TestBackfillThenQueueReadsEachObjectOnce(t *testing.T) {
	e, q, r := newS3Emulator(t), newSQSEmulator(t, 3), newFixture(t)
	r.storage = ingesttest.OpenFileStorage(t)
	today := time.Now().UTC().Truncate(oneDay)
	c := r.usesQueue(e, q)
	c.StartTime = today.Add(-2 * oneDay)
	port := 0
	put := func(l layout, at time.Time, announce bool) {
		content := ingesttest.Gzip(t, ingesttest.Lines(port+1, port+4))
		if l.parquet {
			content = ingesttest.ParquetRows(t, port+1, port+4)
		}
		port += 4
		if o := e.put(l.key(at, port), content); announce {
			q.send(s3Notification(o))
		}
	}
	for _, at := range every(2*time.Hour, c.StartTime, today) {
		for _, l := range layouts("") {
			put(l, at, !at.Before(today.Add(-4*time.Hour)))
		}
	}
	r.start()
	r.RequirePortsInAnyOrder(ingesttest.PortRange(1, port)...)
	put(layouts("")[0], time.Now().Add(10*time.Minute), true)
	r.RequirePortsInAnyOrder(ingesttest.PortRange(1, port)...)
	r.queueHas(q, 0)
	r.RequireCounter("s3.objects", map[string]int64{"read": int64(port / 4), "known": 16})
	r.stop()

	r.start()
	put(layouts("")[1], time.Now().Add(10*time.Minute), true)
	r.RequirePortsInAnyOrder(ingesttest.PortRange(1, port)...)
	r.queueHas(q, 0)
	require.Equal(t, port, r.Sink.LogRecordCount())
}
