// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package firehosesource

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/confignet"
	"go.opentelemetry.io/collector/extension/xextension/storage"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingesttest"
)

const (
	testKey     = "a key, with a comma"
	streamARN   = "arn:aws:firehose:eu-west-1:123456789010:deliverystream/flow-logs"
	respondedAt = 1_700_000_000_123
)

// fixture is a source with an endpoint, and a client that sends requests as Firehose does.
type fixture struct {
	*ingesttest.Harness
	t      testing.TB
	config *Config
	client http.Client
	// extensions are the extensions of the host.
	extensions map[component.ID]component.Component
	// storage keeps checkpoints across restarts; nil keeps none.
	storage storage.Extension
	opened  storage.Client
	source  *Source
}

// newFixture returns a fixture that listens on its own Unix socket.
func newFixture(t testing.TB) *fixture {
	r := &fixture{Harness: ingesttest.NewHarness(t), t: t}
	r.Config.Now = func() time.Time { return time.UnixMilli(respondedAt) }
	c := NewDefaultConfig()
	c.NetAddr.Transport = confignet.TransportTypeUnix
	c.NetAddr.Endpoint = filepath.Join(t.TempDir(), "socket")
	c.AccessKey = testKey
	r.config = &c
	r.client.Transport = &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", c.NetAddr.Endpoint)
	}}
	t.Cleanup(r.client.CloseIdleConnections)
	t.Cleanup(r.stop)
	return r
}

// GetExtensions makes the fixture the host of the source.
func (r *fixture) GetExtensions() map[component.ID]component.Component { return r.extensions }

func (r *fixture) build() {
	r.t.Helper()
	var err error
	r.source, err = New(r.config, r.NewIngester())
	require.NoError(r.t, err)
}

func (r *fixture) run() error {
	r.t.Helper()
	if r.storage != nil {
		r.opened = ingesttest.ReceiverClient(r.t, r.storage)
	}
	return r.source.Start(r.t.Context(), r, r.opened)
}

func (r *fixture) start() {
	r.t.Helper()
	r.build()
	require.NoError(r.t, r.run())
}

func (r *fixture) stop() {
	if r.source != nil {
		assert.NoError(r.t, r.source.Shutdown(context.Background()))
		r.source.ingester.Close()
		r.source = nil
	}
	if r.opened != nil {
		assert.NoError(r.t, r.opened.Close(context.Background()))
		r.opened = nil
	}
}

// payload returns the body of a request.
func payload(id string, records ...string) string {
	type record struct {
		Data string `json:"data"`
	}
	list := []record{}
	for _, data := range records {
		list = append(list, record{base64.StdEncoding.EncodeToString([]byte(data))})
	}
	text, _ := json.Marshal(map[string]any{"requestId": id, "timestamp": respondedAt - 1, "records": list})
	return string(text)
}

// request returns a request of Firehose with changed headers. An empty value removes a header.
func (r *fixture) request(id string, content io.Reader, headers ...string) *http.Request {
	r.t.Helper()
	q, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, "http://collector/", content)
	require.NoError(r.t, err)
	q.Header.Set("Content-Type", "application/json")
	q.Header.Set(headerVersion, "1.0")
	q.Header.Set(headerRequestID, id)
	q.Header.Set(headerSourceARN, streamARN)
	q.Header.Set(headerAccessKey, testKey)
	for i := 0; i < len(headers); i += 2 {
		if q.Header.Set(headers[i], headers[i+1]); headers[i+1] == "" {
			q.Header.Del(headers[i])
		}
	}
	return q
}

// send returns the status and the message of the response, and checks the parts that all responses share.
func (r *fixture) send(q *http.Request) (status int, message string) {
	r.t.Helper()
	out, err := r.client.Do(q)
	require.NoError(r.t, err)
	defer out.Body.Close()
	text, err := io.ReadAll(out.Body)
	require.NoError(r.t, err)
	var a responseBody
	require.NoError(r.t, json.Unmarshal(text, &a), string(text))
	assert.Equal(r.t, "application/json", out.Header.Get("Content-Type"))
	assert.Equal(r.t, q.Header.Get(headerRequestID), a.RequestID)
	assert.EqualValues(r.t, respondedAt, a.Timestamp)
	assert.EqualValues(r.t, len(text), out.ContentLength)
	assert.Equal(r.t, out.StatusCode == http.StatusOK, a.ErrorMessage == "", a.ErrorMessage)
	assert.Equal(r.t, out.StatusCode == http.StatusServiceUnavailable, out.Header.Get("Retry-After") != "")
	assert.NotContains(r.t, string(text), testKey)
	return out.StatusCode, a.ErrorMessage
}

// post sends a request with these records.
func (r *fixture) post(id string, records ...string) (status int, message string) {
	r.t.Helper()
	return r.send(r.request(id, strings.NewReader(payload(id, records...))))
}
