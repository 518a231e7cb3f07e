// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package kafkastorageextension

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"go.uber.org/zap"
)

const (
	cleanupPolicy = "cleanup.policy"
	compact       = "compact"
)

// topicSettings are the settings of a topic that the extension creates. Small segments are compacted early, which
// bounds what is read when state is opened.
var topicSettings = map[string]*string{
	cleanupPolicy:               new(compact),
	"min.cleanable.dirty.ratio": new("0.1"),
	"segment.bytes":             new("67108864"),
	"segment.ms":                new("3600000"),
}

// checkTopic creates the topic, or checks that an existing one keeps all state.
func (s *kafkaStorage) checkTopic(ctx context.Context, admin *kadm.Client) error {
	name := s.config.Topic
	topics, err := admin.ListTopics(ctx, name)
	if err != nil {
		return fmt.Errorf("topic %q: %w", name, err)
	}
	topic := topics[name]
	switch {
	case topic.Err == nil:
		return s.checkExisting(ctx, admin, int32(len(topic.Partitions)))
	case !errors.Is(topic.Err, kerr.UnknownTopicOrPartition):
		return fmt.Errorf("topic %q: %w", name, topic.Err)
	case !s.config.CreateTopic:
		return fmt.Errorf("topic: %q does not exist, and create_topic is false", name)
	}
	_, err = admin.CreateTopic(ctx, s.config.Partitions, s.config.ReplicationFactor, topicSettings, name)
	if err != nil && !errors.Is(err, kerr.TopicAlreadyExists) { // another collector may have created it
		return fmt.Errorf("create topic %q: %w", name, err)
	}
	return s.awaitLeaders(ctx, admin)
}

// leaderInterval is the time between two checks whether the partitions of a new topic have leaders.
const leaderInterval = 50 * time.Millisecond

// awaitLeaders waits until all partitions of a new topic have leaders. Before that, writes to them fail or take long.
func (s *kafkaStorage) awaitLeaders(ctx context.Context, admin *kadm.Client) error {
	for {
		topics, err := admin.ListTopics(ctx, s.config.Topic)
		if err == nil && hasLeaders(topics[s.config.Topic]) {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("topic %q: its partitions have no leaders: %w", s.config.Topic, errors.Join(ctx.Err(), err))
		case <-time.After(leaderInterval):
		}
	}
}

func hasLeaders(topic kadm.TopicDetail) bool {
	for _, partition := range topic.Partitions {
		if partition.Err != nil || partition.Leader < 0 {
			return false
		}
	}
	return topic.Err == nil && len(topic.Partitions) > 0
}

func (s *kafkaStorage) checkExisting(ctx context.Context, admin *kadm.Client, partitions int32) error {
	name := s.config.Topic
	if partitions < s.config.Partitions {
		return fmt.Errorf("partitions: topic %q has %d partitions, got %d", name, partitions, s.config.Partitions)
	}
	configs, err := admin.DescribeTopicConfigs(ctx, name)
	if err == nil {
		var config kadm.ResourceConfig
		if config, err = configs.On(name, nil); err == nil {
			err = config.Err
		}
		for _, setting := range config.Configs {
			if setting.Key == cleanupPolicy && setting.MaybeValue() != compact {
				return fmt.Errorf("topic: %q has %s=%q and would lose state; set %s=%s",
					name, cleanupPolicy, setting.MaybeValue(), cleanupPolicy, compact)
			}
		}
	}
	if err != nil {
		s.set.Logger.Warn("fail to read the settings of the topic; its cleanup.policy must be compact",
			zap.String("topic", name), zap.Error(err))
	}
	return nil
}
