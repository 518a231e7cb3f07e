// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package firehosesource

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingesttest"
)

func TestAClientThatFirstSendsItsWholeBodyGetsTheResponse(t *testing.T) {
	const large = 8 << 20 // More than a socket holds.
	for name, test := range map[string]struct {
		key     string
		chunked bool
		want    int
	}{
		"a body over the limit":                         {testKey, false, http.StatusRequestEntityTooLarge},
		"a body of unknown length, over the limit":      {testKey, true, http.StatusRequestEntityTooLarge},
		"a wrong key":                                   {"other", false, http.StatusUnauthorized},
		"a wrong key, with a body of an unknown length": {"other", true, http.StatusUnauthorized},
	} {
		t.Run(name, func(t *testing.T) {
			r := newFixture(t)
			r.config.MaxRequestBodySize = 1 << 20
			r.start()
			client, err := r.client.Transport.(*http.Transport).DialContext(t.Context(), "", "")
			require.NoError(t, err)
			defer client.Close()
			q := r.request("id", strings.NewReader(`{"requestId":"`+strings.Repeat(" ", large)+`"}`), headerAccessKey, test.key)
			if test.chunked {
				q.ContentLength = -1
			}
			require.NoError(t, q.Write(client))
			out, err := http.ReadResponse(bufio.NewReader(client), q)
			require.NoError(t, err)
			defer out.Body.Close()
			assert.Equal(t, test.want, out.StatusCode)
			text, err := io.ReadAll(out.Body)
			require.NoError(t, err)
			assert.Contains(t, string(text), `"errorMessage"`)
		})
	}
}

// pipes is a listener for connections in memory, whose time is that of the bubble.
type pipes struct {
	net.Listener
	accepted chan net.Conn
	closed   chan struct{}
}

func (p pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.accepted:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p pipes) Close() error {
	close(p.closed)
	return nil
}

func (p pipes) dial(context.Context, string, string) (net.Conn, error) {
	client, server := net.Pipe()
	p.accepted <- server
	return client, nil
}

// servePipes starts the server, and returns a function that stops it.
func (r *fixture) servePipes() (stop func()) {
	r.build()
	require.NoError(r.t, r.source.newHandler(r.t.Context(), nil))
	listener := pipes{accepted: make(chan net.Conn), closed: make(chan struct{})}
	server := &http.Server{Handler: newUploads(r.config, r.source.handler), ReadTimeout: r.config.ReadTimeout}
	r.client.Transport = &http.Transport{DialContext: listener.dial, MaxIdleConnsPerHost: -1}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(listener)
	}()
	return func() {
		assert.NoError(r.t, server.Close())
		<-served
	}
}

// slowBody yields a first part at once, and then a part of the rest each second.
type slowBody struct {
	first, rest string
	part        int
}

func (b *slowBody) Read(p []byte) (int, error) {
	if b.first != "" {
		n := copy(p, b.first)
		b.first = b.first[n:]
		return n, nil
	}
	if b.rest == "" {
		return 0, io.EOF
	}
	<-time.After(time.Second)
	n := copy(p[:min(len(p), b.part)], b.rest)
	b.rest = b.rest[n:]
	return n, nil
}

// slow returns a body of a request. A client that never sends the end has many blanks before it.
func slow(id string, port, first, blanks, part int) io.Reader {
	text := strings.Replace(payload(id, line(port)), "}", strings.Repeat(" ", blanks)+"}", 1)
	first = min(first, len(text))
	return &slowBody{first: text[:first], rest: text[first:], part: part}
}

func TestSlowBodiesDoNotBlockOthers(t *testing.T) {
	for name, test := range map[string]struct {
		first, blanks, part int
		within              time.Duration
	}{
		"bodies that hardly begin":           {first: 1, blanks: 1 << 20, part: 1, within: 0},
		"bodies that stop after their start": {first: 100 << 10, blanks: 1 << 20, part: 1, within: 20 * time.Second},
		"bodies just above the minimum rate": {first: 100 << 10, blanks: 10 << 20, part: 11 << 10, within: 20 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newFixture(t)
				stop := r.servePipes()
				defer stop()
				begin := time.Now()
				statuses := make(chan int, 12)
				for n := range 12 {
					go func() {
						id := fmt.Sprint("slow-", n)
						status, _ := r.send(r.request(id, slow(id, n+1, test.first, test.blanks, test.part)))
						statuses <- status
					}()
				}
				synctest.Wait()
				for n := range 100 {
					status, message := r.post(fmt.Sprint("fast-", n), line(100+n))
					require.Equal(t, http.StatusOK, status, message)
				}
				assert.LessOrEqual(t, time.Since(begin), test.within)
				for range 12 {
					assert.Equal(t, http.StatusRequestTimeout, <-statuses)
				}
				assert.LessOrEqual(t, time.Since(begin), r.config.ReadTimeout+time.Second)
				<-time.After(2 * time.Second) // The clients see that their connections are closed.
			})
		})
	}
}

func TestASlowBodyAboveTheMinimumRateIsRead(t *testing.T) {
	for name, test := range map[string]struct {
		minRate int64
		part    int
		want    int
	}{
		"above the minimum rate": {minRate: 10 << 10, part: 12 << 10, want: http.StatusOK},
		"below the minimum rate": {minRate: 10 << 10, part: 4 << 10, want: http.StatusRequestTimeout},
		"without a minimum rate": {minRate: 0, part: 4 << 10, want: http.StatusOK},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newFixture(t)
				r.config.MinBodyRate = test.minRate
				stop := r.servePipes()
				defer stop()
				status, message := r.send(r.request("id", slow("id", 1, 0, 400<<10, test.part)))
				assert.Equal(t, test.want, status, message)
				outcome := "accepted"
				if test.want != http.StatusOK {
					outcome = "too_slow"
				}
				assert.Equal(t, map[string]int64{outcome: 1}, r.Counter("firehose.requests"))
				<-time.After(2 * time.Second) // The client sees that its connection is closed.
			})
		})
	}
}

func TestASlowPipelineIsNotASlowBody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newFixture(t)
		calls := r.Refuse(func(int, plog.Logs) error {
			<-time.After(30 * time.Second)
			return nil
		})
		stop := r.servePipes()
		defer stop()
		status, message := r.post("id", ingesttest.Lines(1, 3000))
		assert.Equal(t, http.StatusOK, status, message)
		assert.Greater(t, calls.Load(), int64(2))
	})
}

func TestShutdownEndsSlowBodies(t *testing.T) {
	r := newFixture(t)
	r.Config.MaxBatchSize = 10
	r.start()
	reading, writing := io.Pipe()
	defer writing.Close()
	first := make(chan int, 1)
	go func() {
		status, _ := r.send(r.request("id", reading))
		first <- status
	}()
	whole := payload("id", repeat(ingesttest.Lines(1, 100), 100)...)
	_, err := io.WriteString(writing, whole[:len(whole)/2])
	require.NoError(t, err)
	require.Eventually(t, func() bool { return r.Sink.LogRecordCount() > 0 }, ingesttest.Timeout, ingesttest.Tick)
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // Shutdown does not wait.
	require.NoError(t, r.source.Shutdown(ctx))
	assert.Equal(t, http.StatusServiceUnavailable, <-first)
}
