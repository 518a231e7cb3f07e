// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/extension/xextension/storage"
)

const (
	// grace is how long requests may still take when we are shut down.
	grace = 10 * time.Second
	// lastWords is how long the answers may take then of requests that were broken off.
	lastWords = time.Second
)

// firehose is the source that Amazon Data Firehose sends to. Each request is read record by record, and what it holds is
// handed on as it comes, so that a request needs the same little memory however long it is. It is answered when the next
// consumer has accepted all of it; if it refuses, Firehose sends the request again, and reading goes on where it was.
type firehose struct {
	config    *firehoseConfig
	telemetry component.TelemetrySettings
	intake    *intake
	keys      accessKeys
	requests  *requests
	// strangers makes the warnings few about requests that may not be taken.
	strangers sampler
	// idle are the readers that have nothing to do; there are max_concurrent_requests in all.
	idle   chan *reader
	server *http.Server
	// cancel breaks off the requests that are being read.
	cancel context.CancelFunc
	// served is closed when the server has ended.
	served chan struct{}
}

func newFirehose(
	c *firehoseConfig, newDecoder func() *decoder, maxBatch int, set component.TelemetrySettings, in *intake,
) *firehose {
	s := &firehose{
		config:    c,
		telemetry: set,
		intake:    in,
		keys:      newAccessKeys(c.AccessKey, c.PreviousAccessKey),
		requests:  newRequests(func() { in.telemetry.firehoseForgotten.Add(context.Background(), 1) }),
		idle:      make(chan *reader, c.MaxConcurrentRequests),
	}
	for range c.MaxConcurrentRequests {
		r := newReader(in, newDecoder(), maxBatch)
		r.store = s.requests.save
		s.idle <- r
	}
	return s
}

func (s *firehose) start(ctx context.Context, host component.Host, client storage.Client) error {
	if err := s.requests.open(ctx, client); err != nil {
		return err
	}
	server, err := s.config.ToServer(ctx, host.GetExtensions(), s.telemetry, s, confighttp.WithErrorHandler(s.answerEarly))
	if err != nil {
		return fmt.Errorf("firehose: %w", err)
	}
	listener, err := s.config.ToListener(ctx)
	if listen := (*net.OpError)(nil); errors.As(err, &listen) {
		return fmt.Errorf("firehose::endpoint: cannot listen at %q: %w", s.config.NetAddr.Endpoint, err)
	} else if err != nil {
		return fmt.Errorf("firehose::tls: %w", err)
	}
	if !s.config.TLS.HasValue() && !s.config.isLocal() {
		s.telemetry.Logger.Warn("The endpoint of Firehose has no TLS: unless a load balancer ends TLS before it, " +
			"the access key and the flow logs can be read on their way")
	}
	var base context.Context
	base, s.cancel = context.WithCancel(context.Background())
	server.BaseContext = func(net.Listener) context.Context { return base }
	s.server, s.served = server, make(chan struct{})
	go func() {
		defer close(s.served)
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			componentstatus.ReportStatus(host, componentstatus.NewFatalErrorEvent(fmt.Errorf("firehose: %w", err)))
		}
	}()
	return nil
}

// shutdown lets requests come to their end for a while. Those that do not are answered that they are to be sent again.
func (s *firehose) shutdown(ctx context.Context) error {
	if s.server == nil {
		return nil
	}
	err := s.shutdownWithin(ctx, grace)
	s.cancel()
	if err != nil {
		err = s.shutdownWithin(context.WithoutCancel(ctx), lastWords)
	}
	if err != nil {
		err = s.server.Close()
	}
	<-s.served
	// Whoever has a reader may still be handing on.
	for range s.config.MaxConcurrentRequests {
		<-s.idle
	}
	s.server = nil
	return err
}

func (s *firehose) shutdownWithin(ctx context.Context, wait time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	return s.server.Shutdown(ctx)
}
