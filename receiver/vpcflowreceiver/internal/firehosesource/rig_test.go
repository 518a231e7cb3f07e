// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

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

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/stanza/fileconsumer"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/config/confignet"
	"go.opentelemetry.io/collector/config/configoptional"
)

const (
	testKey   = "a key, with a comma"
	streamARN = "arn:aws:firehose:eu-west-1:123456789010:deliverystream/flow-logs"
	answered  = 1_700_000_000_123
)

// firehoseRig is a receiver with an endpoint, and a client that sends as Firehose does.
type firehoseRig struct {
	*rig
	client http.Client
}

// newFirehoseRig makes an endpoint at a socket, which no other test can have.
func newFirehoseRig(t testing.TB) *firehoseRig {
	r := &firehoseRig{rig: newRig(t)}
	r.cfg.Files = configoptional.None[fileconsumer.Config]()
	c := r.cfg.Firehose.GetOrInsertDefault()
	c.NetAddr.Transport = confignet.TransportTypeUnix
	c.NetAddr.Endpoint = filepath.Join(t.TempDir(), "socket")
	c.AccessKey = testKey
	r.client.Transport = &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", c.NetAddr.Endpoint)
	}}
	t.Cleanup(r.client.CloseIdleConnections)
	return r
}

func (r *firehoseRig) start() {
	r.t.Helper()
	r.build()
	s := r.source()
	s.intake.now = func() time.Time { return time.UnixMilli(answered) }
	r.run()
}

func (r *firehoseRig) source() *firehose { return r.receiver.(*vpcFlowReceiver).sources[0].(*firehose) }

// payload is the body of a request with these records.
func payload(id string, records ...string) string {
	type record struct {
		Data string `json:"data"`
	}
	list := []record{}
	for _, data := range records {
		list = append(list, record{base64.StdEncoding.EncodeToString([]byte(data))})
	}
	text, _ := json.Marshal(map[string]any{"requestId": id, "timestamp": answered - 1, "records": list})
	return string(text)
}

// request is one as Firehose sends it, with headers changed as the test wants it; an empty value takes one away.
func (r *firehoseRig) request(id string, content io.Reader, headers ...string) *http.Request {
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

// send gives the status of the answer and its message, and checks what all answers have.
func (r *firehoseRig) send(q *http.Request) (status int, message string) {
	r.t.Helper()
	out, err := r.client.Do(q)
	require.NoError(r.t, err)
	defer out.Body.Close()
	text, err := io.ReadAll(out.Body)
	require.NoError(r.t, err)
	var a answer
	require.NoError(r.t, json.Unmarshal(text, &a), string(text))
	assert.Equal(r.t, "application/json", out.Header.Get("Content-Type"))
	assert.Equal(r.t, q.Header.Get(headerRequestID), a.RequestID)
	assert.EqualValues(r.t, answered, a.Timestamp)
	assert.EqualValues(r.t, len(text), out.ContentLength)
	assert.Equal(r.t, out.StatusCode == http.StatusOK, a.ErrorMessage == "", a.ErrorMessage)
	assert.Equal(r.t, out.StatusCode == http.StatusServiceUnavailable, out.Header.Get("Retry-After") != "")
	assert.NotContains(r.t, string(text), testKey)
	return out.StatusCode, a.ErrorMessage
}

// post sends a request with these records.
func (r *firehoseRig) post(id string, records ...string) (status int, message string) {
	r.t.Helper()
	return r.send(r.request(id, strings.NewReader(payload(id, records...))))
}
