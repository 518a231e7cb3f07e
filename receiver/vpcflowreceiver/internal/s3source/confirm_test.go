// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingesttest"
)

// oneRecordObjects has an object with one record under each key. It counts the requests by key.
type oneRecordObjects struct {
	s3Client
	requested map[string]int
}

func (f *oneRecordObjects) GetObject(_ context.Context, in *s3.GetObjectInput, _ ...func(*s3.Options)) (*s3.GetObjectOutput, error) {
	f.requested[aws.ToString(in.Key)]++
	text := ingesttest.Lines(1, 1)
	return &s3.GetObjectOutput{Body: io.NopCloser(strings.NewReader(text)), ETag: in.IfMatch, ContentLength: aws.Int64(int64(len(text)))}, nil
}

func announce(n int) string {
	return s3Notification(object{bucket: "b", key: fmt.Sprint(n), etag: "e", size: int64(len(ingesttest.Lines(1, 1)))})
}

// queueFixture is a source with one worker whose consumer keeps state.
type queueFixture struct {
	*fixture
	keeper  *ingesttest.Keeper
	queue   *fakeQueue
	objects *oneRecordObjects
	storage *ingesttest.Storage
}

func newQueueFixture(t *testing.T, bodies ...string) *queueFixture {
	r := &queueFixture{
		fixture: newFixture(t), queue: &fakeQueue{bodies: bodies, begin: time.Now()}, storage: ingesttest.NewStorage(nil),
		objects: &oneRecordObjects{requested: map[string]int{}},
	}
	r.config.MaxConcurrentObjects, r.config.SQSQueueURL = 1, "http://queue.test/1/q"
	r.keeper = r.Keep()
	return r
}

func (r *queueFixture) start() {
	r.t.Helper()
	r.build()
	require.NoError(r.t, r.source.start(r.t.Context(), r.objects, r.queue, r.storage))
	synctest.Wait()
}

func TestMessageIsDeletedWhenItsObjectIsConfirmed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newQueueFixture(t, announce(1), announce(2), announce(1))
		r.start()
		require.Equal(t, 2, r.Sink.LogRecordCount(), "the worker continues with the next message, and a repeated message is recognized")
		require.Empty(t, r.queue.deleted)
		time.Sleep(100 * time.Second) //nolint:forbidigo // uses the clock of the bubble
		synctest.Wait()
		require.Len(t, r.queue.extended, 3*2, "they stay hidden")
		r.keeper.Confirm()
		synctest.Wait()
		require.Equal(t, []time.Duration{100 * time.Second, 100 * time.Second, 100 * time.Second}, r.queue.deleted)
		require.Equal(t, map[string]int{"1": 1, "2": 1}, r.objects.requested)
		r.RequireCounter("s3.messages", map[string]int64{"deleted": 3})
		r.stop()
	})
}

func TestObjectThatIsNotConfirmedIsReadAgainAfterACrash(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newQueueFixture(t, announce(1))
		r.start()
		first := r.keeper.Positions()
		r.storage = ingesttest.NewStorage(r.storage.Values()) // as the crash leaves it
		r.source.ingester.Close()
		r.stop()
		require.Empty(t, r.queue.deleted)

		r.keeper = r.Keep()
		r.queue.bodies = []string{announce(1)}
		r.start()
		require.Equal(t, first, r.keeper.Positions(), "the same input and position")
		r.keeper.Confirm()
		synctest.Wait()
		require.Len(t, r.queue.deleted, 1)
		r.stop()

		r.queue.bodies = []string{announce(1)}
		r.start()
		require.Equal(t, 2, r.objects.requested["1"], "it is known")
		r.stop()
	})
}

func TestShutdownConfirmsAndDeletesMessages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newQueueFixture(t, announce(1), announce(2))
		r.keeper.ConfirmWhenAsked()
		r.start()
		require.Empty(t, r.queue.deleted)
		r.stop()
		require.Len(t, r.queue.deleted, 2)
	})
}

func TestShutdownDoesNotWaitLongForAComponentThatCannotSave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newQueueFixture(t, announce(1))
		r.start()
		begin := time.Now()
		r.stop()
		require.Equal(t, 3*time.Second, time.Since(begin))
		require.Empty(t, r.queue.deleted, "the queue delivers the message again")
	})
}

func TestMessagesThatAreNotConfirmedAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newQueueFixture(t)
		for n := range maxUnconfirmed + 5 {
			r.queue.bodies = append(r.queue.bodies, announce(n))
		}
		r.start()
		require.Equal(t, maxUnconfirmed+1, r.Sink.LogRecordCount(), "the last one waits for a place")
		require.Equal(t, int64(1), r.keeper.Requested.Load())
		r.keeper.Confirm()
		synctest.Wait()
		require.Equal(t, maxUnconfirmed+5, r.Sink.LogRecordCount())
		r.keeper.Confirm()
		synctest.Wait()
		require.Len(t, r.queue.deleted, maxUnconfirmed+5)
		r.stop()
	})
}

func TestPositionOfAPollWaitsForTheConfirmation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newPollerFixture(t)
		keeper := r.Keep()
		r.config.StartTime, r.config.EndTime = bubbleBegin.Add(-3*oneDay), bubbleBegin.Add(-2*oneDay)
		r.fill(layouts("")[:1], every(4*time.Hour, r.config.StartTime, r.config.EndTime), 2)
		r.start()
		pass(time.Minute)
		r.has(r.port)
		require.Positive(t, keeper.Requested.Load(), "a pass ends with a save")
		require.Empty(t, r.message(rangeRead))
		before := r.storage.Values()

		keeper.Confirm()
		pass(time.Minute)
		require.Len(t, r.message(rangeRead), 1)
		require.EqualValues(t, r.port, r.message(rangeRead)[0].ContextMap()["records"])
		r.stop()

		// After a crash before the confirmation, everything is read again, from the same positions.
		first := keeper.Positions()
		r.storage = ingesttest.NewStorage(before)
		keeper = r.Keep()
		keeper.ConfirmWhenAsked()
		r.start()
		pass(time.Minute)
		assert.Equal(t, first, keeper.Positions())
		require.Len(t, r.message(rangeRead), 1)
		r.stop()
	})
}

func TestObjectsOfAPollThatAreNotConfirmedAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newPollerFixture(t)
		keeper := r.Keep()
		r.config.StartTime, r.config.EndTime = bubbleBegin.Add(-30*oneDay), bubbleBegin.Add(-2*oneDay)
		r.fill(layouts("")[:1], every(30*time.Minute, r.config.StartTime, r.config.EndTime), 1)
		require.Greater(t, r.port, maxUnconfirmed+50)
		r.start()
		pass(time.Minute)
		require.LessOrEqual(t, r.Sink.LogRecordCount(), maxUnconfirmed+2)
		keeper.ConfirmWhenAsked()
		keeper.Confirm()
		r.stop()
	})
}
