// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap/zapcore"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingesttest"
)

func TestObjectsThatCannotBeFetchedDoNotBlockOthers(t *testing.T) {
	for code, status := range map[string]int{"AccessDenied": 403, "NoSuchKey": 404, "InternalError": 500} {
		t.Run(code, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newPollerFixture(t)
				r.config.StartTime, r.config.EndTime = bubbleBegin.Add(-3*oneDay), bubbleBegin.Add(-2*oneDay)
				l := layouts("")
				r.fill(l[:4], every(4*time.Hour, r.config.StartTime, r.config.EndTime), 2)
				bad := l[5].key(r.config.StartTime.Add(8*time.Hour), 0)
				last := l[5].key(r.config.EndTime.Add(-time.Minute), 0)
				for _, key := range []string{bad, last} {
					r.bucket.put(key, ingesttest.Gzip(t, ingesttest.Lines(60000, 60000)))
				}
				r.bucket.fail(status, code, func(q *http.Request) bool {
					return strings.HasSuffix(q.URL.Path, bad) || strings.HasSuffix(q.URL.Path, last)
				})
				r.start()
				for len(r.message(objectGivenUp)) == 0 {
					pass(time.Minute)
				}
				r.has(r.port)
				for i, key := range []string{bad, last}[:len(r.message(objectGivenUp))] {
					fields := r.message(objectGivenUp)[i].ContextMap()
					assert.Equal(t, key, fields["key"])
					assert.Equal(t, zapcore.ErrorLevel, r.message(objectGivenUp)[i].Level)
					assert.Contains(t, []any{"denied", "missing", "unreadable"}, fields["outcome"])
				}
				assert.Equal(t, code == "NoSuchKey", len(r.message(rangeRead)) > 0, "a deleted object is given up at once")
				pass(10 * time.Hour)
				require.Len(t, r.message(objectGivenUp), 2)
				assert.Equal(t, last, r.message(objectGivenUp)[1].ContextMap()["key"])
				require.Len(t, r.message(rangeRead), 1)
				assert.EqualValues(t, 2, r.message(rangeRead)[0].ContextMap()["objects_given_up"])
				r.RequireCounter("s3.skipped", map[string]int64{"given_up": 2})
				r.has(r.port)
			})
		})
	}
}

func TestNoObjectIsGivenUpDuringAnOutage(t *testing.T) {
	for name, restart := range map[string]bool{"with a restart": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newPollerFixture(t)
				r.config.StartTime, r.config.EndTime = bubbleBegin.Add(-30*oneDay), bubbleBegin.Add(-2*oneDay)
				l := layouts("")[:2]
				r.fill(l, every(time.Hour, r.config.StartTime, r.config.EndTime), 1)
				r.bucket.fail(403, "AccessDenied", func(q *http.Request) bool { return !isList(q) })
				r.start()
				pass(time.Hour)
				r.has(0)
				logged := r.message(allFailed)
				require.NotEmpty(t, logged)
				assert.Contains(t, logged[0].ContextMap()["required_permission"], "s3:GetObject")
				if restart {
					r.stop()
					r.start()
				}
				r.bucket.fail(0, "", nil)
				pass(time.Hour)
				synctest.Wait()
				assert.Empty(t, r.message(objectGivenUp))
				require.Len(t, r.message(rangeRead), 1)
				assert.EqualValues(t, r.port, r.message(rangeRead)[0].ContextMap()["objects"])
				assert.ElementsMatch(t, ingesttest.PortRange(1, r.port), ingesttest.SourcePorts(r.Sink.AllLogs()))
			})
		})
	}
}

// The position must not move past an object that waits, even if a later object is given up at once. Otherwise the waiting
// object is lost at a restart.
func TestPositionStaysBeforeAnObjectThatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newPollerFixture(t)
		r.config.StartTime, r.config.EndTime = bubbleBegin.Add(-3*oneDay), bubbleBegin.Add(-2*oneDay)
		l, at := layouts("")[0], r.config.StartTime.Add(time.Hour)
		denied, missing := l.key(at, 0), l.key(at.Add(time.Hour), 0)
		r.bucket.put(denied, ingesttest.Gzip(t, ingesttest.Lines(1, 3)))
		r.bucket.put(missing, ingesttest.Gzip(t, ingesttest.Lines(60000, 60000)))
		r.bucket.failEach(func(q *http.Request) (status int, code string) {
			switch {
			case strings.HasSuffix(q.URL.Path, denied):
				return 403, "AccessDenied"
			case strings.HasSuffix(q.URL.Path, missing):
				return 404, "NoSuchKey"
			}
			return 0, ""
		})
		r.start()
		pass(30 * time.Second) // One pass; the next one follows after poll_interval.
		stored, err := loadPollRange(t.Context(), r.storage, r.config, time.Now())
		require.NoError(t, err)
		assert.Equal(t, r.config.StartTime, stored.Position.Time)
		r.stop()

		// Access is granted before the next pass.
		r.bucket.fail(http.StatusNotFound, "NoSuchKey", func(q *http.Request) bool { return strings.HasSuffix(q.URL.Path, missing) })
		r.start()
		pass(30 * time.Second)
		r.has(3)
		require.Len(t, r.message(rangeRead), 1)
		assert.EqualValues(t, 1, r.message(rangeRead)[0].ContextMap()["objects_given_up"])
	})
}

func TestCorruptObjectsAreCountedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pass(12 * time.Hour)
		r := newPollerFixture(t)
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
		r.RequireCounter("s3.objects", map[string]int64{"read": 4, "truncated": 1, "incomplete": 1, "empty": 1})
	})
}

func TestReplacedObjectIsReadAsItIsNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newPollerFixture(t)
		r.config.StartTime, r.config.EndTime = bubbleBegin.Add(-3*oneDay), bubbleBegin.Add(-2*oneDay)
		key := layouts("")[0].key(r.config.StartTime, 0)
		r.bucket.put(key, ingesttest.Gzip(t, ingesttest.Lines(60000, 60000)))
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
		assert.Len(t, r.message(rangeRead), 1)
	})
}

func TestBrokenConnectionsLoseNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newPollerFixture(t)
		r.config.StartTime, r.config.EndTime = bubbleBegin.Add(-3*oneDay), bubbleBegin.Add(-2*oneDay)
		r.fill(layouts(""), every(4*time.Hour, r.config.StartTime, r.config.EndTime), 500)
		var n atomic.Int64
		r.bucket.corruptBodies(func(q *http.Request, body string) (string, error) {
			if isList(q) || n.Add(1)%3 == 0 {
				return body, nil
			}
			return body[:len(body)/2], errors.New("the connection broke")
		})
		r.start()
		pass(time.Hour)
		r.has(r.port)
		assert.Len(t, r.message(rangeRead), 1)
		assert.Empty(t, r.message(objectGivenUp))
	})
}

func TestStorageErrorsOfTheProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newPollerFixture(t)
		r.config.StartTime, r.config.EndTime = bubbleBegin.Add(-3*oneDay), bubbleBegin.Add(-2*oneDay)
		r.fill(layouts("")[:1], every(4*time.Hour, r.config.StartTime, r.config.EndTime), 1)
		require.NoError(t, r.storage.Set(t.Context(), pollRangeKey(r.config), []byte("{")))
		assert.ErrorContains(t, r.tryStart(nil), "start_time")
		r.stop()

		require.NoError(t, r.storage.Delete(t.Context(), pollRangeKey(r.config)))
		r.start()
		r.storage.Break()
		r.has(6)
		assert.Len(t, r.message("fail to save progress"), 1)
	})
}
