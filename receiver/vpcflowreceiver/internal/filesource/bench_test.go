// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package filesource

import (
	"context"
	"testing"

	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingesttest"
)

const benchRecords = 1_000_000

// BenchmarkFile reads a file of a million records of version 2 into a consumer that does nothing. Run it with -cpu 1.
func BenchmarkFile(b *testing.B) {
	text := ingesttest.RandomLog(benchRecords)
	for name, content := range map[string]string{"a.log": text, "a.log.gz": gzipped(b, text)} {
		b.Run(name, func(b *testing.B) {
			r := newFixture(b)
			r.write(name, content)
			var seen int
			done := make(chan struct{})
			r.Next = ingesttest.Consumer(b, func(_ context.Context, logs plog.Logs) error {
				if seen += logs.LogRecordCount(); seen == benchRecords {
					close(done)
				}
				return nil
			})
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				seen, done = 0, make(chan struct{})
				r.start()
				<-done
				r.stop()
			}
			b.ReportMetric(float64(benchRecords)*float64(b.N)/b.Elapsed().Seconds(), "records/s")
		})
	}
}
