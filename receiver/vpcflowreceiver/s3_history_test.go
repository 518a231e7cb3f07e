// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/stanza/fileconsumer"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
)

// keptMemory is a storage client that outlives the receiver.
type keptMemory struct {
	mu sync.Mutex
	memory
	// broken lets nothing be stored any more.
	broken atomic.Bool
}

func (m *keptMemory) Get(ctx context.Context, key string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.memory.Get(ctx, key)
}

func (m *keptMemory) Set(ctx context.Context, key string, value []byte) error {
	return m.Batch(ctx, storage.SetOperation(key, value))
}

func (m *keptMemory) Delete(ctx context.Context, key string) error {
	return m.Batch(ctx, storage.DeleteOperation(key))
}

func (m *keptMemory) Batch(ctx context.Context, ops ...*storage.Operation) error {
	if m.broken.Load() {
		return errDisk
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.memory.Batch(ctx, ops...)
}

func (m *keptMemory) Close(context.Context) error { return nil }

// historyRig is a receiver that lists a bucket in this process, in the time of a bubble.
type historyRig struct {
	*rig
	bucket  *memoryBucket
	config  *s3Config
	kept    *keptMemory
	history *history
	// port is that of the last record that was put into the bucket.
	port int
}

func newHistoryRig(t testing.TB) *historyRig {
	r := &historyRig{rig: newRig(t), bucket: newMemoryBucket(t), kept: &keptMemory{memory: memory{}}}
	r.cfg.Files = configoptional.None[fileconsumer.Config]()
	r.cfg.S3 = configoptional.Some(defaultS3())
	r.config = r.cfg.S3.Get()
	r.config.Bucket = bucketName
	t.Cleanup(r.stop)
	return r
}

// prepare makes the receiver, as it is configured, without starting it.
func (r *historyRig) prepare() {
	r.t.Helper()
	require.NoError(r.t, r.cfg.Validate())
	r.build()
	r.history = r.receiver.(*vpcFlowReceiver).sources[0].(*history)
}

func (r *historyRig) start() {
	r.t.Helper()
	r.prepare()
	require.NoError(r.t, r.history.begin(r.t.Context(), r.bucket.client(), nil, r.kept))
}

// fill puts an object with some records, the ports of which go on in the order of time, into each layout at each time.
func (r *historyRig) fill(all []layout, times []time.Time, records int) {
	r.t.Helper()
	keys := r.bucket.order(all, times)
	contents := map[string]string{}
	for _, key := range keys {
		contents[key] = r.content(key, records)
	}
	for _, i := range rand.New(rand.NewPCG(1, 2)).Perm(len(keys)) {
		r.bucket.put(keys[i], contents[keys[i]])
	}
}

// content makes what is in the object of a key: records with the next ports.
func (r *historyRig) content(key string, records int) string {
	first := r.port + 1
	r.port += records
	if strings.HasSuffix(key, ".parquet") {
		return parquetRows(r.t, first, r.port)
	}
	return zip(r.t, v2(first, r.port))
}

// has checks that the records with the ports from 1 to last, and no others, came, in that order.
func (r *historyRig) has(last int) {
	r.t.Helper()
	synctest.Wait()
	require.Equal(r.t, upTo(1, last), sourcePorts(r.sink.AllLogs()))
}

func (r *historyRig) message(text string) []observer.LoggedEntry {
	return r.logs.FilterMessage(text).All()
}

const (
	allRead   = "All flow logs of the range are read"
	wereRead  = "The flow logs of the range were read before; to read others, change start_time or end_time"
	lostOne   = "An object cannot be fetched and is passed over"
	allFailed = "No object can be fetched; reading waits until the first can be"
)

func TestAMonthOfAllLayoutsIsReadInTheOrderOfTime(t *testing.T) {
	for _, width := range []int{1, 4} {
		synctest.Test(t, func(t *testing.T) {
			r := newHistoryRig(t)
			r.config.StartTime, r.config.EndTime = bubbleBegin.Add(-32*day), bubbleBegin.Add(-2*day)
			r.config.MaxConcurrentObjects = width
			times := every(5*time.Hour+5*time.Minute, r.config.StartTime, r.config.EndTime)
			r.fill(layouts(""), times, 3)
			r.bucket.put(layouts("")[0].key(r.config.StartTime.Add(-5*time.Minute), 0), zip(t, v2(60000, 60000)))
			r.bucket.put(layouts("")[0].key(r.config.EndTime, 0), zip(t, v2(60001, 60001)))
			r.start()
			r.has(3 * 8 * len(times))
			told := r.message(allRead)
			require.Len(t, told, 1)
			fields := told[0].ContextMap()
			assert.EqualValues(t, 8*len(times), fields["objects"])
			assert.EqualValues(t, 3*8*len(times), fields["records"])
			assert.EqualValues(t, 0, fields["bad_lines"])
			assert.EqualValues(t, 0, fields["objects_given_up"])
			assert.Equal(t, "100.0%", fields["done"])
			r.counted("s3.objects", map[string]int64{"read": int64(8 * len(times))})
			r.bucket.lists()
			r.stop()

			// After a restart, it knows that all is done.
			pass(day)
			r.start()
			synctest.Wait()
			assert.Len(t, r.message(wereRead), 1)
			assert.Empty(t, r.bucket.lists())
			r.has(3 * 8 * len(times))
		})
	}
}

func TestAnEndThatIsMovedIsReadOnTo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newHistoryRig(t)
		r.config.StartTime, r.config.EndTime = bubbleBegin.Add(-3*day), bubbleBegin.Add(-2*day)
		times := every(time.Hour, r.config.StartTime, bubbleBegin)
		r.fill(layouts("")[:2], times, 1)
		r.start()
		r.has(48)
		r.stop()
		r.config.EndTime = bubbleBegin.Add(-day)
		r.start()
		r.has(96)
		require.Len(t, r.message(allRead), 1)
		assert.EqualValues(t, 96, r.message(allRead)[0].ContextMap()["objects"])
		r.stop()
		r.config.StartTime = bubbleBegin.Add(-3*day + time.Hour)
		r.start()
		r.has(96)
		r.counted("s3.objects", map[string]int64{"read": 96, "known": 94})
	})
}

