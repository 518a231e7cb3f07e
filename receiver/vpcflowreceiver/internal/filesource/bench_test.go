// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/receiver/receivertest"
)

const benchRecords = 1_000_000

// BenchmarkFile reads a file of a million records of version 2 from start to end. Run it with -cpu 1.
func BenchmarkFile(b *testing.B) {
	text := benchText(benchRecords)
	for name, content := range map[string]string{"a.log": text, "a.log.gz": zip(b, text)} {
		b.Run(name, func(b *testing.B) {
			r := newRig(b)
			r.write(name, content)
			var seen int
			done := make(chan struct{})
			next, err := consumer.NewLogs(func(_ context.Context, logs plog.Logs) error {
				if seen += logs.LogRecordCount(); seen == benchRecords {
					close(done)
				}
				return nil
			})
			require.NoError(b, err)
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				seen, done = 0, make(chan struct{})
				receiver, err := NewFactory().CreateLogs(b.Context(), receivertest.NewNopSettings(componentType), r.cfg, next)
				require.NoError(b, err)
				require.NoError(b, receiver.Start(b.Context(), componenttest.NewNopHost()))
				<-done
				require.NoError(b, receiver.Shutdown(b.Context()))
			}
			b.ReportMetric(float64(benchRecords)*float64(b.N)/b.Elapsed().Seconds(), "records/s")
		})
	}
}

// benchText is a log with as much variety as gzip finds in real ones.
func benchText(records int) string {
	random := rand.New(rand.NewPCG(1, 2))
	var text strings.Builder
	text.WriteString("version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n")
	for i := range records {
		start := 1700000000 + i/3000
		fmt.Fprintf(&text, "2 123456789010 eni-%017x 10.0.%d.%d %d.%d.%d.%d %d %d 6 %d %d %d %d ACCEPT OK\n",
			uint64(random.IntN(200))*7919, random.IntN(16), random.IntN(256),
			random.IntN(220)+1, random.IntN(256), random.IntN(256), random.IntN(256),
			1024+random.IntN(60000), []int{443, 80, 53, 22, 3306}[random.IntN(5)],
			1+random.IntN(40), 40+random.IntN(60000), start, start+60)
	}
	return text.String()
}
