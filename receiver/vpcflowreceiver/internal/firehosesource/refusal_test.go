// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package firehosesource

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingesttest"
)

// counter counts the bytes read.
type counter struct {
	io.Reader
	n atomic.Int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n.Add(int64(n))
	return n, err
}

func repeat(text string, n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = text
	}
	return all
}

// mixed returns 60 lines in records of all kinds.
func mixed(t testing.TB) []string {
	return []string{
		ingesttest.Lines(1, 10), ingesttest.Gzip(t, ingesttest.CloudWatch(t, "1", ingesttest.Lines(11, 25))), ingesttest.Messages(ingesttest.Lines(26, 30)), ingesttest.Lines(31, 31), ingesttest.Lines(32, 45),
		ingesttest.CloudWatch(t, "2", ingesttest.Lines(46, 55)) + ingesttest.CloudWatch(t, "2", ingesttest.Lines(56, 58)), ingesttest.Lines(59, 60),
	}
}

func TestRepeatedRequestContinuesAfterTheLastAcceptedRecord(t *testing.T) {
	for refused := 1; refused <= 20; refused++ {
		t.Run(fmt.Sprint("refused at batch ", refused), func(t *testing.T) {
			r := newFixture(t)
			r.Config.MaxBatchSize = 3
			r.Refuse(func(call int, _ plog.Logs) error {
				if call == refused {
					return errors.New("full")
				}
				return nil
			})
			r.start()
			status, message := r.post("id", mixed(t)...)
			assert.Equal(t, http.StatusServiceUnavailable, status)
			assert.Equal(t, "the pipeline does not accept the records now", message)
			status, message = r.post("id", mixed(t)...)
			assert.Equal(t, http.StatusOK, status, message)
			assert.Equal(t, ingesttest.PortRange(1, 60), ingesttest.SourcePorts(r.Sink.AllLogs()))
			r.RequireCounter("firehose.requests", map[string]int64{"refused": 1, "accepted": 1})
			r.RequireCounter("refused", map[string]int64{})
		})
	}
}

func TestAcceptedRequestIsNotReadAgain(t *testing.T) {
	r := newFixture(t)
	r.start()
	for range 3 {
		status, message := r.post("id", mixed(t)...)
		require.Equal(t, http.StatusOK, status, message)
	}
	assert.Equal(t, ingesttest.PortRange(1, 60), ingesttest.SourcePorts(r.Sink.AllLogs()))
	r.RequireCounter("firehose.requests", map[string]int64{"accepted": 1, "repeated": 2})
}

func TestRequestIDBelongsToItsStream(t *testing.T) {
	r := newFixture(t)
	r.start()
	r.post("id", line(1))
	status, _ := r.send(r.request("id", strings.NewReader(payload("id", line(2))), headerSourceARN, streamARN+"-2"))
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, ingesttest.PortRange(1, 2), ingesttest.SourcePorts(r.Sink.AllLogs()))
}

func TestCheckpointsSurviveARestart(t *testing.T) {
	r := newFixture(t)
	r.storage = ingesttest.OpenFileStorage(t)
	r.Config.MaxBatchSize = 3
	r.Refuse(func(call int, _ plog.Logs) error {
		if call == 7 {
			return errors.New("full")
		}
		return nil
	})
	r.start()
	r.post("done", ingesttest.Lines(101, 105))
	status, _ := r.post("id", mixed(t)...)
	require.Equal(t, http.StatusServiceUnavailable, status)
	r.stop()
	r.client.CloseIdleConnections()
	r.start()
	for _, id := range []string{"id", "done"} {
		status, message := r.post(id, mixed(t)...)
		require.Equal(t, http.StatusOK, status, message)
	}
	assert.Equal(t, append(ingesttest.PortRange(101, 105), ingesttest.PortRange(1, 60)...), ingesttest.SourcePorts(r.Sink.AllLogs()))
}

func TestPermanentRefusalIsReportedToFirehose(t *testing.T) {
	r := newFixture(t)
	r.Refuse(func(int, plog.Logs) error { return consumererror.NewPermanent(errors.New("secret reason")) })
	r.start()
	status, message := r.post("id", line(1))
	assert.Equal(t, http.StatusBadRequest, status)
	assert.Equal(t, "the pipeline refuses the records permanently", message)
	r.RequireCounter("firehose.requests", map[string]int64{"refused_permanently": 1})
	logged := r.Logs.FilterMessageSnippet("fail to send records").All()
	require.Len(t, logged, 1)
	assert.Equal(t, "Permanent error: secret reason", logged[0].ContextMap()["error"])
}

