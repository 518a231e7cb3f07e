// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/zap/zapcore"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingesttest"
)

func TestAnnouncedObjectsAreRead(t *testing.T) {
	for name, body := range map[string]func(o object) string{
		"directly from S3": func(o object) string { return s3Notification(o) },
		"through SNS":      func(o object) string { return wrapSNS(s3Notification(o)) },
		"from EventBridge": func(o object) string { return eventBridgeEvent("Object Created", o) },
	} {
		t.Run(name, func(t *testing.T) {
			e, q, r := newS3Emulator(t), newSQSEmulator(t, 3), newFixture(t)
			r.usesQueue(e, q)
			q.send(body(e.put("red flower+x=é%2F/a:1.log", ingesttest.Lines(1, 3))))
			r.start()
			r.RequirePorts(1, 2, 3)
			r.queueHas(q, 0)
			r.RequireCounter("s3.messages", map[string]int64{"deleted": 1})
			r.RequireCounter("s3.objects", map[string]int64{"read": 1})
		})
	}
}

// Each worker keeps its connection. New connections cost a TLS handshake, and some stores limit them.
func TestConnectionsAreReused(t *testing.T) {
	const workers = 32
	e, q, r := newS3Emulator(t), newSQSEmulator(t, 3), newFixture(t)
	for port := 1; port <= 500; port++ {
		q.send(s3Notification(e.put(strconv.Itoa(port), ingesttest.Lines(port, port))))
	}
	var made atomic.Int64
	counted := httptest.NewUnstartedServer(e.backend)
	counted.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			made.Add(1)
		}
	}
	counted.Start()
	defer counted.Close()
	c := r.usesQueue(e, q)
	c.Endpoint, c.MaxConcurrentObjects = counted.URL, workers
	r.start()
	r.RequirePortsInAnyOrder(ingesttest.PortRange(1, 500)...)
	r.queueHas(q, 0)
	r.stop()
	assert.LessOrEqual(t, made.Load(), int64(2*workers))
}

func TestIncludeKey(t *testing.T) {
	for include, want := range map[bool]map[string]any{
		false: {"cloud.provider": "aws", "cloud.account.id": "123456789010"},
		true:  {"cloud.provider": "aws", "cloud.account.id": "123456789010", "aws.s3.bucket": testBucket, "aws.s3.key": "a/b.log"},
	} {
		e, q, r := newS3Emulator(t), newSQSEmulator(t, 3), newFixture(t)
		r.usesQueue(e, q).IncludeKey = include
		q.send(s3Notification(e.put("a/b.log", ingesttest.Lines(1, 1))))
		r.start()
		r.RequirePorts(1)
		assert.Equal(t, want, r.Sink.AllLogs()[0].ResourceLogs().At(0).Resource().Attributes().AsRaw())
		r.stop()
	}
}

func TestMessagesWithoutAWantedObjectAreDeleted(t *testing.T) {
	e, q, r := newS3Emulator(t), newSQSEmulator(t, 3), newFixture(t)
	r.usesQueue(e, q).Prefix = "logs/"
	other := e.put("logs/a.log", ingesttest.Lines(1, 1))
	other.bucket = "another"
	trail := "logs/AWSLogs/123456789010/CloudTrail/x.log"
	for _, body := range []string{
		testEvent, wrapSNS(testEvent), s3Notification(other), s3Notification(e.put("b.log", ingesttest.Lines(2, 2))), s3Notification(e.put(trail, ingesttest.Lines(3, 3))),
		strings.ReplaceAll(s3Notification(e.put("logs/c.log", ingesttest.Lines(4, 4))), "ObjectCreated:Put", "ObjectTagging:Put"),
		eventBridgeEvent("Object Deleted", other),
	} {
		q.send(body)
	}
	r.start()
	r.queueHas(q, 0)
	r.RequireCounter("s3.messages", map[string]int64{"not_wanted": 7})
	assert.Zero(t, r.Sink.LogRecordCount())
	assert.Zero(t, e.requested("b.log")+e.requested(trail))

	// The other objects of a message are read.
	q.send(s3Notification(other, e.put("logs/d.log", ingesttest.Lines(5, 5)), e.put("logs/e.log", ingesttest.Lines(6, 6))))
	r.RequirePorts(5, 6)
	r.queueHas(q, 0)
	r.RequireCounter("s3.messages", map[string]int64{"not_wanted": 7, "deleted": 1})
}

