// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension/xextension/storage"
)

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
