// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package kafkasource reads flow logs from Kafka as a member of a consumer group. Each partition is read in order, and
// several partitions at the same time.
//
// The group's offset of a partition is committed once the records before it are confirmed. Messages after it are read
// again after a crash or by the next owner of the partition.
package kafkasource

import (
	"context"
	"fmt"
	"maps"
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
	// confirmTimeout is how long a partition that another member gets may wait for the confirmation of its records.
	confirmTimeout = 3 * time.Second
	// commitTimeout bounds the last commit.
	commitTimeout = 2 * time.Second
	// healthPart is the name of this source in the health of the receiver.
	healthPart = "read from Kafka"
)

// Source reads the topics from Start to Shutdown.
type Source struct {
	config    *Config
	ingester  *ingest.Ingester
	telemetry *telemetry
	decode    decoder
	client    *kgo.Client
	endPoll   context.CancelFunc
	polling   sync.WaitGroup

	mu         sync.Mutex
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
	s.mu.Lock() // The client can assign partitions before NewClient returns.
	s.client, err = kgo.NewClient(append(options, s.groupOptions()...)...)
	s.mu.Unlock()
	if err != nil {
		return fmt.Errorf("kafka: %w", err)
	}
	s.telemetry.initCounters(ctx)
	ctx, s.endPoll = context.WithCancel(context.Background())
	s.polling.Go(func() { s.poll(ctx) })
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
		kgo.OnPartitionsAssigned(func(_ context.Context, _ *kgo.Client, assigned map[string][]int32) { s.assign(assigned) }),
		kgo.OnPartitionsRevoked(func(ctx context.Context, _ *kgo.Client, revoked map[string][]int32) { s.revoke(ctx, revoked, true) }),
		kgo.OnPartitionsLost(func(ctx context.Context, _ *kgo.Client, lost map[string][]int32) { s.revoke(ctx, lost, false) }),
	}
	if s.config.GroupInstanceID != "" {
		options = append(options, kgo.InstanceID(s.config.GroupInstanceID))
	}
	return options
}

// poll passes the messages to the goroutines of their partitions, until ctx ends.
func (s *Source) poll(ctx context.Context) {
	for {
		fetches := s.client.PollFetches(ctx)
		if ctx.Err() != nil {
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
		s.client.AllowRebalance()
	}
}

func (s *Source) partition(topic string, number int32) *partition {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.partitions[topicPartition{topic, number}]
}

// assign starts to read partitions.
func (s *Source) assign(assigned map[string][]int32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for topic, numbers := range assigned {
		for _, number := range numbers {
			p := newPartition(s, topic, number)
			s.partitions[topicPartition{topic, number}] = p
			p.start()
		}
	}
	s.client.ResumeFetchPartitions(assigned) // They may be paused since an earlier assignment.
}

// revoke stops reading partitions. If commit is true, their next owner waits until it returns.
func (s *Source) revoke(ctx context.Context, revoked map[string][]int32, commit bool) {
	var stopped []*partition
	s.mu.Lock()
	for topic, numbers := range revoked {
		for _, number := range numbers {
			key := topicPartition{topic, number}
			if p := s.partitions[key]; p != nil {
				stopped = append(stopped, p)
				delete(s.partitions, key)
			}
		}
	}
	s.mu.Unlock()
	stop(stopped)
	if commit && len(stopped) > 0 {
		s.confirm(ctx, stopped)
		s.commit(ctx)
	}
	for _, p := range stopped {
		p.release()
	}
}

// stop ends reading, and waits until nothing is sent any more.
func stop(partitions []*partition) {
	for _, p := range partitions {
		p.cancel()
	}
	for _, p := range partitions {
		<-p.done
	}
}

// confirm waits until the records of partitions are confirmed. Those that are not confirmed in time are read again by the
// next owner.
func (s *Source) confirm(ctx context.Context, stopped []*partition) {
	ctx, cancel := context.WithTimeout(ctx, confirmTimeout)
	defer cancel()
	s.ingester.SaveSoon()
	for _, p := range stopped {
		select {
		case <-p.track.Confirmed():
		case <-ctx.Done():
			return
		}
	}
}

func (s *Source) commit(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, commitTimeout)
	defer cancel()
	if err := s.client.CommitMarkedOffsets(ctx); err != nil {
		s.ingester.LogFailure(ctx, "kafka", "commit offsets", err)
	}
}

// Shutdown stops reading, commits what is confirmed, and leaves the group. It may be called without Start.
func (s *Source) Shutdown(ctx context.Context) error {
	if s.client == nil {
		return nil
	}
	s.endPoll()
	s.polling.Wait()
	s.mu.Lock()
	stopped := slices.Collect(maps.Values(s.partitions))
	clear(s.partitions)
	s.mu.Unlock()
	stop(stopped)
	s.ingester.Flush(ctx)
	s.commit(ctx)
	for _, p := range stopped {
		p.release()
	}
	s.client.CloseAllowingRebalance()
	s.client = nil
	return nil
}