// A bad object does not affect others. Its message ends in the dead-letter queue.
func TestBadObjectsEndInTheDeadLetterQueue(t *testing.T) {
	e, q, r := newS3Emulator(t), newSQSEmulator(t, 3), newFixture(t)
	r.usesQueue(e, q)
	gone := e.put("gone.log", ingesttest.Lines(1, 1))
	gone.key = "gone"
	e.intercept(func(w http.ResponseWriter, _ *http.Request, key string) bool {
		if key == "secret.log" {
			w.WriteHeader(http.StatusForbidden)
		}
		return key == "secret.log"
	})
	halfGood := e.put("half.log.gz", ingesttest.Gzip(t, ingesttest.Lines(101, 102))+"\x1f\x8bxxxxxxxxxxxxxxxx")
	for _, body := range []string{
		s3Notification(gone), s3Notification(e.put("secret.log", ingesttest.Lines(1, 1))), s3Notification(halfGood), s3Notification(e.put("a.txt", "Hello\nyou\n")),
		"Hello", s3Notification(e.put("fine.log", ingesttest.Lines(201, 202)), gone),
	} {
		q.send(body)
	}
	for port := 301; port <= 320; port++ {
		q.send(s3Notification(e.put(strconv.Itoa(port), ingesttest.Lines(port, port))))
	}
	r.start()
	r.queueHas(q, 6)
	for range 2 {
		q.expire()
		r.RequirePortsInAnyOrder(append(ingesttest.PortRange(301, 320), 101, 102, 201, 202)...)
	}
	require.Eventually(t, func() bool {
		q.expire()
		queued, dead := q.left()
		return queued == 0 && dead == 6
	}, ingesttest.Timeout, ingesttest.Tick)
	r.RequirePortsInAnyOrder(append(ingesttest.PortRange(301, 320), 101, 102, 201, 202)...)
	r.RequireCounter("s3.messages", map[string]int64{"deleted": 20, "left": 15, "unreadable": 3})
	r.RequireCounter("s3.objects", map[string]int64{
		"read": 21, "known": 2, "missing": 6, "denied": 3, "corrupt": 3, "undecodable": 3,
	})
	r.RequireCounter("bad_lines", map[string]int64{"too_few_fields": 6})
	logged := r.Logs.FilterMessage("fail to read object").FilterLevelExact(zapcore.ErrorLevel).Len()
	assert.Equal(t, 1, logged, "Messages are sampled.")
}

func TestMessageStaysInTheQueueIfAnyObjectCannotBeRead(t *testing.T) {
	for name, order := range map[string][]string{
		"the first":  {"bad", "good", "better"},
		"the second": {"good", "bad", "better"},
		"the last":   {"good", "better", "bad"},
	} {
		t.Run(name, func(t *testing.T) {
			e, q, r := newS3Emulator(t), newSQSEmulator(t, 3), newFixture(t)
			r.usesQueue(e, q)
			objects := map[string]object{
				"bad": e.put("bad.log", "x"), "good": e.put("good.log", ingesttest.Lines(1, 1)), "better": e.put("better.log", ingesttest.Lines(2, 2)),
			}
			e.intercept(func(w http.ResponseWriter, _ *http.Request, key string) bool {
				if key == "bad.log" {
					w.WriteHeader(http.StatusNotFound)
				}
				return key == "bad.log"
			})
			q.send(s3Notification(objects[order[0]], objects[order[1]], objects[order[2]]))
			r.start()
			r.RequireCounter("s3.messages", map[string]int64{"left": 1})
			r.RequirePorts(1, 2) // The other objects are read nevertheless.
			r.stop()
			assert.Zero(t, q.times("DeleteMessage"))
			queued, _ := q.left()
			assert.Equal(t, 1, queued)
		})
	}
}

func TestMessageIsDeletedAfterAllRecordsAreAccepted(t *testing.T) {
	e, q, r := newS3Emulator(t), newSQSEmulator(t, 3), newFixture(t)
	r.usesQueue(e, q)
	q.send(s3Notification(e.put("a.log", ingesttest.Lines(1, 1)), e.put("b.log.parquet", ingesttest.ParquetRows(t, 2, 2))))
	reached, release := r.gate()
	r.start()
	for range 2 {
		<-reached
		assert.Zero(t, q.times("DeleteMessage"))
		release <- struct{}{}
	}
	r.queueHas(q, 0)
	r.RequirePorts(1, 2)
}

