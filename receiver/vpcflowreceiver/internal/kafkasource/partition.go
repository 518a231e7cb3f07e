// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package kafkasource

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/collector/client"

	"github.com/vpcflow/otelcol-vpcflow/internal/delivery"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
)

const (
	// queuedFetches is the number of responses of a partition that wait. Until they are read, no more are fetched.
	queuedFetches = 2
	// recordBits is the number of bits of a position that count the records of a message. The others are the offset. So
	// positions increase, whatever number of records the messages have.
	recordBits = 22
)

// partition reads the messages of one partition in order.
type partition struct {
	source   *Source
	client   *kgo.Client
	key      topicPartition
	assigned *delivery.Partition
	reader   *ingest.Reader
	track    *ingest.Track
	queue    chan []*kgo.Record
	ctx      context.Context
	cancel   context.CancelFunc
	done     chan struct{} // is closed when nothing is read any more
	opening  sync.WaitGroup

	// next is the offset after the last message that was read. Only the reading goroutine uses it.
	next int64

	mu       sync.Mutex
	paused   bool
	released bool // another member may own the partition, so its offset must not be committed
}

// progress is the position of a partition.
type progress struct {
	ingest.Checkpoint
	next int64
}

func inputName(topic string, number int32) string { return fmt.Sprintf("kafka %s/%d", topic, number) }

func newPartition(s *Source, c *kgo.Client, topic string, number int32) *partition {
	p := &partition{
		source: s, client: c, key: topicPartition{topic, number}, reader: ingest.NewReader(s.ingester),
		queue: make(chan []*kgo.Record, queuedFetches), done: make(chan struct{}),
	}
	id := s.ingester.InputID("kafka", topic+"/"+strconv.Itoa(int(number)))
	p.assigned = delivery.NewPartition(topic, number, id, p.lose)
	p.ctx, p.cancel = context.WithCancel(delivery.NewPartitionContext(context.Background(), p.assigned))
	p.track = s.ingester.NewTrack(id, 0, p.store)
	return p
}

// store marks an offset for the next commit. Track calls it when the records before it are confirmed.
func (p *partition) store(_ context.Context, position ingest.Progress) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if next := position.(*progress).next; !p.released && next > 0 {
		p.client.MarkCommitOffsets(map[string]map[int32]kgo.EpochOffset{
			p.key.topic: {p.key.partition: {Epoch: -1, Offset: next}},
		})
	}
	return nil
}

// open makes the components restore their state of the partition. It returns the offset up to which they count its messages;
// ok is false if the state is new. The records of the message at the offset may be counted in part: components skip those. The
// restore ends if ctx ends or the partition is stopped.
func (p *partition) open(ctx context.Context) (offset int64, ok bool) {
	p.mu.Lock()
	if p.ctx.Err() != nil {
		p.mu.Unlock()
		return 0, false
	}
	p.opening.Add(1)
	p.mu.Unlock()
	defer p.opening.Done()
	opening, cancel := context.WithCancel(p.ctx)
	defer cancel()
	defer context.AfterFunc(ctx, cancel)()
	if err := p.source.ingester.Announce(p.withOrigin(opening)); err != nil {
		p.source.ingester.LogFailure(opening, inputName(p.key.topic, p.key.partition), "restore the state of a partition", err)
		return 0, false // The first records restore it.
	}
	counted := p.assigned.Counted()
	return counted >> recordBits, counted > 0
}

// lose stops reading because another collector has the state of the partition. It does not block.
func (p *partition) lose() {
	p.cancel()
	p.source.mu.Lock()
	defer p.source.mu.Unlock()
	if p.source.partitions[p.key] == p { // The group did not revoke it.
		p.source.rejoin()
	}
}

// stop ends reading and opening. It does not wait.
func (p *partition) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cancel()
}

// endCommits ends commits.
func (p *partition) endCommits() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.released = true
}

// give queues messages. It does not wait: while the queue is full, the partition is not fetched.
func (p *partition) give(records []*kgo.Record) {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case p.queue <- records:
	case <-p.ctx.Done():
		return
	}
	if len(p.queue) == cap(p.queue) {
		p.paused = true
		p.client.PauseFetchPartitions(p.asMap())
	}
}

// resume fetches again once the queue is empty.
func (p *partition) resume() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.paused && len(p.queue) == 0 {
		p.paused = false
		p.client.ResumeFetchPartitions(p.asMap())
	}
}

func (p *partition) asMap() map[string][]int32 {
	return map[string][]int32{p.key.topic: {p.key.partition}}
}

func (p *partition) start() {
	go func() {
		defer close(p.done)
		for {
			select {
			case <-p.ctx.Done():
				return
			case records := <-p.queue:
				p.resume()
				if p.read(records) != nil {
					return
				}
			}
		}
	}()
}

// read reads messages, and saves the position after the last one that was accepted.
func (p *partition) read(records []*kgo.Record) error {
	var err error
	for _, r := range records {
		if err = p.readMessage(r); err != nil {
			break // The partition is read by another member, or after the next start.
		}
		p.next = r.Offset + 1
	}
	// This input stands for the last position. No message is read through it.
	p.reader.Save(p.ctx, p.input(p.next, &ingest.Checkpoint{}))
	return err
}

func (p *partition) input(offset int64, c *ingest.Checkpoint) *ingest.Input {
	return &ingest.Input{
		Name: inputName(p.key.topic, p.key.partition) + "@" + strconv.FormatInt(offset, 10), Checkpoint: c, Track: p.track,
		Snapshot: func() ingest.Progress { return &progress{next: p.next} },
	}
}

// withOrigin adds the partition, and the offset of a message, to the client metadata.
func (p *partition) withOrigin(ctx context.Context, offset ...string) context.Context {
	metadata := map[string][]string{"kafka.topic": {p.key.topic}, "kafka.partition": {strconv.Itoa(int(p.key.partition))}}
	if len(offset) > 0 {
		metadata["kafka.offset"] = offset
	}
	return client.NewContext(ctx, client.Info{Metadata: client.NewMetadata(metadata)})
}

// readMessage sends the records of a message until they are accepted. Content that cannot be decoded is counted and
// skipped. An error means that the message must be read again.
func (p *partition) readMessage(r *kgo.Record) error {
	first := r.Offset << recordBits
	c := &ingest.Checkpoint{Records: first}
	ctx := p.withOrigin(p.ctx, strconv.FormatInt(r.Offset, 10))
	in := p.input(r.Offset, c)
	in.Origin = originOf(r)
	err := p.source.decode(ctx, p.reader, in, r.Value)
	if bad := (*ingest.InputError)(nil); err != nil && !errors.As(err, &bad) {
		return err
	}
	c.Records -= first
	outcome := c.Result(err)
	p.source.telemetry.count(ctx, outcome, len(r.Value))
	if err != nil {
		p.source.ingester.LogSkipped(in.Name, outcome, err)
	}
	return nil
}

// originOf returns the position of the records in the object that a vpc_flow receiver has read them from, or nil.
func originOf(r *kgo.Record) *delivery.Origin {
	for _, h := range r.Headers {
		if h.Key == ingest.OriginMetadata {
			if origin, err := delivery.ParseOrigin(string(h.Value)); err == nil {
				return &origin
			}
		}
	}
	return nil
}
