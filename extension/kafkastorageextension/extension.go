// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package kafkastorageextension

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension/xextension/storage"

	"github.com/vpcflow/otelcol-vpcflow/internal/kafkaclient"
)

// kafkaStorage is a storage extension over a topic.
type kafkaStorage struct {
	set     component.TelemetrySettings
	config  *Config
	options []kgo.Opt // of all clients of Kafka
	cache   *cache

	mu      sync.Mutex
	clients map[*client]bool // that are not closed
}

var _ storage.Extension = (*kafkaStorage)(nil)

// metadataInterval is the shortest time between two questions for the leaders of partitions. A topic that was just created has
// none yet, and the default of five seconds would use up the timeout of the first write.
const metadataInterval = 200 * time.Millisecond

func newStorage(set component.TelemetrySettings, config *Config) *kafkaStorage {
	return &kafkaStorage{set: set, config: config, cache: newCache(config.CacheMiB << 20), clients: map[*client]bool{}}
}

// Start connects to the brokers and checks the topic.
func (s *kafkaStorage) Start(ctx context.Context, _ component.Host) (err error) {
	if s.options, err = kafkaclient.Options(ctx, &s.config.Config, s.set.Logger); err != nil {
		return err
	}
	s.options = append(s.options, kgo.MetadataMinAge(metadataInterval))
	ctx, cancel := context.WithTimeout(ctx, s.config.Timeout)
	defer cancel()
	admin, err := kgo.NewClient(s.options...)
	if err != nil {
		return err
	}
	defer admin.Close()
	if err := admin.Ping(ctx); err != nil {
		return fmt.Errorf("connect to brokers %q: %w", s.config.Brokers, err)
	}
	return s.checkTopic(ctx, kadm.NewClient(admin))
}

// GetClient opens the state of a component. From then on, all earlier clients of this component fail to write, also those
// of other collectors.
func (s *kafkaStorage) GetClient(ctx context.Context, kind component.Kind, id component.ID, name string) (storage.Client, error) {
	c, err := s.open(ctx, s.owner(kind, id, name))
	if err != nil {
		return nil, err
	}
	c.share = func(ctx context.Context, name string, maximum int) (storage.Client, error) {
		shared := ownerOf(kind, id, name)
		return openShared(ctx, &ownerLog{
			config: s.config, options: s.options, owner: shared, partition: partitionOf(shared, s.config.Partitions),
		}, maximum)
	}
	return c, nil
}

// GetShardClient opens the state of a shard, such as a partition, which any collector can get. It is like GetClient, but has
// no prefix.
func (s *kafkaStorage) GetShardClient(ctx context.Context, kind component.Kind, id component.ID, shard string) (storage.Client, error) {
	c, err := s.open(ctx, ownerOf(kind, id, shard))
	if err != nil {
		return nil, err
	}
	return c, nil
}

func (s *kafkaStorage) open(ctx context.Context, owner string) (*client, error) {
	if s.options == nil {
		return nil, errors.New("the extension is not started")
	}
	c, err := openClient(ctx, &ownerLog{
		config: s.config, options: s.options, owner: owner, partition: partitionOf(owner, s.config.Partitions),
	}, s.cache)
	if err != nil {
		return nil, fmt.Errorf("open state %s: %w", owner, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clients[c] = true
	c.onClose = func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.clients, c)
	}
	return c, nil
}

// owner returns the name of the owner of a client.
func (s *kafkaStorage) owner(kind component.Kind, id component.ID, name string) string {
	owner := ownerOf(kind, id, name)
	if s.config.Prefix != "" {
		owner = s.config.Prefix + "/" + owner
	}
	return owner
}

// ownerOf returns the name of the owner of a client, without a prefix. It contains no zero byte.
func ownerOf(kind component.Kind, id component.ID, name string) string {
	owner := kind.String() + "/" + id.String()
	if name != "" {
		owner += "#" + url.QueryEscape(name)
	}
	return owner
}

func partitionOf(owner string, partitions int32) int32 {
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(owner))
	return int32(hash.Sum32() % uint32(partitions))
}

// Shutdown closes the clients that their components have left open.
func (s *kafkaStorage) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	clients := slices.Collect(maps.Keys(s.clients))
	s.mu.Unlock()
	var errs []error
	for _, c := range clients {
		errs = append(errs, c.Close(ctx))
	}
	return errors.Join(errs...)
}