func TestFailedDeleteIsRepeatedWithTheNextDelivery(t *testing.T) {
	e, q, r := newS3Emulator(t), newSQSEmulator(t, 5), newFixture(t)
	r.usesQueue(e, q)
	q.intercept(func(w http.ResponseWriter, operation string) bool {
		if operation == "DeleteMessage" {
			w.WriteHeader(http.StatusInternalServerError)
		}
		return operation == "DeleteMessage"
	})
	q.send(s3Notification(e.put("a.log", ingesttest.Lines(1, 3))))
	r.start()
	r.RequireCounter("s3.queue_errors", map[string]int64{"delete": 1})
	r.queueHas(q, 1)
	q.intercept(nil)
	q.expire()
	r.queueHas(q, 0)
	r.RequirePorts(1, 2, 3)
	assert.Equal(t, 1, e.requested("a.log"))
}

// Two workers receive messages about the same object. The second one waits until it is read.
func TestWorkersDoNotReadTheSameObject(t *testing.T) {
	e, q, r := newS3Emulator(t), newSQSEmulator(t, 3), newFixture(t)
	r.usesQueue(e, q)
	obj := e.put("a.log", ingesttest.Lines(1, 3))
	reached, release := r.gate()
	r.start()
	q.send(s3Notification(obj))
	<-reached
	q.send(wrapSNS(s3Notification(obj)))
	q.send(s3Notification(obj, obj))
	require.Eventually(t, func() bool { return q.times("ReceiveMessage") > 3 }, ingesttest.Timeout, ingesttest.Tick)
	close(release)
	r.queueHas(q, 0)
	r.RequirePorts(1, 2, 3)
	r.RequireCounter("s3.objects", map[string]int64{"read": 1, "known": 3})
}

func TestShutdownInterruptsEverything(t *testing.T) {
	for name, test := range map[string]struct {
		before func(r *fixture, e *s3Emulator, reached chan struct{})
		send   bool
	}{
		"while waiting for messages": {before: func(_ *fixture, _ *s3Emulator, _ chan struct{}) {}},
		"while the next consumer refuses": {send: true, before: func(r *fixture, _ *s3Emulator, reached chan struct{}) {
			var once atomic.Bool
			r.Next = ingesttest.Consumer(r.t, func(context.Context, plog.Logs) error {
				if once.CompareAndSwap(false, true) {
					close(reached)
				}
				return errors.New("not now")
			})
		}},
		"while S3 does not respond": {send: true, before: func(_ *fixture, e *s3Emulator, reached chan struct{}) {
			e.intercept(func(_ http.ResponseWriter, r *http.Request, _ string) bool {
				close(reached)
				<-r.Context().Done()
				return true
			})
		}},
		"while a response stalls": {send: true, before: func(_ *fixture, e *s3Emulator, reached chan struct{}) {
			e.intercept(func(w http.ResponseWriter, r *http.Request, _ string) bool {
				e.backend.ServeHTTP(&stallingWriter{w, r, reached}, r)
				return true
			})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			e, q, r := newS3Emulator(t), newSQSEmulator(t, 3), newFixture(t)
			r.usesQueue(e, q)
			reached := make(chan struct{})
			test.before(r, e, reached)
			if test.send {
				q.send(s3Notification(e.put("a.log", ingesttest.Lines(1, 3))))
			} else {
				close(reached)
			}
			r.start()
			<-reached
			r.stop()
			assert.Zero(t, q.times("DeleteMessage"))
			assert.Zero(t, r.Sink.LogRecordCount())
			assert.Zero(t, r.Logs.FilterLevelExact(zapcore.ErrorLevel).Len(), "%v", r.Logs.All())
		})
	}
}

// stallingWriter sends only the headers.
type stallingWriter struct {
	http.ResponseWriter
	request *http.Request
	reached chan struct{}
}

// Write waits until the client disconnects.
func (w *stallingWriter) Write([]byte) (int, error) {
	_ = http.NewResponseController(w.ResponseWriter).Flush()
	close(w.reached)
	<-w.request.Context().Done()
	panic(http.ErrAbortHandler)
}
