// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"context"
	"errors"
	"io"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingesttest"
)

// fakeQueue returns its bodies one by one and then blocks. It records the times of requests.
type fakeQueue struct {
	begin  time.Time
	bodies []string
	// fault, if not nil, is the error of all requests except those that return a body.
	fault error

	mu       sync.Mutex // guards the fields below
	extended []time.Duration
	deleted  []time.Duration
	received []time.Duration
}

func (q *fakeQueue) ReceiveMessage(ctx context.Context, in *sqs.ReceiveMessageInput, _ ...func(*sqs.Options)) (*sqs.ReceiveMessageOutput, error) {
	q.mu.Lock()
	q.received = append(q.received, time.Since(q.begin))
	q.mu.Unlock()
	switch {
	case in.WaitTimeSeconds != 20 || in.MaxNumberOfMessages != 1 || in.VisibilityTimeout != 120:
		return nil, errors.New("unexpected request")
	case len(q.bodies) > 0:
		body := q.bodies[0]
		q.bodies = q.bodies[1:]
		return &sqs.ReceiveMessageOutput{Messages: []types.Message{{Body: &body, ReceiptHandle: aws.String("receipt")}}}, nil
	case q.fault != nil:
		return nil, q.fault
	}
	<-ctx.Done()
	return nil, ctx.Err()
}

func (q *fakeQueue) DeleteMessage(_ context.Context, in *sqs.DeleteMessageInput, _ ...func(*sqs.Options)) (*sqs.DeleteMessageOutput, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if aws.ToString(in.ReceiptHandle) == "receipt" {
		q.deleted = append(q.deleted, time.Since(q.begin))
	}
	return nil, q.fault
}

func (q *fakeQueue) ChangeMessageVisibility(_ context.Context, in *sqs.ChangeMessageVisibilityInput, _ ...func(*sqs.Options)) (*sqs.ChangeMessageVisibilityOutput, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if aws.ToString(in.ReceiptHandle) == "receipt" && in.VisibilityTimeout == 120 {
		q.extended = append(q.extended, time.Since(q.begin))
	}
	return nil, q.fault
}

// fakeObjects has one object and scripted connections.
type fakeObjects struct {
	s3Client
	// answers are the bodies of the connections, one after the other. The last one is repeated.
	answers   []func(ctx context.Context) (io.ReadCloser, error)
	content   string
	requested int
	ranges    []string
}

func (f *fakeObjects) GetObject(ctx context.Context, in *s3.GetObjectInput, _ ...func(*s3.Options)) (*s3.GetObjectOutput, error) {
	answer := f.answers[min(f.requested, len(f.answers)-1)]
	f.requested++
	f.ranges = append(f.ranges, aws.ToString(in.Range))
	body, err := answer(ctx)
	offset, _, _ := strings.Cut(strings.TrimPrefix(aws.ToString(in.Range), "bytes="), "-")
	begin, _ := strconv.Atoi(offset)
	length := len(f.content) - begin
	return &s3.GetObjectOutput{Body: body, ETag: in.IfMatch, ContentLength: aws.Int64(int64(length))}, err
}

// timed runs one worker with fakes in a synctest bubble for some time.
func timed(t *testing.T, q *fakeQueue, f *fakeObjects, forTime time.Duration, prepare func(r *fixture)) *fixture {
	t.Helper()
	r := newFixture(t)
	r.config.MaxConcurrentObjects, r.config.SQSQueueURL = 1, "http://queue.test/1/q"
	if prepare != nil {
		prepare(r)
	}
	r.build()
	q.begin = time.Now()
	require.NoError(t, r.source.start(t.Context(), f, q, nil))
	time.Sleep(forTime) //nolint:forbidigo // uses the clock of the bubble
	r.stop()
	return r
}

func TestVisibilityIsExtendedWhileAnObjectIsRead(t *testing.T) {
	for name, fault := range map[string]error{"": nil, "also if that fails": errors.New("not now")} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				content := ingesttest.Lines(1, 3)
				q := &fakeQueue{fault: fault, bodies: []string{s3Notification(object{bucket: "b", key: "k", etag: "e", size: int64(len(content))})}}
				f := &fakeObjects{content: content, answers: []func(context.Context) (io.ReadCloser, error){allOf(content)}}
				r := timed(t, q, f, 250*time.Second, func(r *fixture) {
					r.Next = ingesttest.Consumer(t, func(ctx context.Context, logs plog.Logs) error {
						time.Sleep(100 * time.Second) //nolint:forbidigo // uses the clock of the bubble
						return r.Sink.ConsumeLogs(ctx, logs)
					})
				})
				assert.Equal(t, []time.Duration{40 * time.Second, 80 * time.Second}, q.extended)
				assert.Equal(t, []time.Duration{100 * time.Second}, q.deleted)
				r.RequirePorts(1, 2, 3)
				if fault != nil {
					assert.Positive(t, r.Logs.FilterMessageSnippet("fail to request queue").Len())
				}
			})
		})
	}
}

func TestReceiveIsRetriedWithBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &fakeQueue{fault: errors.New("no such queue")}
		r := timed(t, q, &fakeObjects{}, time.Hour, nil)
		require.Greater(t, len(q.received), 30)
		assert.Less(t, len(q.received), 150)
		assert.Less(t, q.received[1], 2*time.Second)
		last := len(q.received) - 1
		assert.LessOrEqual(t, q.received[last]-q.received[last-1], 90*time.Second)
		assert.GreaterOrEqual(t, q.received[last]-q.received[last-1], 30*time.Second)
		r.RequireCounter("s3.queue_errors", map[string]int64{"receive": int64(len(q.received))})
	})
}

// allOf returns the content. silent stalls after it. refusing refuses the connection.
func allOf(content string) func(context.Context) (io.ReadCloser, error) {
	return func(context.Context) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil }
}

func silent(content string) func(context.Context) (io.ReadCloser, error) {
	return func(ctx context.Context) (io.ReadCloser, error) {
		reader, writer := io.Pipe()
		go func() {
			_, _ = io.WriteString(writer, content)
			<-ctx.Done()
			writer.CloseWithError(ctx.Err())
		}()
		return reader, nil
	}
}

func refusing(context.Context) (io.ReadCloser, error) { return nil, errors.New("connection refused") }

func TestStalledConnectionIsReplaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		content := ingesttest.Lines(1, 100)
		f := &fakeObjects{content: content, answers: []func(context.Context) (io.ReadCloser, error){silent(content[:1000]), allOf(content[1000:])}}
		q := &fakeQueue{bodies: []string{s3Notification(object{bucket: "b", key: "k", etag: "e", size: int64(len(content))})}}
		r := timed(t, q, f, 2*time.Minute, nil)
		r.RequirePorts(ingesttest.PortRange(1, 100)...)
		assert.Equal(t, []string{"", "bytes=1000-" + strconv.Itoa(len(content)-1)}, f.ranges)
		require.Len(t, q.deleted, 1)
		assert.Greater(t, q.deleted[0], time.Minute)
		assert.Less(t, q.deleted[0], time.Minute+2*time.Second)
	})
}

// A slow consumer is not a stalled connection.
func TestIdleConnectionIsKeptWhileTheConsumerIsSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		content := ingesttest.Lines(1, 5000)
		f := &fakeObjects{content: content, answers: []func(context.Context) (io.ReadCloser, error){silent(content), refusing}}
		q := &fakeQueue{bodies: []string{s3Notification(object{bucket: "b", key: "k", etag: "e", size: int64(len(content))})}}
		r := timed(t, q, f, time.Hour, func(r *fixture) {
			r.Next = ingesttest.Consumer(t, func(ctx context.Context, logs plog.Logs) error {
				time.Sleep(5 * time.Minute) //nolint:forbidigo // uses the clock of the bubble
				return r.Sink.ConsumeLogs(ctx, logs)
			})
		})
		r.RequirePorts(ingesttest.PortRange(1, 5000)...)
		assert.Equal(t, 1, f.requested)
	})
}

func TestObjectIsUnreadableAfterFiveFailuresInARow(t *testing.T) {
	content := ingesttest.Lines(1, 100)
	for name, test := range map[string]struct {
		failures int
		want     []int
		deleted  int
	}{
		"four in a row": {4, ingesttest.PortRange(1, 100), 1},
		"five in a row": {5, []int{}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &fakeObjects{content: content}
				for range test.failures {
					f.answers = append(f.answers, refusing)
				}
				f.answers = append(f.answers, allOf(content))
				q := &fakeQueue{bodies: []string{s3Notification(object{bucket: "b", key: "k", etag: "e", size: int64(len(content))})}}
				r := timed(t, q, f, 5*time.Minute, nil)
				assert.Equal(t, test.want, ingesttest.SourcePorts(r.Sink.AllLogs()))
				assert.Len(t, q.deleted, test.deleted)
			})
		})
	}
}
