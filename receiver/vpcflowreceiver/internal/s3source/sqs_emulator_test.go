// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Admiral-Piett/goaws/app"
	"github.com/Admiral-Piett/goaws/app/gosqs"
	"github.com/Admiral-Piett/goaws/app/router"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/sirupsen/logrus"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingesttest"
)

// sqsEmulator is an emulator of SQS. It translates between the protocol of the SDK and the older one of goaws.
type sqsEmulator struct {
	t           testing.TB
	server      *httptest.Server
	backend     http.Handler
	queue, dead *app.Queue
	client      *sqs.Client

	mu sync.Mutex
	// requested counts the requests by operation.
	requested map[string]int
	// before can respond instead of the emulator, and reports whether it did.
	before func(w http.ResponseWriter, operation string) bool
}

// newSQSEmulator returns a queue that moves a message to the dead-letter queue after maxReceiveCount deliveries.
func newSQSEmulator(t testing.TB, maxReceiveCount int) *sqsEmulator {
	logrus.SetOutput(io.Discard)
	anonymousAWS(t)
	e := &sqsEmulator{t: t, requested: map[string]int{}, backend: router.New()}
	e.server = quietServer(e)
	name := strings.Map(func(r rune) rune {
		if r == '/' || r == '#' {
			return '_'
		}
		return r
	}, t.Name())
	e.dead = &app.Queue{Name: name + "_dead"}
	e.queue = &app.Queue{
		Name: name, URL: e.url(name), TimeoutSecs: 3600,
		// The emulator does not count the first delivery.
		MaxReceiveCount: maxReceiveCount - 1, DeadLetterQueue: e.dead,
	}
	app.SyncQueues.Lock()
	app.SyncQueues.Queues[name] = e.queue
	app.SyncQueues.Unlock()
	quit := make(chan struct{})
	var ticking sync.WaitGroup
	ticking.Go(func() { gosqs.PeriodicTasks(ingesttest.Tick, quit) })
	t.Cleanup(func() {
		e.server.Close()
		close(quit)
		ticking.Wait()
		app.SyncQueues.Lock()
		defer app.SyncQueues.Unlock()
		delete(app.SyncQueues.Queues, name)
	})
	c := Config{Region: "eu-west-1", SQSQueueURL: e.queue.URL}
	loaded, err := loadAWSConfig(t.Context(), &c, zap.NewNop())
	require.NoError(t, err)
	e.client = newSQSClient(loaded, &c)
	return e
}

func (e *sqsEmulator) url(name string) string { return e.server.URL + "/123456789010/" + name }

// ServeHTTP implements the JSON protocol of SQS.
func (e *sqsEmulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	e.mu.Lock()
	e.requested[operation]++
	before := e.before
	e.mu.Unlock()
	if before != nil && before(w, operation) {
		return
	}
	var in map[string]any
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		return // The client disconnected.
	}
	form := url.Values{"Action": {operation}}
	for key, value := range in {
		form.Set(key, fmt.Sprint(value))
	}
	request := httptest.NewRequestWithContext(r.Context(), http.MethodPost, in["QueueUrl"].(string), strings.NewReader(form.Encode()))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer := httptest.NewRecorder()
	e.backend.ServeHTTP(answer, request)
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.WriteHeader(answer.Code)
	if err := json.NewEncoder(w).Encode(translate(operation, answer)); err != nil && r.Context().Err() == nil {
		e.t.Log(err)
	}
}

// translate returns the response of the emulator in the JSON protocol.
func translate(operation string, answer *httptest.ResponseRecorder) any {
	switch {
	case answer.Code != http.StatusOK:
		var fault app.ErrorResponse
		_ = xml.Unmarshal(answer.Body.Bytes(), &fault)
		return map[string]string{"__type": "com.amazonaws.sqs#" + fault.Result.Code, "message": fault.Result.Message}
	case operation == "SendMessage":
		var sent app.SendMessageResponse
		_ = xml.Unmarshal(answer.Body.Bytes(), &sent)
		return map[string]string{"MessageId": sent.Result.MessageId, "MD5OfMessageBody": sent.Result.MD5OfMessageBody}
	case operation == "ReceiveMessage":
		var received app.ReceiveMessageResponse
		_ = xml.Unmarshal(answer.Body.Bytes(), &received)
		messages := []map[string]string{}
		for _, m := range received.Result.Message {
			messages = append(messages, map[string]string{
				"MessageId": m.MessageId, "ReceiptHandle": m.ReceiptHandle, "MD5OfBody": m.MD5OfBody, "Body": string(m.Body),
			})
		}
		return map[string]any{"Messages": messages}
	}
	return map[string]string{}
}

