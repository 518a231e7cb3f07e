// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingesttest"
)

func TestMonthOfAllLayoutsIsReadInOrder(t *testing.T) {
	for _, width := range []int{1, 4} {
		synctest.Test(t, func(t *testing.T) {
			r := newPollerFixture(t)
			r.config.StartTime, r.config.EndTime = bubbleBegin.Add(-32*oneDay), bubbleBegin.Add(-2*oneDay)
			r.config.MaxConcurrentObjects = width
			times := every(5*time.Hour+5*time.Minute, r.config.StartTime, r.config.EndTime)
			r.fill(layouts(""), times, 3)
			r.bucket.put(layouts("")[0].key(r.config.StartTime.Add(-5*time.Minute), 0), ingesttest.Gzip(t, ingesttest.Lines(60000, 60000)))
			r.bucket.put(layouts("")[0].key(r.config.EndTime, 0), ingesttest.Gzip(t, ingesttest.Lines(60001, 60001)))
			r.start()
			r.has(3 * 8 * len(times))
			logged := r.message(rangeRead)
			require.Len(t, logged, 1)
			fields := logged[0].ContextMap()
			assert.EqualValues(t, 8*len(times), fields["objects"])
			assert.EqualValues(t, 3*8*len(times), fields["records"])
			assert.EqualValues(t, 0, fields["bad_lines"])
			assert.EqualValues(t, 0, fields["objects_given_up"])
			assert.Equal(t, "100.0%", fields["done"])
			r.RequireCounter("s3.objects", map[string]int64{"read": int64(8 * len(times))})
			r.bucket.lists()
			r.stop()

			// After a restart, the range is known to be read.
			pass(oneDay)
			r.start()
			synctest.Wait()
			assert.Len(t, r.message(rangeWasRead), 1)
			assert.Empty(t, r.bucket.lists())
			r.has(3 * 8 * len(times))
		})
	}
}

func TestLaterEndTimeContinuesTheRange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newPollerFixture(t)
		r.config.StartTime, r.config.EndTime = bubbleBegin.Add(-3*oneDay), bubbleBegin.Add(-2*oneDay)
		times := every(time.Hour, r.config.StartTime, bubbleBegin)
		r.fill(layouts("")[:2], times, 1)
		r.start()
		r.has(48)
		r.stop()
		r.config.EndTime = bubbleBegin.Add(-oneDay)
		r.start()
		r.has(96)
		require.Len(t, r.message(rangeRead), 1)
		assert.EqualValues(t, 96, r.message(rangeRead)[0].ContextMap()["objects"])
		r.stop()
		r.config.StartTime = bubbleBegin.Add(-3*oneDay + time.Hour)
		r.start()
		r.has(96)
		r.RequireCounter("s3.objects", map[string]int64{"read": 96, "known": 94})
	})
}

func TestRestartsLoseAndRepeatNothing(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for _, width := range []int{1, 2, 4} {
		for range 2 {
			synctest.Test(t, func(t *testing.T) {
				r := newPollerFixture(t)
				r.Config.MaxBatchSize = 7
				r.config.StartTime, r.config.EndTime = bubbleBegin.Add(-3*oneDay), bubbleBegin.Add(-oneDay)
				r.config.MaxConcurrentObjects = width
				r.fill(layouts(""), every(4*time.Hour, r.config.StartTime, r.config.EndTime), 30)
				var left atomic.Int64
				full := make(chan struct{}, 1)
				r.Next = ingesttest.Consumer(t, func(ctx context.Context, logs plog.Logs) error {
					if left.Add(-1) < 0 {
						select {
						case full <- struct{}{}:
						default:
						}
						return errors.New("not now")
					}
					pass(30 * time.Millisecond)
					return r.Sink.ConsumeLogs(ctx, logs)
				})
				starts := 0
				for r.Sink.LogRecordCount() < r.port {
					left.Store(1 + random.Int64N(60))
					r.start()
					select {
					case <-full:
					case <-time.After(10 * time.Second):
					}
					r.stop()
					starts++
				}
				r.has(r.port)
				assert.Greater(t, starts, 5)
			})
		}
	}
}

