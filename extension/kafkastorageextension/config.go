// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package kafkastorageextension

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"go.opentelemetry.io/collector/confmap"

	"github.com/vpcflow/otelcol-vpcflow/internal/configdecode"
	"github.com/vpcflow/otelcol-vpcflow/internal/kafkaclient"
)

// Config is the configuration of the kafka_storage extension.
type Config struct {
	kafkaclient.Config `mapstructure:",squash"`

	// Topic is the topic that stores the state. Its cleanup policy must be compact.
	Topic string `mapstructure:"topic"`

	// CreateTopic creates the topic at the start if it does not exist.
	CreateTopic bool `mapstructure:"create_topic"`

	// Partitions is the number of partitions that are used, at least 1. With another number, state is not found.
	Partitions int32 `mapstructure:"partitions"`

	// ReplicationFactor is that of a topic that is created. -1 means the default of the brokers.
	ReplicationFactor int16 `mapstructure:"replication_factor"`

	// Prefix separates the collectors that share a topic. It may be empty if there is only one. The state of the partitions of
	// vpc_detection has no prefix, because any collector can get them.
	Prefix string `mapstructure:"prefix"`

	// Timeout bounds each write, each read and each wait for a broker. At least 1s.
	Timeout time.Duration `mapstructure:"timeout"`

	// MaxMessageBytes is the largest message that is produced. Larger values are divided. It must not be larger than
	// max.message.bytes of the topic.
	MaxMessageBytes int32 `mapstructure:"max_message_bytes"`

	// MaxMemoryMiB bounds the memory for the keys and the small values of one client. Writes beyond it fail.
	MaxMemoryMiB int64 `mapstructure:"max_memory_mib"`

	// CacheMiB is the memory for recently used large values of all clients. Zero means that they are always read from Kafka.
	CacheMiB int64 `mapstructure:"cache_mib"`
}

// minMessageBytes is the lowest max_message_bytes.
const minMessageBytes = 16 << 10

// plainConfig is Config without its methods.
type plainConfig Config

// Unmarshal decodes the configuration. Errors name the YAML key and the value, and an unknown key lists the known ones.
func (c *Config) Unmarshal(conf *confmap.Conf) error {
	return configdecode.Unmarshal(conf, (*plainConfig)(c))
}

// Validate returns all errors in the configuration, each with its key.
func (c *Config) Validate() error {
	errs := []error{c.Check()}
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if c.Topic == "" {
		bad("topic: must be the name of a compacted topic, got none")
	}
	if c.Partitions < 1 {
		bad("partitions: must be at least 1, got %d", c.Partitions)
	}
	if c.ReplicationFactor != -1 && c.ReplicationFactor < 1 {
		bad("replication_factor: must be at least 1, or -1 for the default of the brokers, got %d", c.ReplicationFactor)
	}
	if strings.ContainsRune(c.Prefix, 0) {
		bad("prefix: must not contain a zero byte, got %q", c.Prefix)
	}
	if c.Timeout < time.Second {
		bad("timeout: must be at least 1s, got %s", c.Timeout)
	}
	if c.MaxMessageBytes < minMessageBytes {
		bad("max_message_bytes: must be at least %d, got %d", minMessageBytes, c.MaxMessageBytes)
	}
	if c.MaxMemoryMiB < 1 {
		bad("max_memory_mib: must be at least 1, got %d", c.MaxMemoryMiB)
	}
	if c.CacheMiB < 0 {
		bad("cache_mib: must not be negative, got %d", c.CacheMiB)
	}
	return errors.Join(errs...)
}
