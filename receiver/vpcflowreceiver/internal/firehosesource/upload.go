// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package firehosesource

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"time"
)

const (
	// slowAfter is how long a request may wait for its client before it counts as slow.
	slowAfter = 10 * time.Second
	// drainTimeout bounds the time in which the rest of a body is read and dropped after the response.
	drainTimeout = 30 * time.Second
)

// uploads is a handler that bounds how long the bodies of requests may take to arrive. It sees the bytes that clients send,
// before they are decompressed. A client gets its response even if it reads nothing until it has sent the whole body.
type uploads struct {
	next http.Handler
	// minRate is the rate in bytes per second at which a slow body must arrive. timeout bounds the time of reading a request.
	// Zero means no limit.
	minRate float64
	timeout time.Duration
	// slow has one place for each slow request.
	slow chan struct{}
}

// newUploads returns a handler for which at most half of the concurrent requests, but at least one, may be slow.
func newUploads(c *Config, next http.Handler) *uploads {
	return &uploads{
		next: next, minRate: float64(c.MinBodyRate), timeout: c.ReadTimeout,
		slow: make(chan struct{}, max(1, c.MaxConcurrentRequests/2)),
	}
}

// ServeHTTP implements http.Handler.
func (u *uploads) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b := &body{uploads: u, input: r.Body, control: http.NewResponseController(w), ctx: r.Context(), isRead: r.Header.Get("Expect") == ""}
	if u.timeout > 0 {
		b.end = time.Now().Add(u.timeout)
	}
	r.Body = b
	if r.ProtoMajor == 1 {
		_ = b.control.EnableFullDuplex() // The response can be sent before the body has arrived.
	}
	stop := context.AfterFunc(b.ctx, func() { b.setDeadline(time.Time{}) })
	defer stop()
	u.next.ServeHTTP(w, r)
	if b.isSlow {
		<-u.slow
	}
	if r.ProtoMajor == 1 {
		b.drain()
	}
}

// body is the body of a request.
type body struct {
	*uploads
	input   io.ReadCloser
	control *http.ResponseController
	ctx     context.Context
	// end is when the whole body must have arrived; zero means no limit.
	end time.Time
	// received is the number of bytes that have arrived, and waited is how long they were waited for.
	received int64
	waited   time.Duration
	isSlow   bool
	// isRead is false while the client may wait for the server to ask for the body.
	isRead bool
	// err is why nothing more can be read.
	err error
}

// Read implements io.Reader. Its errors include *rejection.
func (b *body) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	if b.err = b.claimSlow(); b.err != nil {
		return 0, b.err
	}
	b.isRead = true
	begin := time.Now()
	end := b.deadline(begin)
	b.setDeadline(end)
	n, err := b.input.Read(p)
	b.received += int64(n)
	now := time.Now()
	b.waited += now.Sub(begin)
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded) && !now.Before(end): // Otherwise, the request was aborted.
		err = &rejection{requestTooSlow, "the body arrives too slowly"}
	case errors.Is(err, io.EOF):
		b.setDeadline(b.end) // The server now waits for the client to disconnect.
	}
	b.err = err
	return n, err
}

// Close implements io.Closer.
func (b *body) Close() error { return b.input.Close() }

// claimSlow makes sure that few requests are slow.
func (b *body) claimSlow() error {
	if b.isSlow || b.waited < slowAfter {
		return nil
	}
	select {
	case b.slow <- struct{}{}:
		b.isSlow = true
		return nil
	default:
		return &rejection{requestTooSlow, "the body arrives slowly, and so do too many others"}
	}
}

// deadline returns the time until which the next bytes must arrive.
func (b *body) deadline(now time.Time) time.Time {
	end := b.end
	if b.minRate > 0 {
		allowed := slowAfter + time.Duration(float64(b.received)/b.minRate*float64(time.Second))
		if t := now.Add(min(allowed-b.waited, slowAfter)); end.IsZero() || t.Before(end) {
			end = t
		}
	}
	return end
}

// setDeadline ends a Read at a time, or now if the request was aborted. Zero means no deadline.
func (b *body) setDeadline(end time.Time) {
	_ = b.control.SetReadDeadline(end) // Without support for it, read_timeout bounds the whole request.
	if b.ctx.Err() != nil {
		_ = b.control.SetReadDeadline(time.Unix(1, 0))
	}
}

// drain sends the response and reads the rest of the body. If the server closed the connection at once, the client would
// lose the response.
func (b *body) drain() {
	if !b.isRead || b.err != nil || b.ctx.Err() != nil {
		return
	}
	if b.control.Flush() != nil {
		return
	}
	b.setDeadline(time.Now().Add(drainTimeout))
	_, _ = io.Copy(io.Discard, b.input)
}
