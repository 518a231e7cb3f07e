// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingesttest"
)

// Thousands of objects of all kinds and both layouts are announced twice. The queue redelivers messages,
// connections break, the next consumer refuses records, some objects cannot be read, and the source restarts. Each record
// is delivered once.
func TestThousandsOfObjectsWithFailuresAndRestarts(t *testing.T) {
	const objects, perObject = 2000, 7
	e, q, r := newS3Emulator(t), newSQSEmulator(t, 1000), newFixture(t)
	r.storage = ingesttest.OpenFileStorage(t)
	r.usesQueue(e, q).MaxConcurrentObjects = 8
	r.Config.MaxBatchSize = 3
	random := rand.New(rand.NewPCG(1, 2))

	poison, messages := 0, 0
	announce := func(o object) {
		bodies := []string{s3Notification(o), wrapSNS(s3Notification(o)), eventBridgeEvent("Object Created", o)}
		for range 2 {
			q.send(bodies[random.IntN(len(bodies))])
			messages++
		}
	}
	for i := range objects {
		first := 1 + i*perObject
		form := map[int]string{0: "text", 1: "gzip", 2: "Parquet", 3: "zipped envelopes"}[i%4]
		layout := "AWSLogs/123456789010/vpcflowlogs/eu-west-1/2026/01/%02d/%d-%s"
		if i%3 == 0 {
			layout = "AWSLogs/aws-account-id=123456789010/aws-service=vpcflowlogs/aws-region=eu-west-1/year=2026/month=01/day=%02d/%d-%s"
		}
		announce(e.put(fmt.Sprintf(layout, 1+i%28, i, forms[form].key), forms[form].make(t, first, first+perObject-1)))
	}
	for i := range 5 {
		gone := e.put(fmt.Sprint("poison/gone-", i), ingesttest.Lines(1, 1))
		gone.key += "x"
		announce(gone)
		announce(e.put(fmt.Sprint("poison/secret-", i), ingesttest.Lines(1, 1)))
		announce(e.put(fmt.Sprint("poison/corrupt-", i), ingesttest.Gzip(t, ingesttest.Lines(1, 1000))[:20]+strings.Repeat("x", 2000)))
		poison += 3 * 2
	}
	var requested atomic.Int64
	e.intercept(func(w http.ResponseWriter, r *http.Request, key string) bool {
		if strings.HasPrefix(key, "poison/secret") {
			w.WriteHeader(http.StatusForbidden)
			return true
		}
		if requested.Add(1)%10 == 0 {
			e.backend.ServeHTTP(&cutWriter{ResponseWriter: w, left: 100}, r)
			return true
		}
		return false
	})
	var offered atomic.Int64
	r.Next = ingesttest.Consumer(t, func(ctx context.Context, logs plog.Logs) error {
		if offered.Add(1)%50 == 0 {
			return errors.New("not now")
		}
		return r.Sink.ConsumeLogs(ctx, logs)
	})

	for stop := 1; stop <= 4; stop++ {
		r.start()
		require.Eventually(t, func() bool {
			return r.Sink.LogRecordCount() >= stop*objects*perObject/5
		}, 6*ingesttest.Timeout, ingesttest.Tick)
		r.stop()
		q.expire()
	}
	r.start()
	looks := 0
	require.Eventually(t, func() bool {
		if looks++; looks%100 == 0 {
			q.expire()
		}
		queued, _ := q.left()
		return queued == poison
	}, 6*ingesttest.Timeout, ingesttest.Tick)
	r.stop()
	queued, dead := q.left()
	assert.Equal(t, poison, queued)
	assert.Zero(t, dead)
	require.Equal(t, ingesttest.PortRange(1, objects*perObject), slices.Sorted(slices.Values(ingesttest.SourcePorts(r.Sink.AllLogs()))))
	assert.GreaterOrEqual(t, q.times("DeleteMessage"), messages-poison)
}
