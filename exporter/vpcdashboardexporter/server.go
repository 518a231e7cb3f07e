// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdashboardexporter

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/config/confignet"
	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/web"
)

// shutdownTimeout bounds how long a shutdown waits for running requests.
const shutdownTimeout = time.Second

// pageServer serves the pages.
type pageServer struct {
	cfg       *Config
	telemetry component.TelemetrySettings
	store     web.Store
}

// listen opens the configured address.
func listen(ctx context.Context, cfg *Config) (net.Listener, error) {
	listener, err := cfg.ToListener(ctx)
	if _, ok := errors.AsType[*net.OpError](err); ok {
		return nil, fmt.Errorf("endpoint: %w", err)
	}
	if err != nil {
		return nil, fmt.Errorf("tls: %w", err)
	}
	return listener, nil
}

// serve handles requests until the returned function is called. It takes ownership of the listener.
func (s *pageServer) serve(
	ctx context.Context, host component.Host, listener net.Listener, options web.Options,
) (stop func(context.Context) error, err error) {
	local := isLocal(listener.Addr())
	options.Hosts = s.allowedHosts(local)
	server, err := s.cfg.ToServer(ctx, host.GetExtensions(), s.telemetry, web.Handler(s.store, options))
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	s.telemetry.Logger.Info("dashboard started", zap.String("url", s.url(listener.Addr())))
	if !local && !s.cfg.Auth.HasValue() {
		s.telemetry.Logger.Warn("dashboard is open to other machines without authentication: set auth, or use a localhost endpoint",
			zap.String("endpoint", s.cfg.NetAddr.Endpoint))
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := server.Serve(listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
			componentstatus.ReportStatus(host, componentstatus.NewFatalErrorEvent(fmt.Errorf("serve dashboard: %w", err)))
		}
	}()
	return func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, shutdownTimeout)
		defer cancel()
		err := server.Shutdown(ctx)
		if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
			err = server.Close() // abort the remaining requests
		}
		<-done
		return err
	}, nil
}

// allowedHosts returns the host names that requests may use, or none for all. A local page accepts only local names.
// Otherwise, a foreign web page in a local browser could resolve its own name to this page and read it (DNS rebinding).
func (s *pageServer) allowedHosts(local bool) []string {
	if !local && len(s.cfg.ServerNames) == 0 {
		return nil
	}
	return append([]string{"localhost"}, s.cfg.ServerNames...)
}

// isLocal reports whether only the local machine can reach an address.
func isLocal(address net.Addr) bool {
	tcp, ok := address.(*net.TCPAddr)
	return !ok || tcp.IP.IsLoopback()
}

// url returns the URL of the page, or unix: and the path of a Unix socket.
func (s *pageServer) url(address net.Addr) string {
	tcp, ok := address.(*net.TCPAddr)
	if !ok {
		return string(confignet.TransportTypeUnix) + ":" + address.String()
	}
	scheme, name := "http", tcp.IP.String()
	if s.cfg.TLS.HasValue() {
		scheme = "https"
	}
	if tcp.IP.IsLoopback() || tcp.IP.IsUnspecified() {
		name = "localhost"
	}
	return fmt.Sprintf("%s://%s/", scheme, net.JoinHostPort(name, strconv.Itoa(tcp.Port)))
}
