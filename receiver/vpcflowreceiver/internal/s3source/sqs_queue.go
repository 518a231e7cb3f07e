// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/cenkalti/backoff/v7"
	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/internal/samplelog"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
)

const (
	// receiveWait is how long SQS may wait for a message before it returns none: the maximum of SQS.
	receiveWait = 20 * time.Second
	// requestTimeout bounds all other requests to the queue.
	requestTimeout = 10 * time.Second
	// extensionsPerTimeout is how often a message is extended per visibility timeout.
	extensionsPerTimeout = 3
)

// queueClient is the part of the SQS client that sqsQueue uses.
type queueClient interface {
	ReceiveMessage(ctx context.Context, in *sqs.ReceiveMessageInput, options ...func(*sqs.Options)) (*sqs.ReceiveMessageOutput, error)
	DeleteMessage(ctx context.Context, in *sqs.DeleteMessageInput, options ...func(*sqs.Options)) (*sqs.DeleteMessageOutput, error)
	ChangeMessageVisibility(
		ctx context.Context, in *sqs.ChangeMessageVisibilityInput, options ...func(*sqs.Options),
	) (*sqs.ChangeMessageVisibilityOutput, error)
}

// sqsQueue reads the objects that the messages of an SQS queue announce. Each worker receives one message at a time and
// reads its objects. The message is deleted when the records are confirmed; the worker does not wait for that. A message
// stays in the queue if any of its objects is missing or cannot be read. SQS delivers it again after the visibility
// timeout, and moves it to the dead-letter queue after maxReceiveCount deliveries.
type sqsQueue struct {
	config    *Config
	reader    *objectReader
	client    queueClient
	telemetry *telemetry
	logger    *zap.Logger
	now       func() time.Time
	errLog    samplelog.Sampler

	// slots has a place for each message that is not confirmed. waiting are their goroutines, and stopped is closed when
	// they must not wait any longer.
	slots   chan struct{}
	waiting sync.WaitGroup
	stopped chan struct{}
}

// run reads messages with max_concurrent_objects workers until ctx ends. A message whose objects have not all been read
// by then stays in the queue.
func (q *sqsQueue) run(ctx context.Context) {
	var workers sync.WaitGroup
	for range q.config.MaxConcurrentObjects {
		workers.Go(func() { q.work(ctx) })
	}
	workers.Wait()
	q.reader.ingester.Flush(context.WithoutCancel(ctx))
	close(q.stopped)
	q.waiting.Wait()
}

// work receives and handles messages until ctx ends.
func (q *sqsQueue) work(ctx context.Context) {
	waits := backoff.NewExponentialBackOff()
	waits.InitialInterval, waits.MaxInterval = time.Second, time.Minute
	for ctx.Err() == nil {
		out, err := q.client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
			QueueUrl:            &q.config.SQSQueueURL,
			MaxNumberOfMessages: 1,
			WaitTimeSeconds:     int32(receiveWait / time.Second),
			VisibilityTimeout:   seconds(q.config.VisibilityTimeout),
		})
		if ctx.Err() == nil {
			q.reader.ingester.Health.Set("s3: receive messages", err)
		}
		if err != nil {
			q.reportError(ctx, "receive", err)
			ingest.Sleep(ctx, waits.NextBackOff())
			continue
		}
		waits.Reset()
		for i := range out.Messages {
			q.handleMessage(ctx, &out.Messages[i])
		}
	}
}

// handleMessage reads the objects of a message and deletes it if all of them were read.
func (q *sqsQueue) handleMessage(ctx context.Context, m *types.Message) {
	n, err := parseNotification(aws.ToString(m.Body))
	if err != nil {
		q.telemetry.countMessage(ctx, messageUnreadable)
		if since, ok := q.errLog.Allow(q.now(), 1); ok {
			q.logger.Error("fail to parse queue message: leaving it in the queue",
				zap.String("message_id", aws.ToString(m.MessageId)), zap.Error(err), zap.Int64("errors_since_last_message", since))
		}
		return
	}
	stop := q.extendVisibility(ctx, m)
	read, err := q.readObjects(ctx, n.objects)
	if err != nil || !read.all || len(read.unconfirmed) == 0 {
		stop()
		if err == nil {
			q.finish(ctx, m, read)
		}
		return
	}
	if !q.reserve(ctx) {
		stop()
		return
	}
	q.waiting.Go(func() {
		defer func() { <-q.slots }()
		isConfirmed := q.wait(read.unconfirmed)
		stop()
		if isConfirmed {
			q.finish(ctx, m, read)
		}
	})
}