func TestReadingGoesOnAfterARestartWithoutLossOrRepetition(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for _, width := range []int{1, 2, 4} {
		for range 2 {
			synctest.Test(t, func(t *testing.T) {
				r := newHistoryRig(t)
				r.cfg.MaxBatchSize = 7
				r.config.StartTime, r.config.EndTime = bubbleBegin.Add(-3*day), bubbleBegin.Add(-day)
				r.config.MaxConcurrentObjects = width
				r.fill(layouts(""), every(4*time.Hour, r.config.StartTime, r.config.EndTime), 30)
				var left atomic.Int64
				full := make(chan struct{}, 1)
				r.next = consumerOf(t, func(ctx context.Context, logs plog.Logs) error {
					if left.Add(-1) < 0 {
						select {
						case full <- struct{}{}:
						default:
						}
						return errors.New("not now")
					}
					pass(30 * time.Millisecond)
					return r.sink.ConsumeLogs(ctx, logs)
				})
				starts := 0
				for r.sink.LogRecordCount() < r.port {
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

func TestAfterACrashAtMostTheLastTenthOfASecondIsReadAgain(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	for range 5 {
		synctest.Test(t, func(t *testing.T) {
			r := newHistoryRig(t)
			r.cfg.MaxBatchSize = 7
			r.config.StartTime, r.config.EndTime = bubbleBegin.Add(-3*day), bubbleBegin.Add(-2*day)
			r.fill(layouts(""), every(4*time.Hour, r.config.StartTime, r.config.EndTime), 30)
			r.next = consumerOf(t, func(ctx context.Context, logs plog.Logs) error {
				pass(30 * time.Millisecond)
				return r.sink.ConsumeLogs(ctx, logs)
			})
			r.start()
			pass(time.Duration(random.IntN(5000)) * time.Millisecond)
			// What is stored by now is all that a crash leaves.
			r.kept.mu.Lock()
			left, accepted := maps.Clone(r.kept.memory), r.sink.LogRecordCount()
			r.kept.mu.Unlock()
			r.stop()
			r.sink.Reset()
			r.kept = &keptMemory{memory: left}
			r.start()
			pass(time.Minute)
			synctest.Wait()
			ports := sourcePorts(r.sink.AllLogs())
			require.NotEmpty(t, ports)
			assert.LessOrEqual(t, ports[0], accepted+1)
			assert.Greater(t, ports[0], accepted-5*7)
			assert.Equal(t, upTo(ports[0], r.port), ports)
		})
	}
}

func TestARangeThatEndsNowIsReadUntilNothingComesAnyMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newHistoryRig(t)
		r.config.StartTime, r.config.EndTime = bubbleBegin.Add(-day), bubbleBegin.Add(time.Hour)
		l := layouts("")[0]
		r.fill([]layout{l}, every(time.Hour, r.config.StartTime, bubbleBegin), 1)
		r.start()
		r.has(24)
		r.bucket.put(l.key(bubbleBegin.Add(55*time.Minute), 1), r.content("", 1))
		r.bucket.put(l.key(bubbleBegin.Add(time.Hour), 1), zip(t, v2(60000, 60000)))
		pass(2 * time.Minute)
		r.has(25)
		assert.Empty(t, r.message(allRead))
		pass(time.Hour + 57*time.Minute)
		r.bucket.put(l.key(bubbleBegin.Add(59*time.Minute), 1), r.content("", 1))
		pass(2 * time.Minute)
		r.has(26)
		assert.Len(t, r.message(allRead), 1)
		r.bucket.put(l.key(bubbleBegin.Add(45*time.Minute), 1), zip(t, v2(60000, 60000)))
		pass(day)
		r.has(26)
	})
}

func TestFollowingFindsWhatIsNewAndWhatComesLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pass(21 * time.Hour)
		r := newHistoryRig(t)
		r.config.Follow = true
		all := layouts("")
		begin := time.Now()
		r.bucket.put(all[0].key(begin.Add(-time.Hour-5*time.Minute), 0), zip(t, v2(60000, 60000)))
		r.fill(all, []time.Time{begin.Add(-time.Hour), begin.Add(-30 * time.Minute)}, 2)
		r.start()
		r.has(32)
		steps := 6 * 12
		for i := range steps {
			at := begin.Add(time.Duration(i) * 5 * time.Minute)
			r.fill(all[:2], []time.Time{at}, 2)
			pass(3 * time.Minute)
			r.has(r.port)
			// One is late by less than the lookback, in the folder of yesterday perhaps.
			r.bucket.put(all[3].key(at.Add(-50*time.Minute), i), r.content("", 1))
			// Another is late by more: nobody looks for it.
			if late := at.Add(-70 * time.Minute); late.After(begin) {
				r.bucket.put(all[3].key(late, 1000+i), zip(t, v2(60000, 60000)))
			}
			pass(2 * time.Minute)
			r.has(r.port)
		}
		r.counted("s3.objects", map[string]int64{"read": int64(16 + 3*steps)})
		assert.Len(t, r.message("All flow logs that there are by now are read; new ones are looked for"), 1)
		assert.Empty(t, r.message("Reading flow logs"))
	})
}

