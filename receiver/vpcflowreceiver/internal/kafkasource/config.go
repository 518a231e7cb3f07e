// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package kafkasource

import (
	"errors"
	"fmt"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/kafkaclient"
)

// Config is the topics to read, and the consumer group that reads them. The keys are those of the kafka receiver of
// opentelemetry-collector-contrib.
type Config struct {
	kafkaclient.Config `mapstructure:",squash"`

	// Logs is what to read.
	Logs LogsConfig `mapstructure:"logs"`

	// GroupID is the consumer group. Its collectors share the partitions of the topics.
	GroupID string `mapstructure:"group_id"`

	// GroupInstanceID is the name of this collector in the group. With a name, it gets its partitions back after a short
	// restart. Empty means none.
	GroupInstanceID string `mapstructure:"group_instance_id"`

	// SessionTimeout is the time after which a collector that sends no heartbeat loses its partitions.
	SessionTimeout time.Duration `mapstructure:"session_timeout"`

	// HeartbeatInterval is the time between two heartbeats. It must be shorter than SessionTimeout.
	HeartbeatInterval time.Duration `mapstructure:"heartbeat_interval"`

	// InitialOffset is where to start in a partition without an offset of the group: `earliest` or `latest`.
	InitialOffset string `mapstructure:"initial_offset"`

	// MinFetchSize is the number of bytes that a broker waits for, for at most MaxFetchWait. Zero means that it does not wait.
	MinFetchSize int32 `mapstructure:"min_fetch_size"`

	// MaxFetchSize is the most that one response contains, in bytes. A larger message is still read.
	MaxFetchSize int32 `mapstructure:"max_fetch_size"`

	// MaxFetchWait is how long a broker waits for MinFetchSize, at least 10ms.
	MaxFetchWait time.Duration `mapstructure:"max_fetch_wait"`

	// MaxPartitionFetchSize is the most that one response contains of a partition, in bytes.
	MaxPartitionFetchSize int32 `mapstructure:"max_partition_fetch_size"`
}

// minFetchWait is the shortest MaxFetchWait.
const minFetchWait = 10 * time.Millisecond

// LogsConfig is what to read.
type LogsConfig struct {
	// Topics are the topics. At least one is needed.
	Topics []string `mapstructure:"topics"`

	// Encoding is how messages are encoded: otlp_proto, otlp_json, or text for flow log lines.
	Encoding string `mapstructure:"encoding"`
}

// The values of Config.InitialOffset.
const (
	earliest = "earliest"
	latest   = "latest"
)

// NewDefaultConfig returns the default configuration.
func NewDefaultConfig() Config {
	return Config{
		Config:                kafkaclient.NewDefaultConfig(),
		Logs:                  LogsConfig{Encoding: encodingProto},
		GroupID:               "otelcol-vpcflow",
		SessionTimeout:        10 * time.Second,
		HeartbeatInterval:     3 * time.Second,
		InitialOffset:         earliest,
		MinFetchSize:          1,
		MaxFetchSize:          1 << 20,
		MaxFetchWait:          250 * time.Millisecond,
		MaxPartitionFetchSize: 1 << 20,
	}
}

// Check returns all errors in the configuration, each with its key and, unless it is secret, its value. The Collector
// validates the options of TLS.
func (c *Config) Check() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf("kafka::"+format, args...)) }
	if err := c.Config.Check(); err != nil {
		bad("%w", err)
	}
	if len(c.Logs.Topics) == 0 {
		bad("logs::topics: give at least one topic")
	}
	for i, topic := range c.Logs.Topics {
		if topic == "" {
			bad("logs::topics[%d]: must be the name of a topic, got %q", i, topic)
		}
	}
	if decoders[c.Logs.Encoding] == nil {
		bad("logs::encoding: unknown value %q; want %s, %s or %s", c.Logs.Encoding, encodingProto, encodingJSON, encodingText)
	}
	if c.GroupID == "" {
		bad("group_id: must be the name of a consumer group, got none")
	}
	if c.InitialOffset != earliest && c.InitialOffset != latest {
		bad("initial_offset: unknown value %q; want %s or %s", c.InitialOffset, earliest, latest)
	}
	if c.SessionTimeout <= 0 {
		bad("session_timeout: must be positive, got %s", c.SessionTimeout)
	}
	if c.HeartbeatInterval <= 0 || c.HeartbeatInterval >= c.SessionTimeout {
		bad("heartbeat_interval: must be positive and shorter than session_timeout, got %s with %s", c.HeartbeatInterval, c.SessionTimeout)
	}
	if c.MaxFetchWait < minFetchWait {
		bad("max_fetch_wait: must be at least %s, got %s", minFetchWait, c.MaxFetchWait)
	}
	if c.MinFetchSize < 0 {
		bad("min_fetch_size: must not be negative, got %d", c.MinFetchSize)
	}
	if c.MaxFetchSize < max(1, c.MinFetchSize) {
		bad("max_fetch_size: must be at least 1 and min_fetch_size, got %d", c.MaxFetchSize)
	}
	if c.MaxPartitionFetchSize < 1 {
		bad("max_partition_fetch_size: must be at least 1, got %d", c.MaxPartitionFetchSize)
	}
	return errors.Join(errs...)
}
