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

// patience is for how long a shutdown waits for pages that are being sent.
const patience = 5 * time.Second

// listen takes hold of the address that is configured.
func (d *dashboard) listen(ctx context.Context) (net.Listener, error) {
	listener, err := d.cfg.ToListener(ctx)
	if _, ok := errors.AsType[*net.OpError](err); ok {
		return nil, fmt.Errorf("endpoint: %w", err)
	}
	if err != nil {
		return nil, fmt.Errorf("tls: %w", err)
	}
	return listener, nil
}

// serve answers requests until the function that it returns is called.
func (d *dashboard) serve(
	ctx context.Context, host component.Host, listener net.Listener, options web.Options,
) (stop func(context.Context) error, err error) {
	local := isLocal(listener.Addr())
	options.Hosts = d.hosts(local)
	server, err := d.cfg.ToServer(ctx, host.GetExtensions(), d.set.TelemetrySettings, web.Handler(d.store, options))
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	d.set.Logger.Info("the dashboard is served", zap.String("url", d.url(listener.Addr())))
	if !local && !d.cfg.Auth.HasValue() {
		d.set.Logger.Warn("the dashboard is served beyond this machine and asks nobody who they are: "+
			"set auth, or have endpoint begin with localhost", zap.String("endpoint", d.cfg.NetAddr.Endpoint))
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := server.Serve(listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
			componentstatus.ReportStatus(host, componentstatus.NewFatalErrorEvent(fmt.Errorf("the dashboard is served no more: %w", err)))
		}
	}()
	return func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		err := server.Shutdown(ctx)
		if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
			err = server.Close() // who still reads a page has had the time
		}
		<-done
		return err
	}, nil
}

// hosts are the names under which the page may be called; none for any. A page that only this machine can reach holds to
// names of this machine: else one elsewhere, opened in a browser here, could have its own name point here and read it.
func (d *dashboard) hosts(local bool) []string {
	if !local && len(d.cfg.ServerNames) == 0 {
		return nil
	}
	return append([]string{"localhost"}, d.cfg.ServerNames...)
}

// isLocal tells whether only the machine itself can reach an address.
func isLocal(address net.Addr) bool {
	tcp, ok := address.(*net.TCPAddr)
	return !ok || tcp.IP.IsLoopback()
}

// url is where people open the page.
func (d *dashboard) url(address net.Addr) string {
	tcp, ok := address.(*net.TCPAddr)
	if !ok {
		return string(confignet.TransportTypeUnix) + ":" + address.String()
	}
	scheme, name := "http", tcp.IP.String()
	if d.cfg.TLS.HasValue() {
		scheme = "https"
	}
	if tcp.IP.IsLoopback() || tcp.IP.IsUnspecified() {
		name = "localhost"
	}
	return fmt.Sprintf("%s://%s/", scheme, net.JoinHostPort(name, strconv.Itoa(tcp.Port)))
}
