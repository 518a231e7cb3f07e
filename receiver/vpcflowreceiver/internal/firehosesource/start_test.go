// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
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
	"go.opentelemetry.io/collector/config/configopaque"
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

func TestRequestsComeByTLS(t *testing.T) {
	cert, key, pool := certificate(t)
	r := newFirehoseRig(t)
	r.cfg.Firehose.Get().TLS = configoptional.Some(configtls.ServerConfig{Config: configtls.Config{CertPem: cert, KeyPem: key}})
	transport := r.client.Transport.(*http.Transport)
	transport.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	transport.ForceAttemptHTTP2 = true
	r.start()
	q := r.request("id", strings.NewReader(payload("id", line(1))))
	q.URL.Scheme = "https"
	status, message := r.send(q)
	require.Equal(t, http.StatusOK, status, message)
	assert.Equal(t, upTo(1, 1), sourcePorts(r.sink.AllLogs()))
}

// certificate makes one for the host that the client speaks to.
func certificate(t *testing.T) (cert, key configopaque.String, pool *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"collector"}, NotAfter: time.Now().Add(time.Hour)}
	signed, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	require.NoError(t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed})
	pool = x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(text))
	return configopaque.String(text), configopaque.String(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})), pool
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
	unstored := *r.cfg
	unstored.Storage = nil
	r.receiver.(*vpcFlowReceiver).config = &unstored
	r.source().intake.now = func() time.Time { return time.UnixMilli(answered) }
	r.run()
	status, _ := r.send(r.request("1", strings.NewReader(payload("1", line(1))), "Authorization", "Bearer token", headerAccessKey, ""))
	assert.Equal(t, http.StatusOK, status)
	status, message := r.send(r.request("2", strings.NewReader(payload("2", line(2))), headerAccessKey, ""))
	assert.Equal(t, http.StatusUnauthorized, status)
	assert.Equal(t, "the authentication failed", message)
	said := r.logs.FilterMessageSnippet("refused with 401").All()
	require.Len(t, said, 1)
	assert.Equal(t, "the authentication failed", said[0].ContextMap()["reason"])
	assert.Equal(t, upTo(1, 1), sourcePorts(r.sink.AllLogs()))
}
