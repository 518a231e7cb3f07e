// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap/zapcore"
)

func TestAWrongAccessKeyIsWarnedOfNowAndThen(t *testing.T) {
	r := newFirehoseRig(t)
	r.build()
	begin := time.UnixMilli(answered)
	now := begin
	s := r.source()
	s.intake.now = func() time.Time { return now }
	r.run()
	for _, step := range []struct {
		name  string
		after time.Duration
		key   string
		since int64 // 0: nothing is said.
	}{
		{"the right key is not warned of", 0, testKey, 0},
		{"the first wrong one is", 0, "nearly the key", 1},
		{"the next is not", 1, "", 0},
		{"nor is one a little before its time", sampleInterval - 1, "nearly the key", 0},
		{"nor is the right key at that time", sampleInterval, testKey, 0},
		{"one at its time tells of those before", sampleInterval, "nearly the key", 3},
	} {
		now = begin.Add(step.after)
		q := r.request("id", strings.NewReader(payload("id", line(1))), headerAccessKey, step.key)
		q.RemoteAddr = "192.0.2.7:1234"
		w := httptest.NewRecorder()
		s.ServeHTTP(w, q)
		assert.Equal(t, step.key == testKey, w.Code == http.StatusOK, step.name)
		said := r.logs.FilterLevelExact(zapcore.WarnLevel).All()
		r.logs.TakeAll()
		if step.since == 0 {
			assert.Empty(t, said, step.name)
			continue
		}
		require.Len(t, said, 1, step.name)
		assert.Equal(t, "A request to the endpoint of Firehose is refused with 401", said[0].Message)
		assert.Equal(t, map[string]any{
			"reason":         "the access key is missing or not the one that is configured",
			"remote_address": "192.0.2.7:1234", "refusals_since_last_message": step.since,
		}, said[0].ContextMap())
		assert.NotContains(t, fmt.Sprint(said), step.key)
	}
}
