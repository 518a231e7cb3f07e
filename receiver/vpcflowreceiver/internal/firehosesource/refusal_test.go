// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

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
)

type logsOf = plog.Logs

// counter counts what is read of it.
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

// mixed are 60 lines in records of all kinds.
func mixed(t testing.TB) []string {
	return []string{
		v2(1, 10), zip(t, cloudWatch(t, "1", v2(11, 25))), messages(v2(26, 30)), v2(31, 31), v2(32, 45),
		cloudWatch(t, "2", v2(46, 55)) + cloudWatch(t, "2", v2(56, 58)), v2(59, 60),
	}
}

func TestARepeatedRequestGoesOnWhereItWasRefused(t *testing.T) {
	for refused := 1; refused <= 20; refused++ {
		t.Run(fmt.Sprint("refused at batch ", refused), func(t *testing.T) {
			r := newFirehoseRig(t)
			r.cfg.MaxBatchSize = 3
			r.refuse(func(call int, _ logsOf) error {
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
			assert.Equal(t, upTo(1, 60), sourcePorts(r.sink.AllLogs()))
			r.counted("firehose.requests", map[string]int64{"refused": 1, "accepted": 1})
			r.counted("refused", map[string]int64{})
		})
	}
}

func TestARequestThatWasAcceptedIsNotTakenAgain(t *testing.T) {
	r := newFirehoseRig(t)
	r.start()
	for range 3 {
		status, message := r.post("id", mixed(t)...)
		require.Equal(t, http.StatusOK, status, message)
	}
	assert.Equal(t, upTo(1, 60), sourcePorts(r.sink.AllLogs()))
	r.counted("firehose.requests", map[string]int64{"accepted": 1, "repeated": 2})
}

func TestTheSameIDOfAnotherStreamIsAnotherRequest(t *testing.T) {
	r := newFirehoseRig(t)
	r.start()
	r.post("id", line(1))
	status, _ := r.send(r.request("id", strings.NewReader(payload("id", line(2))), headerSourceARN, streamARN+"-2"))
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, upTo(1, 2), sourcePorts(r.sink.AllLogs()))
}

func TestWhatIsKnownOfRequestsSurvivesARestart(t *testing.T) {
	r := newFirehoseRig(t)
	r.keepPositions()
	r.cfg.MaxBatchSize = 3
	r.refuse(func(call int, _ logsOf) error {
		if call == 7 {
			return errors.New("full")
		}
		return nil
	})
	r.start()
	r.post("done", v2(101, 105))
	status, _ := r.post("id", mixed(t)...)
	require.Equal(t, http.StatusServiceUnavailable, status)
	r.stop()
	r.client.CloseIdleConnections()
	r.start()
	for _, id := range []string{"id", "done"} {
		status, message := r.post(id, mixed(t)...)
		require.Equal(t, http.StatusOK, status, message)
	}
	assert.Equal(t, append(upTo(101, 105), upTo(1, 60)...), sourcePorts(r.sink.AllLogs()))
}

func TestRecordsThatAreRefusedForGoodAreLeftToFirehose(t *testing.T) {
	r := newFirehoseRig(t)
	r.refuse(func(int, logsOf) error { return consumererror.NewPermanent(errors.New("secret reason")) })
	r.start()
	status, message := r.post("id", line(1))
	assert.Equal(t, http.StatusBadRequest, status)
	assert.Equal(t, "the pipeline refuses the records for good", message)
	r.counted("firehose.requests", map[string]int64{"refused_for_good": 1})
	said := r.logs.FilterMessageSnippet("refuses records").All()
	require.Len(t, said, 1)
	assert.Equal(t, "Permanent error: secret reason", said[0].ContextMap()["error"])
}

func TestTheOldestRequestsAreForgotten(t *testing.T) {
	r := newFirehoseRig(t)
	r.start()
	r.source().requests.positions.max = 2
	for _, id := range []string{"1", "2", "3", "2", "3", "1"} {
		status, _ := r.post(id, line(1))
		require.Equal(t, http.StatusOK, status)
	}
	r.counted("firehose.requests", map[string]int64{"accepted": 4, "repeated": 2})
	r.counted("firehose.forgotten", map[string]int64{"": 2})
}

// blocking makes the next consumer wait until it is let go or its context ends, and tells when it was called.
func (r *firehoseRig) blocking() (called, release chan struct{}) {
	called, release = make(chan struct{}, 100), make(chan struct{})
	var err error
	r.next, err = consumer.NewLogs(func(ctx context.Context, logs plog.Logs) error {
		called <- struct{}{}
		select {
		case <-release:
			return r.sink.ConsumeLogs(ctx, logs)
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	require.NoError(r.t, err)
	return called, release
}

func TestARequestIsNotTakenTwiceAtTheSameTime(t *testing.T) {
	r := newFirehoseRig(t)
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
	assert.Equal(t, "the request is being taken already", message)
	close(release)
	assert.Equal(t, http.StatusOK, <-first)
	assert.Equal(t, upTo(1, 1), sourcePorts(r.sink.AllLogs()))
}

func TestRequestsWaitForTheirTurn(t *testing.T) {
	r := newFirehoseRig(t)
	r.cfg.Firehose.Get().MaxConcurrentRequests = 1
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
	assert.ElementsMatch(t, upTo(1, 3), sourcePorts(r.sink.AllLogs()))
}

func TestRequestsThatAreBeingTakenComeToTheirEndAtShutdown(t *testing.T) {
	r := newFirehoseRig(t)
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
	// The socket goes away first: then it is being shut down.
	require.Eventually(t, func() bool {
		_, err := r.client.Transport.(*http.Transport).DialContext(t.Context(), "", "")
		return err != nil
	}, timeout, tick)
	close(release)
	assert.Equal(t, http.StatusOK, <-first)
	<-stopped
}

func TestARequestThatDoesNotEndAtShutdownIsAnsweredThatItIsToBeSentAgain(t *testing.T) {
	r := newFirehoseRig(t)
	called, _ := r.blocking()
	r.start()
	first := make(chan int, 1)
	go func() {
		status, _ := r.post("id", line(1))
		first <- status
	}()
	<-called
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // There is no time to wait.
	require.NoError(t, r.receiver.Shutdown(ctx))
	r.receiver = nil
	assert.Equal(t, http.StatusServiceUnavailable, <-first)
	r.counted("firehose.requests", map[string]int64{"interrupted": 1})
}

func TestARequestWhoseSenderIsGoneIsGivenUp(t *testing.T) {
	r := newFirehoseRig(t)
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
	r.counted("firehose.requests", map[string]int64{"interrupted": 1})
	assert.Zero(t, r.sink.LogRecordCount())
}