// reserve takes a place for a message that is not confirmed. If there is none, it asks for the confirmation of others. It
// returns false if ctx ends.
func (q *sqsQueue) reserve(ctx context.Context) bool {
	select {
	case q.slots <- struct{}{}:
		return true
	default:
	}
	q.reader.ingester.SaveSoon()
	select {
	case q.slots <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

// wait waits until all objects are confirmed. It returns false if the source stops before.
func (q *sqsQueue) wait(unconfirmed []<-chan struct{}) bool {
	for _, confirmed := range unconfirmed {
		select {
		case <-confirmed:
		case <-q.stopped:
			return isClosed(confirmed)
		}
	}
	return true
}

// finish deletes a message if all its objects were read.
func (q *sqsQueue) finish(ctx context.Context, m *types.Message, read readMessage) {
	switch {
	case !read.all:
		q.telemetry.countMessage(ctx, messageLeft)
	case !q.deleteMessage(ctx, m):
	case read.wanted:
		q.telemetry.countMessage(ctx, messageDeleted)
	default:
		q.telemetry.countMessage(ctx, messageNotWanted)
	}
}

// readMessage is the result of reading the objects of a message.
type readMessage struct {
	// all means that each wanted object was read completely, now or before. wanted means that there was at least one.
	all, wanted bool
	// unconfirmed has a channel for each object that is not confirmed, which is closed when it is.
	unconfirmed []<-chan struct{}
}

// readObjects reads the objects of a message. It tries all of them, even after a failure. It returns an error only if
// ctx ends.
func (q *sqsQueue) readObjects(ctx context.Context, objects []object) (readMessage, error) {
	read := readMessage{all: true}
	for i := range objects {
		if !q.wants(&objects[i]) {
			continue
		}
		read.wanted = true
		result, err := q.reader.read(ctx, objects[i], nil)
		if err != nil {
			return read, err
		}
		read.all = read.all && isComplete(result.outcome)
		if !isClosed(result.confirmed) {
			read.unconfirmed = append(read.unconfirmed, result.confirmed)
		}
	}
	return read, nil
}

// wants reports whether an object is in the configured bucket, below the prefix, and can be a flow log.
func (q *sqsQueue) wants(o *object) bool {
	return (q.config.Bucket == "" || q.config.Bucket == o.bucket) && strings.HasPrefix(o.key, q.config.Prefix) && mayBeFlowLog(o.key)
}

// extendVisibility hides a message from other receivers until stop returns.
func (q *sqsQueue) extendVisibility(ctx context.Context, m *types.Message) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() {
		for ingest.Sleep(ctx, q.config.VisibilityTimeout/extensionsPerTimeout) {
			ctx, done := context.WithTimeout(ctx, requestTimeout)
			_, err := q.client.ChangeMessageVisibility(ctx, &sqs.ChangeMessageVisibilityInput{
				QueueUrl:          &q.config.SQSQueueURL,
				ReceiptHandle:     m.ReceiptHandle,
				VisibilityTimeout: seconds(q.config.VisibilityTimeout),
			})
			if err != nil {
				q.reportError(ctx, "extend", err)
			}
			done()
		}
	})
	return func() {
		cancel()
		running.Wait()
	}
}

// deleteMessage deletes a message whose objects are read, also during shutdown. If that fails, the queue delivers the
// message again, and its objects are then skipped as known.
func (q *sqsQueue) deleteMessage(ctx context.Context, m *types.Message) bool {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), requestTimeout)
	defer cancel()
	_, err := q.client.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: &q.config.SQSQueueURL, ReceiptHandle: m.ReceiptHandle})
	if err != nil {
		q.reportError(ctx, "delete", err)
	}
	return err == nil
}

// reportError counts and logs a failed request. Shutdown is not an error.
func (q *sqsQueue) reportError(ctx context.Context, operation string, err error) {
	if errors.Is(ctx.Err(), context.Canceled) {
		return
	}
	q.telemetry.countQueueError(ctx, operation)
	if since, ok := q.errLog.Allow(q.now(), 1); ok {
		q.logger.Error("fail to request queue",
			zap.String("operation", operation), zap.Error(err), zap.Int64("errors_since_last_message", since))
	}
}

func seconds(d time.Duration) int32 { return int32(d / time.Second) }