// send sends a message to the queue.
func (e *sqsEmulator) send(body string) {
	e.t.Helper()
	_, err := e.client.SendMessage(e.t.Context(), &sqs.SendMessageInput{QueueUrl: &e.queue.URL, MessageBody: &body})
	require.NoError(e.t, err)
}

// left returns the number of messages in the queue, received or not, and in the dead-letter queue.
func (e *sqsEmulator) left() (queued, dead int) {
	app.SyncQueues.RLock()
	defer app.SyncQueues.RUnlock()
	return len(e.queue.Messages), len(e.dead.Messages)
}

// expire ends the visibility timeout of all received messages.
func (e *sqsEmulator) expire() {
	app.SyncQueues.Lock()
	defer app.SyncQueues.Unlock()
	for i := range e.queue.Messages {
		e.queue.Messages[i].VisibilityTimeout = time.Time{}
	}
}

// intercept sets before.
func (e *sqsEmulator) intercept(before func(w http.ResponseWriter, operation string) bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.before = before
}

// times returns the number of requests for an operation.
func (e *sqsEmulator) times(operation string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.requested[operation]
}

// s3Notification returns the notification of S3 about created objects.
func s3Notification(objects ...object) string {
	records := []any{}
	for _, o := range objects {
		records = append(records, map[string]any{
			"eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": "eu-west-1", "eventName": "ObjectCreated:Put",
			"eventTime": o.created.UTC().Format(time.RFC3339Nano),
			"s3": map[string]any{
				"bucket": map[string]any{"name": o.bucket},
				"object": map[string]any{"key": url.QueryEscape(o.key), "size": o.size, "eTag": o.etag, "sequencer": "0055AED6DCD90281E5"},
			},
		})
	}
	text, _ := json.Marshal(map[string]any{"Records": records})
	return string(text)
}

// wrapSNS wraps a message as SNS does.
func wrapSNS(message string) string {
	text, _ := json.Marshal(map[string]any{
		"Type": "Notification", "MessageId": "1", "TopicArn": "arn:aws:sns:eu-west-1:123456789010:flow-logs", "Subject": "Amazon S3 Notification",
		"Message": message, "Timestamp": "2026-01-01T00:00:00.000Z",
	})
	return string(text)
}

// eventBridgeEvent returns an event of EventBridge about an object.
func eventBridgeEvent(kind string, o object) string {
	text, _ := json.Marshal(map[string]any{
		"version": "0", "id": "17793124", "detail-type": kind, "source": "aws.s3", "account": "123456789010", "region": "eu-west-1",
		"time": o.created.UTC().Format(time.RFC3339),
		"detail": map[string]any{
			"version": "0", "bucket": map[string]any{"name": o.bucket}, "reason": "PutObject",
			"object": map[string]any{"key": o.key, "size": o.size, "etag": o.etag, "sequencer": "617f08299329d189"},
		},
	})
	return string(text)
}

// usesQueue configures the emulators of S3 and of the queue.
func (r *fixture) usesQueue(e *s3Emulator, q *sqsEmulator) *Config {
	c := r.readsFrom(e)
	c.SQSQueueURL = q.queue.URL
	return c
}

// queueHas waits until the queue has this number of messages and the dead-letter queue none.
func (r *fixture) queueHas(q *sqsEmulator, want int) {
	r.t.Helper()
	require.Eventually(r.t, func() bool {
		queued, dead := q.left()
		return queued == want && dead == 0
	}, ingesttest.Timeout, ingesttest.Tick)
}

// gate makes the next consumer report each batch and wait for its release.
func (r *fixture) gate() (reached, release chan struct{}) {
	reached, release = make(chan struct{}), make(chan struct{})
	r.Next = ingesttest.Consumer(r.t, func(ctx context.Context, logs plog.Logs) error {
		reached <- struct{}{}
		<-release
		return r.Sink.ConsumeLogs(ctx, logs)
	})
	return reached, release
}