func TestFollowingGoesOnAfterARestartAlsoWithWhatCameLate(t *testing.T) {
	for _, pause := range []time.Duration{0, 30 * time.Minute, 30 * time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			r := newHistoryRig(t)
			r.config.Follow, r.config.StartTime = true, bubbleBegin.Add(-day)
			l := layouts("")
			r.fill(l, every(5*time.Minute, bubbleBegin.Add(-2*time.Hour), bubbleBegin), 1)
			r.start()
			r.has(8 * 24)
			pass(90 * time.Second)
			r.stop()
			r.bucket.put(l[1].key(bubbleBegin.Add(-40*time.Minute), 1), r.content("", 1))
			pass(pause)
			r.bucket.put(l[0].key(bubbleBegin.Add(5*time.Minute), 1), r.content("", 1))
			r.start()
			r.has(8*24 + 2)
			r.counted("s3.objects", map[string]int64{"read": 8*24 + 2, "known": 8 * 11})
		})
	}
}

func TestWhatCannotBeFetchedKeepsNothingUp(t *testing.T) {
	for code, status := range map[string]int{"AccessDenied": 403, "NoSuchKey": 404, "InternalError": 500} {
		t.Run(code, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newHistoryRig(t)
				r.config.StartTime, r.config.EndTime = bubbleBegin.Add(-3*day), bubbleBegin.Add(-2*day)
				l := layouts("")
				r.fill(l[:4], every(4*time.Hour, r.config.StartTime, r.config.EndTime), 2)
				bad := l[5].key(r.config.StartTime.Add(8*time.Hour), 0)
				last := l[5].key(r.config.EndTime.Add(-time.Minute), 0)
				for _, key := range []string{bad, last} {
					r.bucket.put(key, zip(t, v2(60000, 60000)))
				}
				r.bucket.fail(status, code, func(q *http.Request) bool {
					return strings.HasSuffix(q.URL.Path, bad) || strings.HasSuffix(q.URL.Path, last)
				})
				r.start()
				for len(r.message(lostOne)) == 0 {
					pass(time.Minute)
				}
				r.has(r.port)
				for i, key := range []string{bad, last}[:len(r.message(lostOne))] {
					fields := r.message(lostOne)[i].ContextMap()
					assert.Equal(t, key, fields["key"])
					assert.Equal(t, zapcore.ErrorLevel, r.message(lostOne)[i].Level)
					assert.Contains(t, []any{"denied", "missing", "unreadable"}, fields["outcome"])
				}
				assert.Equal(t, code == "NoSuchKey", len(r.message(allRead)) > 0, "what is gone is given up at once")
				pass(10 * time.Hour)
				require.Len(t, r.message(lostOne), 2)
				assert.Equal(t, last, r.message(lostOne)[1].ContextMap()["key"])
				require.Len(t, r.message(allRead), 1)
				assert.EqualValues(t, 2, r.message(allRead)[0].ContextMap()["objects_given_up"])
				r.counted("s3.passed_over", map[string]int64{"given_up": 2})
				r.has(r.port)
			})
		})
	}
}

