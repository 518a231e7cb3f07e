// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package kafkastorageextension

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// ownerLog is the part of a partition that belongs to one owner.
type ownerLog struct {
	config    *Config
	options   []kgo.Opt
	owner     string
	partition int32
}

// readSize is the most that one request reads, in bytes.
const readSize = 8 << 20

// read passes the records of the partition to visit, in order, from an offset. It ends after the response with the record
// for which visit returns true. It fails if nothing arrives for some time. Zero is the beginning.
func (l *ownerLog) read(ctx context.Context, from int64, level kgo.IsolationLevel, visit func(*kgo.Record) (done bool)) error {
	offset := kgo.NewOffset().AtStart()
	if from > 0 {
		offset = kgo.NewOffset().At(from)
	}
	reader, err := kgo.NewClient(append(slices.Clip(l.options),
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{l.config.Topic: {l.partition: offset}}),
		kgo.FetchIsolationLevel(level),
		kgo.KeepControlRecords(),
		kgo.FetchMaxBytes(readSize),
		kgo.FetchMaxPartitionBytes(readSize),
		kgo.MaxConcurrentFetches(1),
	)...)
	if err != nil {
		return err
	}
	defer reader.Close()
	for {
		fetches, err := l.poll(ctx, reader)
		if err != nil {
			return err
		}
		done := false
		for r := range fetches.RecordsAll() {
			done = visit(r) || done
		}
		if done {
			return nil
		}
	}
}

// poll waits for the next records. A transaction of a crashed collector delays those of others until it times out.
func (l *ownerLog) poll(ctx context.Context, reader *kgo.Client) (kgo.Fetches, error) {
	ctx, cancel := context.WithTimeout(ctx, l.transactionTimeout()+l.config.Timeout)
	defer cancel()
	fetches := reader.PollFetches(ctx)
	for _, e := range fetches.Errors() {
		return nil, fmt.Errorf("read partition %d of topic %q: %w", l.partition, l.config.Topic, e.Err)
	}
	return fetches, nil
}

// stableEnd returns the offset after the last record that committed readers can see.
func (l *ownerLog) stableEnd(ctx context.Context) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, l.config.Timeout)
	defer cancel()
	client, err := kgo.NewClient(l.options...)
	if err != nil {
		return 0, err
	}
	defer client.Close()
	ends, err := kadm.NewClient(client).ListCommittedOffsets(ctx, l.config.Topic)
	if err != nil {
		return 0, err
	}
	end, ok := ends.Lookup(l.config.Topic, l.partition)
	if !ok {
		return 0, fmt.Errorf("topic %q has no partition %d", l.config.Topic, l.partition)
	}
	return end.Offset, end.Err
}

// newWriter returns a producer. Its first transaction fences all earlier producers of the owner.
func (l *ownerLog) newWriter() (*kgo.Client, error) {
	return kgo.NewClient(append(slices.Clip(l.options),
		kgo.TransactionalID(l.config.Topic+"/"+l.owner),
		kgo.TransactionTimeout(l.transactionTimeout()),
		kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.ProducerBatchMaxBytes(l.config.MaxMessageBytes),
		kgo.ProducerLinger(0),
		kgo.RecordDeliveryTimeout(l.config.Timeout),
	)...)
}

// write writes records in one transaction. It sets their offsets. After an error, it is unknown whether they were written,
// and the writer must not be used again.
func (l *ownerLog) write(ctx context.Context, writer *kgo.Client, records []*kgo.Record) error {
	ctx, cancel := context.WithTimeout(ctx, l.config.Timeout)
	defer cancel()
	if err := writer.BeginTransaction(); err != nil {
		return err
	}
	var (
		mu     sync.Mutex
		failed error
	)
	for _, r := range records {
		r.Topic, r.Partition = l.config.Topic, l.partition
		writer.Produce(ctx, r, func(_ *kgo.Record, err error) {
			mu.Lock()
			defer mu.Unlock()
			if failed == nil {
				failed = err
			}
		})
	}
	err := writer.Flush(ctx)
	mu.Lock()
	defer mu.Unlock()
	if failed != nil || err != nil {
		return errors.Join(failed, err)
	}
	if err := l.waitForTopic(ctx, writer); err != nil {
		return err
	}
	return writer.EndTransaction(ctx, kgo.TryCommit)
}

// waitForTopic waits until the writer has stored the partitions of the topic. franz-go 1.21.5 sends the first records to a
// topic shortly before it stores its partitions. EndTransaction does not see these records yet, and would then not commit
// them, without an error.
func (l *ownerLog) waitForTopic(ctx context.Context, writer *kgo.Client) error {
	for {
		leader, _, err := writer.PartitionLeader(l.config.Topic, l.partition)
		if leader >= 0 || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Millisecond):
		}
	}
}

// transactionTimeout is when the brokers abort a transaction that was left open.
func (l *ownerLog) transactionTimeout() time.Duration { return 2 * l.config.Timeout }
