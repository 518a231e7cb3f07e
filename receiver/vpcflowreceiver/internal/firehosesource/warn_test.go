// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package firehosesource

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

	"github.com/vpcflow/otelcol-vpcflow/internal/samplelog"
)

func TestWarningsAboutAccessKeysAreSampled(t *testing.T) {
	r := newFixture(t)
	begin := time.UnixMilli(respondedAt)
	now := begin
	r.Config.Now = func() time.Time { return now }
	r.start()
	for _, step := range []struct {
		name  string
		after time.Duration
		key   string
		since int64 // 0: nothing is logged
	}{
		{"the right key logs nothing", 0, testKey, 0},
		{"the first wrong key is logged", 0, "nearly the key", 1},
		{"the next one is not", 1, "", 0},
		{"nor one just before the interval ends", samplelog.DefaultInterval - 1, "nearly the key", 0},
		{"nor the right key after the interval", samplelog.DefaultInterval, testKey, 0},
		{"a wrong key after the interval logs the number", samplelog.DefaultInterval, "nearly the key", 3},
	} {
		now = begin.Add(step.after)
		q := r.request("id", strings.NewReader(payload("id", line(1))), headerAccessKey, step.key)
		q.RemoteAddr = "192.0.2.7:1234"
		w := httptest.NewRecorder()
		r.source.handler.ServeHTTP(w, q)
		assert.Equal(t, step.key == testKey, w.Code == http.StatusOK, step.name)
		logged := r.Logs.FilterLevelExact(zapcore.WarnLevel).All()
		r.Logs.TakeAll()
		if step.since == 0 {
			assert.Empty(t, logged, step.name)
			continue
		}
		require.Len(t, logged, 1, step.name)
		assert.Equal(t, "Firehose request rejected with status 401", logged[0].Message)
		assert.Equal(t, map[string]any{
			"reason":         "the access key is missing or wrong",
			"remote_address": "192.0.2.7:1234", "requests_since_last_message": step.since,
		}, logged[0].ContextMap())
		assert.NotContains(t, fmt.Sprint(logged), step.key)
	}
}