func TestNothingIsLostWhileNothingCanBeFetched(t *testing.T) {
	for name, restart := range map[string]bool{"with a restart": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newHistoryRig(t)
				r.config.StartTime, r.config.EndTime = bubbleBegin.Add(-30*day), bubbleBegin.Add(-2*day)
				l := layouts("")[:2]
				r.fill(l, every(time.Hour, r.config.StartTime, r.config.EndTime), 1)
				r.bucket.fail(403, "AccessDenied", func(q *http.Request) bool { return !isList(q) })
				r.start()
				pass(time.Hour)
				r.has(0)
				told := r.message(allFailed)
				require.NotEmpty(t, told)
				assert.Contains(t, told[0].ContextMap()["needs"], "s3:GetObject")
				if restart {
					r.stop()
					r.start()
				}
				r.bucket.fail(0, "", nil)
				pass(time.Hour)
				synctest.Wait()
				assert.Empty(t, r.message(lostOne))
				require.Len(t, r.message(allRead), 1)
				assert.EqualValues(t, r.port, r.message(allRead)[0].ContextMap()["objects"])
				assert.ElementsMatch(t, upTo(1, r.port), sourcePorts(r.sink.AllLogs()))
			})
		})
	}
}

func TestWhatIsCorruptIsReportedOnceAndTheRestIsRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pass(12 * time.Hour)
		r := newHistoryRig(t)
		r.config.Follow = true
		l, now := layouts(""), time.Now()
		r.fill(l[:2], []time.Time{now.Add(-30 * time.Minute)}, 2)
		r.bucket.put(l[0].key(now.Add(-20*time.Minute), 0), "\x1f\x8bnothing")
		r.bucket.put(l[4].key(now.Add(-20*time.Minute), 0), "PAR1nothing")
		r.bucket.put(l[1].key(now.Add(-20*time.Minute), 0), "")
		r.fill(l[:2], []time.Time{now.Add(-10 * time.Minute)}, 2)
		r.start()
		pass(30 * time.Minute)
		r.has(r.port)
		r.counted("s3.objects", map[string]int64{"read": 4, "truncated": 1, "incomplete": 1, "empty": 1})
	})
}

func TestAnObjectThatWasReplacedIsReadAsItIsNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newHistoryRig(t)
		r.config.StartTime, r.config.EndTime = bubbleBegin.Add(-3*day), bubbleBegin.Add(-2*day)
		key := layouts("")[0].key(r.config.StartTime, 0)
		r.bucket.put(key, zip(t, v2(60000, 60000)))
		var once sync.Once
		r.bucket.fail(500, "x", func(q *http.Request) bool {
			if q.Method == http.MethodGet && !isList(q) {
				once.Do(func() { r.bucket.put(key, r.content("", 3)) })
			}
			return false
		})
		r.start()
		pass(time.Minute)
		r.has(3)
		assert.Len(t, r.message(allRead), 1)
	})
}

func TestAConnectionThatBreaksInTheMiddleOfAnObjectCostsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newHistoryRig(t)
		r.config.StartTime, r.config.EndTime = bubbleBegin.Add(-3*day), bubbleBegin.Add(-2*day)
		r.fill(layouts(""), every(4*time.Hour, r.config.StartTime, r.config.EndTime), 500)
		var n atomic.Int64
		r.bucket.spoil(func(q *http.Request, body string) (string, error) {
			if isList(q) || n.Add(1)%3 == 0 {
				return body, nil
			}
			return body[:len(body)/2], errors.New("the connection broke")
		})
		r.start()
		pass(time.Hour)
		r.has(r.port)
		assert.Len(t, r.message(allRead), 1)
		assert.Empty(t, r.message(lostOne))
	})
}

