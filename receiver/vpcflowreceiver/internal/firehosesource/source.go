// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package firehosesource is an HTTP endpoint for Amazon Data Firehose. It implements "Understand HTTP endpoint delivery
// request and response specifications" of the developer guide of Amazon Data Firehose.
package firehosesource

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

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
)

const (
	// gracePeriod is how long requests may take to finish after Shutdown was called.
	gracePeriod = 2 * time.Second
	// abortPeriod is how long the responses to aborted requests may take after that.
	abortPeriod = time.Second
)

// Source serves requests from Start to Shutdown.
type Source struct {
	config    *Config
	ingester  *ingest.Ingester
	telemetry *telemetry
	// maxCheckpoints is the maximum number of checkpoints.
	maxCheckpoints uint64
	handler        *handler
	server         *http.Server
	// abort cancels the requests that are being read.
	abort context.CancelFunc
	// served is closed when the server has stopped.
	served chan struct{}
}

// New returns a source for a checked configuration.
func New(c *Config, in *ingest.Ingester) (*Source, error) {
	t, err := newTelemetry(in.Settings.MeterProvider)
	if err != nil {
		return nil, err
	}
	return &Source{config: c, ingester: in.WithoutRetry(), telemetry: t, maxCheckpoints: maxRequests}, nil
}

// Start begins to serve. Without a storage client, checkpoints are kept in memory. A server that stops by itself is
// reported to the host as a fatal error.
func (s *Source) Start(ctx context.Context, host component.Host, client storage.Client) error {
	if err := s.newHandler(ctx, client); err != nil {
		return err
	}
	settings := s.ingester.Settings
	server, err := s.config.ToServer(ctx, host.GetExtensions(), settings, s.handler, confighttp.WithErrorHandler(s.handler.writeServerError))
	if err != nil {
		return fmt.Errorf("firehose: %w", err)
	}
	listener, err := s.config.ToListener(ctx)
	if listen := (*net.OpError)(nil); errors.As(err, &listen) {
		return fmt.Errorf("firehose::endpoint: cannot listen on %q: %w", s.config.NetAddr.Endpoint, err)
	} else if err != nil {
		return fmt.Errorf("firehose::tls: %w", err)
	}
	if !s.config.TLS.HasValue() && !s.config.isLocal() {
		settings.Logger.Warn("the endpoint for Firehose has no TLS: unless a load balancer terminates TLS, " +
			"the access key and the flow logs are sent in clear text")
	}
	server.Handler = newUploads(s.config, server.Handler)
	s.telemetry.initCounters(ctx)
	var base context.Context
	base, s.abort = context.WithCancel(context.Background())
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

func (s *Source) newHandler(ctx context.Context, client ingest.Client) error {
	store, err := ingest.OpenStore(ctx, client, "firehose", s.maxCheckpoints, func() { s.telemetry.evicted.Add(context.Background(), 1) })
	if err != nil {
		return fmt.Errorf("firehose: %w", err)
	}
	s.handler = newHandler(s.config, s.ingester, store, s.telemetry)
	return nil
}

// Shutdown waits for running requests, up to gracePeriod. It then aborts the others, and their clients send them again.
// It may be called without Start.
func (s *Source) Shutdown(ctx context.Context) error {
	if s.server == nil {
		return nil
	}
	err := s.shutdownWithin(ctx, gracePeriod)
	s.abort()
	if err != nil {
		err = s.shutdownWithin(context.WithoutCancel(ctx), abortPeriod)
	}
	if err != nil {
		err = s.server.Close()
	}
	<-s.served
	s.handler.wait()
	s.server = nil
	return err
}

func (s *Source) shutdownWithin(ctx context.Context, wait time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	return s.server.Shutdown(ctx)
}
