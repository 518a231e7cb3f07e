// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/stretchr/testify/assert"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingesttest"
)

func TestRecentRangeIsPolledUntilLookbackIsOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newPollerFixture(t)
		r.config.StartTime, r.config.EndTime = bubbleBegin.Add(-oneDay), bubbleBegin.Add(time.Hour)
		l := layouts("")[0]
		r.fill([]layout{l}, every(time.Hour, r.config.StartTime, bubbleBegin), 1)
		r.start()
		r.has(24)
		r.bucket.put(l.key(bubbleBegin.Add(55*time.Minute), 1), r.content("", 1))
		r.bucket.put(l.key(bubbleBegin.Add(time.Hour), 1), ingesttest.Gzip(t, ingesttest.Lines(60000, 60000)))
		pass(2 * time.Minute)
		r.has(25)
		assert.Empty(t, r.message(rangeRead))
		pass(time.Hour + 57*time.Minute)
		r.bucket.put(l.key(bubbleBegin.Add(59*time.Minute), 1), r.content("", 1))
		pass(2 * time.Minute)
		r.has(26)
		assert.Len(t, r.message(rangeRead), 1)
		r.bucket.put(l.key(bubbleBegin.Add(45*time.Minute), 1), ingesttest.Gzip(t, ingesttest.Lines(60000, 60000)))
		pass(oneDay)
		r.has(26)
	})
}

func TestFollowFindsNewAndLateObjects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pass(21 * time.Hour)
		r := newPollerFixture(t)
		r.config.Follow = true
		all := layouts("")
		begin := time.Now()
		r.bucket.put(all[0].key(begin.Add(-time.Hour-5*time.Minute), 0), ingesttest.Gzip(t, ingesttest.Lines(60000, 60000)))
		r.fill(all, []time.Time{begin.Add(-time.Hour), begin.Add(-30 * time.Minute)}, 2)
		r.start()
		r.has(32)
		steps := 6 * 12
		for i := range steps {
			at := begin.Add(time.Duration(i) * 5 * time.Minute)
			r.fill(all[:2], []time.Time{at}, 2)
			pass(3 * time.Minute)
			r.has(r.port)
			// This object is late by less than lookback. It may be in the folder of yesterday.
			r.bucket.put(all[3].key(at.Add(-50*time.Minute), i), r.content("", 1))
			// This one is late by more than lookback and is not found.
			if late := at.Add(-70 * time.Minute); late.After(begin) {
				r.bucket.put(all[3].key(late, 1000+i), ingesttest.Gzip(t, ingesttest.Lines(60000, 60000)))
			}
			pass(2 * time.Minute)
			r.has(r.port)
		}
		r.RequireCounter("s3.objects", map[string]int64{"read": int64(16 + 3*steps)})
		assert.Len(t, r.message("all present flow logs read: polling for new ones"), 1)
		assert.Empty(t, r.message("reading flow logs"))
	})
}

func TestFollowContinuesAfterARestart(t *testing.T) {
	for _, pause := range []time.Duration{0, 30 * time.Minute, 30 * time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			r := newPollerFixture(t)
			r.config.Follow, r.config.StartTime = true, bubbleBegin.Add(-oneDay)
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
			r.RequireCounter("s3.objects", map[string]int64{"read": 8*24 + 2, "known": 8 * 11})
		})
	}
}

func TestQueueStartsAfterTheRange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newPollerFixture(t)
		q := &countingQueue{fixture: r.fixture, received: make(chan int, 1)}
		startWithQueue := func() {
			r.config.SQSQueueURL = "http://127.0.0.1/queue"
			r.startWithQueue(q)
		}
		// First, a range without a queue.
		r.config.StartTime, r.config.EndTime = bubbleBegin.Add(-oneDay), bubbleBegin.Add(-2*time.Hour)
		r.fill(layouts(""), every(time.Hour, bubbleBegin.Add(-3*time.Hour), bubbleBegin), 1)
		r.bucket.put(layouts("")[0].key(bubbleBegin.Add(5*time.Minute), 0), ingesttest.Gzip(t, ingesttest.Lines(60000, 60000)))
		r.start()
		r.has(8)
		r.stop()
		// Then, a range with a queue ends when it is first started.
		r.config.EndTime = time.Time{}
		startWithQueue()
		assert.Equal(t, 24, <-q.received)
		r.has(24)
		r.stop()
		// Objects that arrived since then are left to the queue.
		pass(2 * oneDay)
		r.bucket.lists()
		startWithQueue()
		<-q.received
		assert.Empty(t, r.bucket.lists())
		r.has(24)
	})
}

// countingQueue has no messages. For each request, it sends the number of records accepted so far.
type countingQueue struct {
	queueClient
	fixture  *fixture
	received chan int
}

func (q *countingQueue) ReceiveMessage(ctx context.Context, _ *sqs.ReceiveMessageInput, _ ...func(*sqs.Options)) (*sqs.ReceiveMessageOutput, error) {
	select {
	case q.received <- q.fixture.Sink.LogRecordCount():
	default:
	}
	<-ctx.Done()
	return nil, ctx.Err()
}
