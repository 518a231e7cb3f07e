// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package firehosesource

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
)

// load reads the section of the source and checks it.
func load(t *testing.T, raw map[string]any) (*Config, error) {
	t.Helper()
	cfg := NewDefaultConfig()
	err := confmap.NewFromStringMap(raw).Unmarshal(&cfg)
	return &cfg, errors.Join(err, confmap.Validate(cfg), cfg.Check())
}

func TestDefaults(t *testing.T) {
	cfg, err := load(t, map[string]any{})
	require.NoError(t, err)
	c := cfg
	assert.Equal(t, "localhost:4433", c.NetAddr.Endpoint)
	assert.EqualValues(t, 96<<20, c.MaxRequestBodySize)
	assert.Equal(t, 8, c.MaxConcurrentRequests)
	assert.EqualValues(t, 10<<10, c.MinBodyRate)
	assert.Equal(t, []string{"", "gzip"}, c.CompressionAlgorithms)
	assert.Equal(t, 150*time.Second, c.ReadTimeout)
	assert.Equal(t, 160*time.Second, c.WriteTimeout)
	assert.Less(t, c.WriteTimeout, 3*time.Minute, "the timeout of Firehose")
}

func TestAccessKeyIsOptionalIfTheEndpointIsLocal(t *testing.T) {
	for endpoint, local := range map[string]bool{
		"localhost:4433": true, "127.0.0.1:4433": true, "127.1.2.3:1": true, "[::1]:4433": true,
		"0.0.0.0:4433": false, ":4433": false, "[::]:4433": false, "10.0.0.1:4433": false, "localhost.example.com:1": false, "nonsense": false,
	} {
		_, err := load(t, map[string]any{"endpoint": endpoint})
		assert.Equal(t, local, err == nil, endpoint)
		_, err = load(t, map[string]any{"endpoint": endpoint, "access_key": "key"})
		assert.NoError(t, err)
		_, err = load(t, map[string]any{"endpoint": endpoint, "auth": map[string]any{"authenticator": "basicauth"}})
		assert.NoError(t, err)
	}
}

func TestAccessKeyHasTheMaximumLengthOfFirehose(t *testing.T) {
	for length, good := range map[int]bool{1: true, maxAccessKey: true, maxAccessKey + 1: false} {
		_, err := load(t, map[string]any{"access_key": strings.Repeat("k", length)})
		assert.Equal(t, good, err == nil, length)
		if err != nil {
			assert.NotContains(t, err.Error(), "kkk")
		}
	}
}

func TestAccessKeysAreRedacted(t *testing.T) {
	cfg, err := load(t, map[string]any{"access_key": "secret1", "previous_access_key": "secret2"})
	require.NoError(t, err)
	assert.NotContains(t, fmt.Sprintf("%v %+v", cfg.AccessKey, *cfg), "secret")
}
