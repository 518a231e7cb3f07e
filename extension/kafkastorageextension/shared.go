// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package kafkastorageextension

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/collector/extension/xextension/storage"
)

// sharedClient stores values that several collectors read and write at the same time. The last write of a key wins. A batch
// is not atomic. Each read first reads what others have written. At the maximum number of keys, a write removes the keys that
// were written longest ago. It is safe for concurrent use.
type sharedClient struct {
	log *ownerLog
	max int

	mu      sync.Mutex
	client  *kgo.Client // nil after Close
	entries map[string]*list.Element
	order   *list.List // of sharedEntry, the last written at the back
	// position is the offset after the last record that was read.
	position int64
}

type sharedEntry struct {
	key   string
	value []byte
}

var _ storage.Client = (*sharedClient)(nil)

func openShared(ctx context.Context, log *ownerLog, maximum int) (*sharedClient, error) {
	client, err := kgo.NewClient(append(slices.Clip(log.options),
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{log.config.Topic: {log.partition: kgo.NewOffset().AtStart()}}),
		kgo.KeepControlRecords(),
		kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.ProducerBatchMaxBytes(log.config.MaxMessageBytes),
		kgo.ProducerLinger(0),
		kgo.RecordDeliveryTimeout(log.config.Timeout),
	)...)
	if err != nil {
		return nil, err
	}
	c := &sharedClient{log: log, max: maximum, client: client, entries: map[string]*list.Element{}, order: list.New()}
	if err := c.catchUp(ctx); err != nil {
		client.Close()
		return nil, err
	}
	return c, nil
}

// catchUp reads the records that were written before the call.
func (c *sharedClient) catchUp(ctx context.Context) error {
	if c.client == nil {
		return errClosed
	}
	ctx, cancel := context.WithTimeout(ctx, c.log.config.Timeout)
	defer cancel()
	ends, err := kadm.NewClient(c.client).ListEndOffsets(ctx, c.log.config.Topic)
	if err != nil {
		return err
	}
	end, ok := ends.Lookup(c.log.config.Topic, c.log.partition)
	switch {
	case !ok:
		return fmt.Errorf("topic %q has no partition %d", c.log.config.Topic, c.log.partition)
	case end.Err != nil:
		return end.Err
	}
	for c.position < end.Offset {
		fetches := c.client.PollFetches(ctx)
		for _, e := range fetches.Errors() {
			return fmt.Errorf("read partition %d of topic %q: %w", c.log.partition, c.log.config.Topic, e.Err)
		}
		for r := range fetches.RecordsAll() {
			c.position = r.Offset + 1
			if key, _, ok := parseKey(c.log.owner, r.Key); ok && !r.Attrs.IsControl() {
				c.apply(key, r.Value)
			}
		}
	}
	return nil
}

func (c *sharedClient) apply(key string, value []byte) {
	e := c.entries[key]
	switch {
	case value == nil && e != nil:
		c.order.Remove(e)
		delete(c.entries, key)
	case value == nil:
	case e != nil:
		e.Value = sharedEntry{key, value}
		c.order.MoveToBack(e)
	default:
		c.entries[key] = c.order.PushBack(sharedEntry{key, value})
	}
}

// Get implements storage.Client.
func (c *sharedClient) Get(ctx context.Context, key string) ([]byte, error) {
	op := storage.GetOperation(key)
	err := c.Batch(ctx, op)
	return op.Value, err
}

// Set implements storage.Client.
func (c *sharedClient) Set(ctx context.Context, key string, value []byte) error {
	return c.Batch(ctx, storage.SetOperation(key, value))
}

// Delete implements storage.Client.
func (c *sharedClient) Delete(ctx context.Context, key string) error {
	return c.Batch(ctx, storage.DeleteOperation(key))
}

// Batch implements storage.Client. The operations read what others wrote before the call, and no change of this call.
func (c *sharedClient) Batch(ctx context.Context, ops ...*storage.Operation) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.catchUp(ctx); err != nil {
		return err
	}
	var records []*kgo.Record
	grows := 0
	for _, op := range ops {
		e := c.entries[op.Key]
		switch op.Type {
		case storage.Get:
			if op.Value = nil; e != nil {
				op.Value = slices.Clone(e.Value.(sharedEntry).value)
			}
		case storage.Set:
			if op.Key == "" {
				return errEmptyKey
			}
			if e == nil {
				grows++
			}
			records = append(records, c.record(op.Key, append([]byte{}, op.Value...)))
		case storage.Delete:
			records = append(records, c.record(op.Key, nil))
		default:
			return errWrongType
		}
	}
	oldest := c.order.Front()
	for range min(len(c.entries)+grows-c.max, len(c.entries)) {
		records = append(records, c.record(oldest.Value.(sharedEntry).key, nil))
		oldest = oldest.Next()
	}
	if len(records) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, c.log.config.Timeout)
	defer cancel()
	// The next call reads them.
	return c.client.ProduceSync(ctx, records...).FirstErr()
}

func (c *sharedClient) record(key string, value []byte) *kgo.Record {
	return &kgo.Record{Topic: c.log.config.Topic, Partition: c.log.partition, Key: recordKey(c.log.owner, key, 0), Value: value}
}

// Close implements storage.Client.
func (c *sharedClient) Close(context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.client == nil {
		return nil
	}
	c.client.Close()
	c.client, c.entries, c.order = nil, nil, list.New()
	return nil
}

// Shared opens values that all collectors share, under a name that is unique in the component. They have no prefix. At most
// maximum keys are kept. The caller closes the client.
func (c *client) Shared(ctx context.Context, name string, maximum int) (storage.Client, error) {
	if c.share == nil {
		return nil, errors.New("not available")
	}
	return c.share(ctx, name, maximum)
}
