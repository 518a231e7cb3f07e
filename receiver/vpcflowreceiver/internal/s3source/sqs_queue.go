// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/cenkalti/backoff/v7"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.uber.org/zap"
)

const (
	// pollWait is how long the queue may wait for a message before it answers that there is none: the most of SQS.
	pollWait = 20 * time.Second
	// answerTimeout bounds all other requests to the queue.
	answerTimeout = 10 * time.Second
	// extensions is how often a message is extended before it would be offered to others.
	extensions = 3
)

// What is done about a message.
const (
	messageDeleted    = "deleted"
	messageNotWanted  = "not_wanted"
	messageLeft       = "left"
	messageUnreadable = "unreadable"
)

// queueClient is the part of the SQS client that is used.
type queueClient interface {
	ReceiveMessage(ctx context.Context, in *sqs.ReceiveMessageInput, options ...func(*sqs.Options)) (*sqs.ReceiveMessageOutput, error)
	DeleteMessage(ctx context.Context, in *sqs.DeleteMessageInput, options ...func(*sqs.Options)) (*sqs.DeleteMessageOutput, error)
	ChangeMessageVisibility(
		ctx context.Context, in *sqs.ChangeMessageVisibilityInput, options ...func(*sqs.Options),
	) (*sqs.ChangeMessageVisibilityOutput, error)
}

// queue is the source that reads the objects of S3 that a queue tells of. Each worker takes one message, reads its objects
// and deletes it. A message of which an object cannot be read is left alone: the queue offers it again, and after its
// maxReceiveCount moves it to its dead-letter queue.
type queue struct {
	config   *s3Config
	objects  *objects
	client   queueClient
	cancel   context.CancelFunc
	running  sync.WaitGroup
	troubles sampler
}

func newQueue(c *s3Config, objects *objects) *queue { return &queue{config: c, objects: objects} }

func (q *queue) start(ctx context.Context, _ component.Host, client storage.Client) error {
	loaded, err := loadAWS(ctx, q.config, q.objects.intake.logger)
	if err != nil {
		return err
	}
	if err := q.objects.open(ctx, newS3(loaded, q.config), client); err != nil {
		return err
	}
	q.client = newSQS(loaded, q.config)
	ctx, q.cancel = context.WithCancel(context.Background())
	for range q.config.MaxConcurrentObjects {
		q.running.Go(func() { q.work(ctx) })
	}
	return nil
}

// shutdown leaves the messages that are being dealt with alone: they are offered again.
func (q *queue) shutdown(context.Context) error {
	if q.cancel != nil {
		q.cancel()
	}
	q.running.Wait()
	return nil
}

func (q *queue) work(ctx context.Context) {
	waits := backoff.NewExponentialBackOff()
	waits.InitialInterval, waits.MaxInterval = time.Second, time.Minute
	for ctx.Err() == nil {
		out, err := q.client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
			QueueUrl:            &q.config.SQSQueueURL,
			MaxNumberOfMessages: 1,
			WaitTimeSeconds:     int32(pollWait / time.Second),
			VisibilityTimeout:   seconds(q.config.VisibilityTimeout),
		})
		if err != nil {
			q.trouble(ctx, "receive", err)
			sleep(ctx, waits.NextBackOff())
			continue
		}
		waits.Reset()
		for i := range out.Messages {
			q.deal(ctx, &out.Messages[i])
		}
	}
}

// deal deals with one message.
func (q *queue) deal(ctx context.Context, m *types.Message) {
	told, err := parseNotice(aws.ToString(m.Body))
	if err != nil {
		q.count(ctx, messageUnreadable)
		if since, ok := q.troubles.pass(q.objects.intake.now(), 1); ok {
			q.objects.intake.logger.Error("A message of the queue cannot be read and is left alone",
				zap.String("message_id", aws.ToString(m.MessageId)), zap.Error(err), zap.Int64("troubles_since_last_message", since))
		}
		return
	}
	release := q.hold(ctx, m)
	done, wanted, err := q.readAll(ctx, told.created)
	release()
	if err != nil {
		return
	}
	if !done {
		q.count(ctx, messageLeft)
		return
	}
	if q.delete(ctx, m) {
		if wanted {
			q.count(ctx, messageDeleted)
		} else {
			q.count(ctx, messageNotWanted)
		}
	}
}

// readAll reads the objects of a message. done says that nothing is left to do about them, wanted that any was to be
// read; err is that ctx ended first.
func (q *queue) readAll(ctx context.Context, created []object) (done, wanted bool, err error) {
	done = true
	for i := range created {
		if !q.objects.wants(&created[i]) {
			continue
		}
		wanted = true
		result, err := q.objects.read(ctx, created[i])
		if err != nil {
			return false, wanted, err
		}
		done = done && result.isGood()
	}
	return done, wanted, nil
}

// hold keeps a message hidden from others until it is released.
func (q *queue) hold(ctx context.Context, m *types.Message) (release func()) {
	ctx, cancel := context.WithCancel(ctx)
	var holding sync.WaitGroup
	holding.Go(func() {
		for sleep(ctx, q.config.VisibilityTimeout/extensions) {
			ctx, done := context.WithTimeout(ctx, answerTimeout)
			_, err := q.client.ChangeMessageVisibility(ctx, &sqs.ChangeMessageVisibilityInput{
				QueueUrl:          &q.config.SQSQueueURL,
				ReceiptHandle:     m.ReceiptHandle,
				VisibilityTimeout: seconds(q.config.VisibilityTimeout),
			})
			if err != nil {
				q.trouble(ctx, "extend", err)
			}
			done()
		}
	})
	return func() {
		cancel()
		holding.Wait()
	}
}

// delete deletes a message, of which all objects are read by now: also when we are being shut down.
func (q *queue) delete(ctx context.Context, m *types.Message) bool {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerTimeout)
	defer cancel()
	_, err := q.client.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: &q.config.SQSQueueURL, ReceiptHandle: m.ReceiptHandle})
	if err != nil {
		// It is offered again, and then its objects are known.
		q.trouble(ctx, "delete", err)
	}
	return err == nil
}

func (q *queue) count(ctx context.Context, outcome string) {
	add(ctx, q.objects.intake.telemetry.s3Messages, 1, "outcome", outcome)
}

// trouble reports that the queue did not answer as it should. That we are shut down is no trouble.
func (q *queue) trouble(ctx context.Context, operation string, err error) {
	if errors.Is(ctx.Err(), context.Canceled) {
		return
	}
	add(ctx, q.objects.intake.telemetry.s3Errors, 1, "operation", operation)
	if since, ok := q.troubles.pass(q.objects.intake.now(), 1); ok {
		q.objects.intake.logger.Error("The queue does not answer as it should and will be asked again",
			zap.String("operation", operation), zap.Error(err), zap.Int64("troubles_since_last_message", since))
	}
}

func seconds(d time.Duration) int32 { return int32(d / time.Second) }
