// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package kafkasource reads flow logs from Kafka as a member of a consumer group. Each partition is read in order, and
// several partitions at the same time.
//
// A component with state, such as vpc_detection, has one state for each partition. It is restored when the partition is
// assigned, and reading starts at the offset up to which the state counts the messages. When the partition is revoked, the
// source stops reading, the state is saved and closed, and then the offset is committed and the next owner begins.
//
// The group's offset of a partition is committed once the records before it are confirmed. Messages after it are read
// again after a crash or by the next owner of the partition, unless the state counts them.
package kafkasource

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension/xextension/storage"

	"github.com/vpcflow/otelcol-vpcflow/internal/kafkaclient"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
)

const (
	// commitInterval is the time between two commits of offsets.
	commitInterval = time.Second
	// rejoinInterval is the time between two attempts to create a client.
	rejoinInterval = time.Second
	// healthPart is the name of this source in the health of the receiver.
	healthPart = "read from Kafka"
)

// Source reads the topics from Start to Shutdown.
type Source struct {
	config    *Config
	ingester  *ingest.Ingester
	telemetry *telemetry
	decode    decoder
	options   []kgo.Opt
	endPoll   context.CancelFunc
	polling   sync.WaitGroup

	mu         sync.Mutex
	rejoin     func()
	partitions map[topicPartition]*partition // assigned to this member
}

type topicPartition struct {
	topic     string
	partition int32
}

// New returns a source for a checked configuration.
func New(c *Config, in *ingest.Ingester) (*Source, error) {
	t, err := newTelemetry(in.Settings.MeterProvider)
	if err != nil {
		return nil, err
	}
	return &Source{config: c, ingester: in, telemetry: t, decode: decoders[c.Logs.Encoding], partitions: map[topicPartition]*partition{}}, nil
}

// Start joins the consumer group. The group keeps the positions; the storage client is not needed.
func (s *Source) Start(ctx context.Context, _ component.Host, _ storage.Client) error {
	options, err := kafkaclient.Options(ctx, &s.config.Config, s.ingester.Settings.Logger)
	if err != nil {
		return fmt.Errorf("kafka::%w", err)
	}
	s.options = slices.Concat(options, s.groupOptions())
	if err := kgo.ValidateOpts(s.options...); err != nil {
		return fmt.Errorf("kafka: %w", err)
	}
	s.telemetry.initCounters(ctx)
	ctx, s.endPoll = context.WithCancel(context.Background())
	s.polling.Go(func() { s.run(ctx) })
	return nil
}

func (s *Source) groupOptions() []kgo.Opt {
	start := kgo.NewOffset().AtStart()
	if s.config.InitialOffset == latest {
		start = kgo.NewOffset().AtEnd()
	}
	options := []kgo.Opt{
		kgo.ConsumerGroup(s.config.GroupID),
		kgo.ConsumeTopics(s.config.Logs.Topics...),
		kgo.ConsumeResetOffset(start),
		kgo.SessionTimeout(s.config.SessionTimeout),
		kgo.HeartbeatInterval(s.config.HeartbeatInterval),
		kgo.FetchMinBytes(s.config.MinFetchSize),
		kgo.FetchMaxBytes(s.config.MaxFetchSize),
		kgo.FetchMaxWait(s.config.MaxFetchWait),
		kgo.FetchMaxPartitionBytes(s.config.MaxPartitionFetchSize),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.KeepRetryableFetchErrors(), // so that an outage is logged and reported
		kgo.AutoCommitMarks(),
		kgo.AutoCommitInterval(commitInterval),
		kgo.BlockRebalanceOnPoll(),
		kgo.OnPartitionsAssigned(func(_ context.Context, c *kgo.Client, assigned map[string][]int32) { s.assign(c, assigned) }),
		kgo.AdjustFetchOffsetsFn(s.startOffsets),
		kgo.OnPartitionsRevoked(func(ctx context.Context, _ *kgo.Client, revoked map[string][]int32) { s.revoke(ctx, revoked, true) }),
		kgo.OnPartitionsLost(func(ctx context.Context, _ *kgo.Client, lost map[string][]int32) { s.revoke(ctx, lost, false) }),
	}
	if s.config.GroupInstanceID != "" {
		options = append(options, kgo.InstanceID(s.config.GroupInstanceID))
	}
	return options
}

// run reads until ctx ends. When another collector has taken a partition over, although the group did not revoke it, it leaves
// the group and joins again.
func (s *Source) run(ctx context.Context) {
	for ctx.Err() == nil {
		membership, cancel := context.WithCancel(ctx)
		s.mu.Lock()
		s.rejoin = cancel
		s.mu.Unlock()
		client, err := kgo.NewClient(s.options...)
		if err == nil {
			s.poll(membership, client)
			s.leave(client, ctx.Err() != nil)
			if ctx.Err() == nil {
				s.ingester.Settings.Logger.Info("joining the consumer group again")
			}
		} else {
			s.ingester.LogFailure(ctx, "kafka", "join the consumer group", err)
			ingest.Sleep(ctx, rejoinInterval)
		}
		cancel()
	}
}

// poll passes the messages to the goroutines of their partitions, until ctx ends.
func (s *Source) poll(ctx context.Context, client *kgo.Client) {
	for {
		fetches := client.PollFetches(ctx)
		if ctx.Err() != nil {
			client.AllowRebalance()
			return
		}
		var failed error
		fetches.EachError(func(topic string, number int32, err error) {
			failed = fmt.Errorf("topic %q, partition %d: %w", topic, number, err)
			s.ingester.LogFailure(ctx, inputName(topic, number), "read from Kafka", err)
		})
		s.ingester.Health.Set(healthPart, failed)
		fetches.EachPartition(func(f kgo.FetchTopicPartition) {
			if p := s.partition(f.Topic, f.Partition); p != nil && len(f.Records) > 0 {
				p.give(f.Records)
			}
		})
		client.AllowRebalance()
	}
}

func (s *Source) partition(topic string, number int32) *partition {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.partitions[topicPartition{topic, number}]
}

// Shutdown stops reading, commits what is confirmed, and leaves the group. It may be called without Start.
func (s *Source) Shutdown(context.Context) error {
	if s.endPoll != nil {
		s.endPoll()
		s.polling.Wait()
	}
	return nil
}
