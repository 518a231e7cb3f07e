// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package firehosesource

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

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingesttest"
)

func (r *fixture) listenAt(endpoint string) {
	c := r.config
	c.NetAddr.Transport, c.NetAddr.Endpoint = confignet.TransportTypeTCP, endpoint
}

func TestListenErrorNamesTheKey(t *testing.T) {
	other, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer other.Close()
	r := newFixture(t)
	r.listenAt(other.Addr().String())
	r.build()
	err = r.run()
	require.ErrorContains(t, err, `firehose::endpoint: cannot listen on "`+other.Addr().String()+`": `)
	require.ErrorContains(t, err, "address already in use")
}

func TestCertificateErrorNamesTheKey(t *testing.T) {
	r := newFixture(t)
	r.config.TLS = configoptional.Some(configtls.ServerConfig{Config: configtls.Config{CertFile: "none.crt", KeyFile: "none.key"}})
	r.build()
	require.ErrorContains(t, r.run(), "firehose::tls: ")
}

func TestEndpointWithoutTLSLogsAWarning(t *testing.T) {
	for endpoint, want := range map[string]int{"0.0.0.0:0": 1, "[::]:0": 1, ":0": 1, "127.0.0.1:0": 0, "localhost:0": 0} {
		r := newFixture(t)
		r.listenAt(endpoint)
		r.start()
		assert.Len(t, r.Logs.FilterMessageSnippet("has no TLS").All(), want, endpoint)
		r.stop()
	}
}

func TestRequestsOverTLS(t *testing.T) {
	cert, key, pool := certificate(t)
	r := newFixture(t)
	r.config.TLS = configoptional.Some(configtls.ServerConfig{Config: configtls.Config{CertPem: cert, KeyPem: key}})
	transport := r.client.Transport.(*http.Transport)
	transport.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	transport.ForceAttemptHTTP2 = true
	r.start()
	q := r.request("id", strings.NewReader(payload("id", line(1))))
	q.URL.Scheme = "https"
	status, message := r.send(q)
	require.Equal(t, http.StatusOK, status, message)
	assert.Equal(t, ingesttest.PortRange(1, 1), ingesttest.SourcePorts(r.Sink.AllLogs()))
}

// certificate returns a certificate for the host in the requests.
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

// authenticator is an extension that accepts one token.
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

func TestExtensionAuthenticatesInsteadOfAKey(t *testing.T) {
	id := component.MustNewID("authenticator")
	r := newFixture(t)
	c := r.config
	c.AccessKey = ""
	c.Auth = configoptional.Some(confighttp.AuthConfig{Config: configauth.Config{AuthenticatorID: id}})
	r.extensions = map[component.ID]component.Component{id: authenticator{}}
	r.start()
	status, _ := r.send(r.request("1", strings.NewReader(payload("1", line(1))), "Authorization", "Bearer token", headerAccessKey, ""))
	assert.Equal(t, http.StatusOK, status)
	status, message := r.send(r.request("2", strings.NewReader(payload("2", line(2))), headerAccessKey, ""))
	assert.Equal(t, http.StatusUnauthorized, status)
	assert.Equal(t, "the authentication failed", message)
	logged := r.Logs.FilterMessageSnippet("status 401").All()
	require.Len(t, logged, 1)
	assert.Equal(t, "the authentication failed", logged[0].ContextMap()["reason"])
	assert.Equal(t, ingesttest.PortRange(1, 1), ingesttest.SourcePorts(r.Sink.AllLogs()))
}
