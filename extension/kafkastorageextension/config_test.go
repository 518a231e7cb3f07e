// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package kafkastorageextension

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/extension/extensiontest"
)

func TestDefaultsAreValid(t *testing.T) {
	require.NoError(t, componenttest.CheckConfigStruct(createDefaultConfig()))
	require.NoError(t, createDefaultConfig().(*Config).Validate())
}

func TestErrorsNameTheKey(t *testing.T) {
	for given, want := range map[string]string{
		"brokers: []":                            "brokers: give the address of at least one broker",
		`brokers: [""]`:                          `brokers[0]: must be an address such as kafka:9092, got ""`,
		`topic: ""`:                              "topic: must be the name of a compacted topic, got none",
		"partitions: 0":                          "partitions: must be at least 1, got 0",
		"replication_factor: 0":                  "replication_factor: must be at least 1, or -1 for the default of the brokers, got 0",
		"timeout: 10ms":                          "timeout: must be at least 1s, got 10ms",
		"max_message_bytes: 1000":                "max_message_bytes: must be at least 16384, got 1000",
		"max_memory_mib: 0":                      "max_memory_mib: must be at least 1, got 0",
		"cache_mib: -1":                          "cache_mib: must not be negative, got -1",
		`prefix: "a\0b"`:                         `prefix: must not contain a zero byte, got "a\x00b"`,
		"auth: {sasl: {mechanism: PLAIN}}":       "auth::sasl::username: must be set for PLAIN, got none",
		"auth: {sasl: {mechanism: GSSAPI}}":      `auth::sasl::mechanism: unknown value "GSSAPI"`,
		"nonsense: 1":                            "nonsense",
		"auth: {sasl: {mechanism: PLAIN, x: 1}}": "auth::sasl",
	} {
		retrieved, err := confmap.NewRetrievedFromYAML([]byte(given))
		require.NoError(t, err)
		conf, err := retrieved.AsConf()
		require.NoError(t, err)
		cfg := createDefaultConfig().(*Config)
		if err = conf.Unmarshal(cfg); err == nil {
			err = cfg.Validate()
		}
		assert.ErrorContains(t, err, want, given)
	}
}

func TestStartErrorsNameTheCause(t *testing.T) {
	cluster := newCluster(t)
	client, err := kgo.NewClient(kgo.SeedBrokers(cluster.ListenAddrs()...))
	require.NoError(t, err)
	defer client.Close()
	admin := kadm.NewClient(client)
	_, err = admin.CreateTopic(t.Context(), 3, 1, map[string]*string{"cleanup.policy": new("delete")}, "deleted")
	require.NoError(t, err)
	_, err = admin.CreateTopic(t.Context(), 2, 1, topicSettings, "small")
	require.NoError(t, err)

	for want, change := range map[string]func(*Config){
		`topic: "deleted" has cleanup.policy="delete" and would lose state; set cleanup.policy=compact`: func(c *Config) { c.Topic = "deleted" },
		`partitions: topic "small" has 2 partitions, got 3`:                                             func(c *Config) { c.Topic = "small" },
		`topic: "absent" does not exist, and create_topic is false`: func(c *Config) {
			c.Topic, c.CreateTopic = "absent", false
		},
		`connect to brokers ["127.0.0.1:1"]`: func(c *Config) { c.Brokers, c.Timeout = []string{"127.0.0.1:1"}, time.Second },
	} {
		cfg := testConfig(cluster)
		change(cfg)
		err := newStorage(componenttest.NewNopTelemetrySettings(), cfg).Start(t.Context(), componenttest.NewNopHost())
		assert.ErrorContains(t, err, want)
	}
}

func TestCreatedTopicIsCompacted(t *testing.T) {
	cluster := newCluster(t)
	newKafkaStorage(t, cluster)
	newKafkaStorage(t, cluster) // finds it
	info := cluster.TopicInfo("vpc-flow-state")
	require.NotNil(t, info)
	require.Equal(t, compact, *info.Configs[cleanupPolicy])
}

func TestOwnersAreDistinct(t *testing.T) {
	seen := map[string]bool{}
	for _, prefix := range []string{"", "a", "a/b"} {
		s := newStorage(componenttest.NewNopTelemetrySettings(), &Config{Prefix: prefix})
		for _, kind := range []component.Kind{component.KindReceiver, component.KindExporter} {
			for _, id := range []component.ID{component.MustNewID("x"), component.MustNewIDWithName("x", "y")} {
				for _, name := range []string{"", "y", "#", "%23", "\x00"} {
					owner := s.owner(kind, id, name)
					assert.False(t, seen[owner], owner)
					assert.NotContains(t, owner, "\x00")
					seen[owner] = true
				}
			}
		}
	}
}

func TestClientsNeedAStartedExtension(t *testing.T) {
	extension, err := NewFactory().Create(t.Context(), extensiontest.NewNopSettings(componentType), createDefaultConfig())
	require.NoError(t, err)
	_, err = extension.(*kafkaStorage).GetClient(t.Context(), component.KindReceiver, testOwner, "")
	require.EqualError(t, err, "the extension is not started")
	require.NoError(t, extension.Shutdown(t.Context()))
}