func TestCrashRepeatsAtMostTheLast100ms(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	for range 5 {
		synctest.Test(t, func(t *testing.T) {
			r := newPollerFixture(t)
			r.Config.MaxBatchSize = 7
			r.config.StartTime, r.config.EndTime = bubbleBegin.Add(-3*oneDay), bubbleBegin.Add(-2*oneDay)
			r.fill(layouts(""), every(4*time.Hour, r.config.StartTime, r.config.EndTime), 30)
			r.Next = ingesttest.Consumer(t, func(ctx context.Context, logs plog.Logs) error {
				pass(30 * time.Millisecond)
				return r.Sink.ConsumeLogs(ctx, logs)
			})
			r.start()
			pass(time.Duration(random.IntN(5000)) * time.Millisecond)
			// After a crash, only the stored values are left.
			left, accepted := r.storage.Values(), r.Sink.LogRecordCount()
			r.stop()
			r.Sink.Reset()
			r.storage = ingesttest.NewStorage(left)
			r.start()
			pass(time.Minute)
			synctest.Wait()
			ports := ingesttest.SourcePorts(r.Sink.AllLogs())
			require.NotEmpty(t, ports)
			assert.LessOrEqual(t, ports[0], accepted+1)
			assert.Greater(t, ports[0], accepted-5*7)
			assert.Equal(t, ingesttest.PortRange(ports[0], r.port), ports)
		})
	}
}

func TestProgressIsLoggedEveryTenSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newPollerFixture(t)
		r.config.StartTime, r.config.EndTime = bubbleBegin.Add(-4*oneDay), bubbleBegin.Add(-3*oneDay)
		r.fill(layouts("")[:1], every(15*time.Minute, r.config.StartTime, r.config.EndTime), 10)
		r.Next = ingesttest.Consumer(t, func(ctx context.Context, logs plog.Logs) error {
			pass(time.Second)
			return r.Sink.ConsumeLogs(ctx, logs)
		})
		r.start()
		pass(95 * time.Second)
		logged := r.message("reading flow logs")
		require.Len(t, logged, 9)
		fields := logged[4].ContextMap()
		assert.InDelta(t, 50, fields["objects"], 1)
		assert.InDelta(t, 500, fields["records"], 10)
		assert.InDelta(t, 10, fields["records_per_second"], 1)
		var share float64
		_, err := fmt.Sscanf(fields["done"].(string), "%f%%", &share)
		require.NoError(t, err)
		assert.InDelta(t, 100*50.0/96, share, 2.5)
		assert.Equal(t, r.config.EndTime, fields["end_time"])
		pass(time.Hour)
		assert.Len(t, r.message("reading flow logs"), 9)
		r.has(960)
	})
}

func TestObjectsReadAheadWaitForTheirTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newPollerFixture(t)
		r.config.StartTime, r.config.EndTime = bubbleBegin.Add(-3*oneDay), bubbleBegin.Add(-2*oneDay)
		r.fill(layouts(""), every(4*time.Hour, r.config.StartTime, r.config.EndTime), 5)
		slow := layouts("")[0]
		r.bucket.fail(500, "x", func(q *http.Request) bool {
			if strings.Contains(q.URL.Path, slow.account+"_") {
				pass(10 * time.Second)
			}
			return false
		})
		r.start()
		pass(9 * time.Second)
		r.has(0)
		synctest.Wait()
		gets := 0
		r.bucket.mu.Lock()
		for _, request := range r.bucket.requests {
			if strings.HasPrefix(request, "GET") {
				gets++
			}
		}
		r.bucket.mu.Unlock()
		assert.GreaterOrEqual(t, gets, 4, "the next ones are opened while the first one waits")
		pass(time.Hour)
		r.has(r.port)
	})
}