func TestOldestCheckpointsAreEvicted(t *testing.T) {
	r := newFixture(t)
	r.build()
	r.source.maxCheckpoints = 2
	require.NoError(t, r.run())
	for _, id := range []string{"1", "2", "3", "2", "3", "1"} {
		status, _ := r.post(id, line(1))
		require.Equal(t, http.StatusOK, status)
	}
	r.RequireCounter("firehose.requests", map[string]int64{"accepted": 4, "repeated": 2})
	r.RequireCounter("firehose.evicted", map[string]int64{"": 2})
}

// blocking makes the next consumer report each call and wait until release is closed or its context ends.
func (r *fixture) blocking() (called, release chan struct{}) {
	called, release = make(chan struct{}, 100), make(chan struct{})
	var err error
	r.Next, err = consumer.NewLogs(func(ctx context.Context, logs plog.Logs) error {
		called <- struct{}{}
		select {
		case <-release:
			return r.Sink.ConsumeLogs(ctx, logs)
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	require.NoError(r.t, err)
	return called, release
}

func TestRequestIsNotReadTwiceAtTheSameTime(t *testing.T) {
	r := newFixture(t)
	called, release := r.blocking()
	r.start()
	first := make(chan int)
	go func() {
		status, _ := r.post("id", line(1))
		first <- status
	}()
	<-called
	status, message := r.post("id", line(1))
	assert.Equal(t, http.StatusServiceUnavailable, status)
	assert.Equal(t, "the request is already being read", message)
	close(release)
	assert.Equal(t, http.StatusOK, <-first)
	assert.Equal(t, ingesttest.PortRange(1, 1), ingesttest.SourcePorts(r.Sink.AllLogs()))
}

func TestRequestsWaitForAnIdleReader(t *testing.T) {
	r := newFixture(t)
	r.config.MaxConcurrentRequests = 1
	called, release := r.blocking()
	r.start()
	statuses := make(chan int)
	for i := range 3 {
		go func() {
			status, _ := r.post(fmt.Sprint("id-", i), line(i+1))
			statuses <- status
		}()
	}
	<-called
	assert.Empty(t, called, "one at a time")
	close(release)
	for range 3 {
		assert.Equal(t, http.StatusOK, <-statuses)
	}
	assert.ElementsMatch(t, ingesttest.PortRange(1, 3), ingesttest.SourcePorts(r.Sink.AllLogs()))
}

func TestShutdownWaitsForRequests(t *testing.T) {
	r := newFixture(t)
	called, release := r.blocking()
	r.start()
	first, stopped := make(chan int), make(chan struct{})
	go func() {
		status, _ := r.post("id", line(1))
		first <- status
	}()
	<-called
	go func() {
		defer close(stopped)
		r.stop()
	}()
	// Shutdown removes the socket first.
	require.Eventually(t, func() bool {
		_, err := r.client.Transport.(*http.Transport).DialContext(t.Context(), "", "")
		return err != nil
	}, ingesttest.Timeout, ingesttest.Tick)
	close(release)
	assert.Equal(t, http.StatusOK, <-first)
	<-stopped
}

func TestShutdownRejectsUnfinishedRequests(t *testing.T) {
	r := newFixture(t)
	called, _ := r.blocking()
	r.start()
	first := make(chan int, 1)
	go func() {
		status, _ := r.post("id", line(1))
		first <- status
	}()
	<-called
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // Shutdown does not wait.
	require.NoError(t, r.source.Shutdown(ctx))
	assert.Equal(t, http.StatusServiceUnavailable, <-first)
	r.RequireCounter("firehose.requests", map[string]int64{"interrupted": 1})
}

func TestRequestEndsWhenTheClientDisconnects(t *testing.T) {
	r := newFixture(t)
	called, _ := r.blocking()
	r.start()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-called
		cancel()
	}()
	out, err := r.client.Do(r.request("id", strings.NewReader(payload("id", line(1)))).WithContext(ctx))
	if err == nil {
		_ = out.Body.Close()
	}
	require.ErrorIs(t, err, context.Canceled)
	r.RequireCounter("firehose.requests", map[string]int64{"interrupted": 1})
	assert.Zero(t, r.Sink.LogRecordCount())
}
