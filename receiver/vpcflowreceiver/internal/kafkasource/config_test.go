// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package kafkasource

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingesttest"
)

func TestConfigErrorsNameTheKey(t *testing.T) {
	valid := NewDefaultConfig()
	valid.Logs.Topics = []string{"a"}
	require.NoError(t, valid.Check())
	for want, change := range map[string]func(*Config){
		"kafka::logs::topics: give at least one topic":                       func(c *Config) { c.Logs.Topics = nil },
		`kafka::logs::topics[0]: must be the name of a topic, got ""`:        func(c *Config) { c.Logs.Topics = []string{""} },
		`kafka::logs::encoding: unknown value "x"; want otlp_proto`:          func(c *Config) { c.Logs.Encoding = "x" },
		"kafka::brokers: give the address of at least one broker":            func(c *Config) { c.Brokers = nil },
		"kafka::group_id: must be the name of a consumer group, got none":    func(c *Config) { c.GroupID = "" },
		`kafka::initial_offset: unknown value "end"; want earliest or lates`: func(c *Config) { c.InitialOffset = "end" },
		"kafka::session_timeout: must be positive, got 0s":                   func(c *Config) { c.SessionTimeout = 0 },
		"kafka::heartbeat_interval: must be positive and shorter than session_timeout, got 10s with 10s": func(c *Config) {
			c.HeartbeatInterval = 10 * time.Second
		},
		"kafka::max_fetch_wait: must be at least 10ms, got 1ms":               func(c *Config) { c.MaxFetchWait = time.Millisecond },
		"kafka::min_fetch_size: must not be negative, got -1":                 func(c *Config) { c.MinFetchSize = -1 },
		"kafka::max_fetch_size: must be at least 1 and min_fetch_size, got 1": func(c *Config) { c.MaxFetchSize, c.MinFetchSize = 1, 2 },
		"kafka::max_partition_fetch_size: must be at least 1, got 0":          func(c *Config) { c.MaxPartitionFetchSize = 0 },
	} {
		c := valid
		change(&c)
		assert.ErrorContains(t, c.Check(), want)
	}
}

func TestShutdownWithoutStart(t *testing.T) {
	c := NewDefaultConfig()
	c.Logs.Topics = []string{"a"}
	s, err := New(&c, ingesttest.NewHarness(t).NewIngester())
	require.NoError(t, err)
	require.NoError(t, s.Shutdown(t.Context()))

	c.TLS.GetOrInsertDefault().CAFile = "missing.pem"
	require.ErrorContains(t, s.Start(t.Context(), componenttest.NewNopHost(), nil), "kafka::tls: ")
}
