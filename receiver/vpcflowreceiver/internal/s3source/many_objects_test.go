// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

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
)

// Thousands of objects in all forms and both layouts, each told of twice, while the queue redelivers, connections break,
// the next consumer refuses, some objects cannot be read, and the receiver is stopped and started again and again: each
// record comes, and none comes twice.
func TestThousandsOfObjectsThroughAllThatCanHappen(t *testing.T) {
	const objects, perObject = 2000, 7
	e, q, r := newS3Emulator(t), newSQSEmulator(t, 1000), newRig(t)
	r.keepPositions()
	r.hears(e, q).MaxConcurrentObjects = 8
	r.cfg.MaxBatchSize = 3
	random := rand.New(rand.NewPCG(1, 2))

	poison, messages := 0, 0
	tell := func(o object) {
		bodies := []string{notification(o), fromSNS(notification(o)), fromEventBridge("Object Created", o)}
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
		tell(e.put(fmt.Sprintf(layout, 1+i%28, i, forms[form].key), forms[form].make(t, first, first+perObject-1)))
	}
	for i := range 5 {
		gone := e.put(fmt.Sprint("poison/gone-", i), v2(1, 1))
		gone.key += "x"
		tell(gone)
		tell(e.put(fmt.Sprint("poison/secret-", i), v2(1, 1)))
		tell(e.put(fmt.Sprint("poison/corrupt-", i), zip(t, v2(1, 1000))[:20]+strings.Repeat("x", 2000)))
		poison += 3 * 2
	}
	var asked atomic.Int64
	e.intercept(func(w http.ResponseWriter, r *http.Request, key string) bool {
		if strings.HasPrefix(key, "poison/secret") {
			w.WriteHeader(http.StatusForbidden)
			return true
		}
		if asked.Add(1)%10 == 0 {
			e.backend.ServeHTTP(&cutWriter{ResponseWriter: w, left: 100}, r)
			return true
		}
		return false
	})
	var offered atomic.Int64
	r.next = consumerOf(t, func(ctx context.Context, logs plog.Logs) error {
		if offered.Add(1)%50 == 0 {
			return errors.New("not now")
		}
		return r.sink.ConsumeLogs(ctx, logs)
	})

	for stop := 1; stop <= 4; stop++ {
		r.startS3()
		require.Eventually(t, func() bool {
			return r.sink.LogRecordCount() >= stop*objects*perObject/5
		}, 6*timeout, tick)
		r.stop()
		q.expire()
	}
	r.startS3()
	looks := 0
	require.Eventually(t, func() bool {
		if looks++; looks%100 == 0 {
			q.expire()
		}
		queued, _ := q.left()
		return queued == poison
	}, 6*timeout, tick)
	r.stop()
	queued, dead := q.left()
	assert.Equal(t, poison, queued)
	assert.Zero(t, dead)
	require.Equal(t, upTo(1, objects*perObject), slices.Sorted(slices.Values(sourcePorts(r.sink.AllLogs()))))
	assert.GreaterOrEqual(t, q.times("DeleteMessage"), messages-poison)
}
