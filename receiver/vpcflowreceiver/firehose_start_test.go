// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configauth"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/confignet"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/config/configtls"
	"go.opentelemetry.io/collector/extension/extensionauth"
)

func (r *firehoseRig) listenAt(endpoint string) {
	c := r.cfg.Firehose.Get()
	c.NetAddr.Transport, c.NetAddr.Endpoint = confignet.TransportTypeTCP, endpoint
}

func TestAnEndpointThatCannotBeOpenedIsNamedByItsKey(t *testing.T) {
	other, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer other.Close()
	r := newFirehoseRig(t)
	r.listenAt(other.Addr().String())
	r.build()
	err = r.receiver.Start(t.Context(), r)
	require.ErrorContains(t, err, `firehose::endpoint: cannot listen at "`+other.Addr().String()+`": `)
	require.ErrorContains(t, err, "address already in use")
}

func TestACertificateThatCannotBeReadIsNamedByItsKey(t *testing.T) {
	r := newFirehoseRig(t)
	r.cfg.Firehose.Get().TLS = configoptional.Some(configtls.ServerConfig{Config: configtls.Config{CertFile: "none.crt", KeyFile: "none.key"}})
	r.build()
	require.ErrorContains(t, r.receiver.Start(t.Context(), r), "firehose::tls: ")
}

func TestAnEndpointForOthersWithoutTLSIsWarnedOf(t *testing.T) {
	for endpoint, want := range map[string]int{"0.0.0.0:0": 1, "[::]:0": 1, ":0": 1, "127.0.0.1:0": 0, "localhost:0": 0} {
		r := newFirehoseRig(t)
		r.listenAt(endpoint)
		r.start()
		assert.Len(t, r.logs.FilterMessageSnippet("has no TLS").All(), want, endpoint)
		r.stop()
	}
}

// authenticator is an extension that knows one user.
type authenticator struct {
	component.StartFunc
	component.ShutdownFunc
}

func (authenticator) Authenticate(ctx context.Context, headers map[string][]string) (context.Context, error) {
	if http.Header(headers).Get("Authorization") != "Bearer token" {
		return ctx, errors.New("secret reason")
	}
	return ctx, nil
}

var _ extensionauth.Server = authenticator{}

func TestAnExtensionMayAuthenticateInsteadOfAKey(t *testing.T) {
	id := component.MustNewID("authenticator")
	r := newFirehoseRig(t)
	c := r.cfg.Firehose.Get()
	c.AccessKey = ""
	c.Auth = configoptional.Some(confighttp.AuthConfig{Config: configauth.Config{AuthenticatorID: id}})
	r.extension, r.cfg.Storage = authenticator{}, &id
	r.build()
	r.receiver.(*vpcFlowReceiver).storage = nil
	r.source().intake.now = func() time.Time { return time.UnixMilli(answered) }
	r.run()
	status, _ := r.send(r.request("1", strings.NewReader(payload("1", line(1))), "Authorization", "Bearer token", headerAccessKey, ""))
	assert.Equal(t, http.StatusOK, status)
	status, message := r.send(r.request("2", strings.NewReader(payload("2", line(2))), headerAccessKey, ""))
	assert.Equal(t, http.StatusUnauthorized, status)
	assert.Equal(t, "the authentication failed", message)
	assert.Equal(t, upTo(1, 1), sourcePorts(r.sink.AllLogs()))
}