func TestProgressThatCannotBeReadOrStoredIsAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newHistoryRig(t)
		r.config.StartTime, r.config.EndTime = bubbleBegin.Add(-3*day), bubbleBegin.Add(-2*day)
		r.fill(layouts("")[:1], every(4*time.Hour, r.config.StartTime, r.config.EndTime), 1)
		r.kept.memory[r.config.rangeKey()] = []byte("{")
		r.prepare()
		assert.ErrorContains(t, r.history.begin(t.Context(), r.bucket.client(), nil, r.kept), "start_time")
		r.stop()

		delete(r.kept.memory, r.config.rangeKey())
		r.start()
		r.kept.broken.Store(true)
		r.has(6)
		assert.Len(t, r.message("The storage does not work and will be tried again"), 1)
	})
}

func TestTheProgressIsToldEveryTenSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newHistoryRig(t)
		r.config.StartTime, r.config.EndTime = bubbleBegin.Add(-4*day), bubbleBegin.Add(-3*day)
		r.fill(layouts("")[:1], every(15*time.Minute, r.config.StartTime, r.config.EndTime), 10)
		r.next = consumerOf(t, func(ctx context.Context, logs plog.Logs) error {
			pass(time.Second)
			return r.sink.ConsumeLogs(ctx, logs)
		})
		r.start()
		pass(95 * time.Second)
		told := r.message("Reading flow logs")
		require.Len(t, told, 9)
		fields := told[4].ContextMap()
		assert.InDelta(t, 50, fields["objects"], 1)
		assert.InDelta(t, 500, fields["records"], 10)
		assert.InDelta(t, 10, fields["records_per_second"], 1)
		var share float64
		_, err := fmt.Sscanf(fields["done"].(string), "%f%%", &share)
		require.NoError(t, err)
		assert.InDelta(t, 100*50.0/96, share, 2.5)
		assert.Equal(t, r.config.EndTime, fields["end_time"])
		pass(time.Hour)
		assert.Len(t, r.message("Reading flow logs"), 9)
		r.has(960)
	})
}

func TestRecordsOfObjectsThatAreReadAheadWaitForTheirTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newHistoryRig(t)
		r.config.StartTime, r.config.EndTime = bubbleBegin.Add(-3*day), bubbleBegin.Add(-2*day)
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
		assert.GreaterOrEqual(t, gets, 4, "the next ones are opened meanwhile")
		pass(time.Hour)
		r.has(r.port)
	})
}

func TestAQueueGoesOnWhenTheRangeIsRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newHistoryRig(t)
		next := &followingSource{begun: make(chan int, 1), sink: r.rig}
		startWithQueue := func() {
			r.config.SQSQueueURL = "http://127.0.0.1/queue"
			r.prepare()
			r.history.next = next
			require.NoError(t, r.history.begin(t.Context(), r.bucket.client(), nil, r.kept))
		}
		// First a range alone.
		r.config.StartTime, r.config.EndTime = bubbleBegin.Add(-day), bubbleBegin.Add(-2*time.Hour)
		r.fill(layouts(""), every(time.Hour, bubbleBegin.Add(-3*time.Hour), bubbleBegin), 1)
		r.bucket.put(layouts("")[0].key(bubbleBegin.Add(5*time.Minute), 0), zip(t, v2(60000, 60000)))
		r.start()
		r.has(8)
		r.stop()
		// Then the queue is to go on, which may have begun just now.
		r.config.EndTime = time.Time{}
		startWithQueue()
		assert.Equal(t, 24, <-next.begun)
		r.has(24)
		r.stop()
		assert.True(t, next.stopped)
		// What has come since then is the queue's.
		pass(2 * day)
		r.bucket.lists()
		startWithQueue()
		<-next.begun
		assert.Empty(t, r.bucket.lists())
		r.has(24)
	})
}

// followingSource takes the place of the queue.
type followingSource struct {
	begun   chan int
	sink    *rig
	stopped bool
}

func (s *followingSource) start(context.Context, component.Host, storage.Client) error {
	s.begun <- s.sink.sink.LogRecordCount()
	return nil
}

func (s *followingSource) shutdown(context.Context) error {
	s.stopped = true
	return nil
}
