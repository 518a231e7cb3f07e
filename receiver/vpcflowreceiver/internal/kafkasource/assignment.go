// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package kafkasource

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

const (
	// confirmTimeout is how long a partition that another member gets may wait for the confirmation of its records.
	confirmTimeout = 3 * time.Second
	// commitTimeout bounds the last commit.
	commitTimeout = 2 * time.Second
)

// assign starts to read partitions.
func (s *Source) assign(c *kgo.Client, assigned map[string][]int32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for topic, numbers := range assigned {
		for _, number := range numbers {
			p := newPartition(s, c, topic, number)
			s.partitions[topicPartition{topic, number}] = p
			p.start()
		}
	}
	c.ResumeFetchPartitions(assigned) // They may be paused since an earlier assignment.
}

// startOffsets makes the components restore their state of newly assigned partitions, and returns where to start. offsets are
// those of the group, which apply to partitions without state. ctx ends if the group revokes partitions.
func (s *Source) startOffsets(ctx context.Context, offsets map[string]map[int32]kgo.Offset) (map[string]map[int32]kgo.Offset, error) {
	var (
		opening sync.WaitGroup
		mu      sync.Mutex
	)
	for topic, numbers := range offsets {
		for _, number := range slices.Collect(maps.Keys(numbers)) {
			p := s.partition(topic, number)
			if p == nil {
				continue
			}
			opening.Go(func() {
				if offset, ok := p.open(ctx); ok {
					mu.Lock()
					defer mu.Unlock()
					offsets[topic][number] = kgo.NewOffset().At(offset)
				}
			})
		}
	}
	opening.Wait()
	return offsets, ctx.Err()
}

// revoke stops reading partitions. If save is true, their next owner waits until it returns.
func (s *Source) revoke(ctx context.Context, revoked map[string][]int32, save bool) {
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
	s.release(ctx, stopped, save)
	if save && len(stopped) > 0 {
		s.confirm(ctx, stopped)
		s.commit(ctx, stopped[0].client)
	}
	endCommits(stopped)
}

// leave stops reading all partitions, saves and commits, and leaves the group.
func (s *Source) leave(client *kgo.Client, isShutdown bool) {
	ctx := context.Background()
	s.mu.Lock()
	stopped := slices.Collect(maps.Values(s.partitions))
	clear(s.partitions)
	s.mu.Unlock()
	stop(stopped)
	s.release(ctx, stopped, true)
	if isShutdown {
		s.ingester.Flush(ctx)
	} else {
		s.confirm(ctx, stopped)
	}
	s.commit(ctx, client)
	endCommits(stopped)
	client.CloseAllowingRebalance()
}

// stop ends reading, and waits until nothing is sent any more.
func stop(partitions []*partition) {
	for _, p := range partitions {
		p.stop()
	}
	for _, p := range partitions {
		<-p.done
		p.opening.Wait()
	}
}

// release makes the components save and close their state of partitions, or only close it.
func (s *Source) release(ctx context.Context, stopped []*partition, save bool) {
	var releasing sync.WaitGroup
	for _, p := range stopped {
		releasing.Go(func() {
			if err := p.assigned.Release(ctx, save); err != nil {
				s.ingester.LogFailure(ctx, inputName(p.key.topic, p.key.partition), "save the state of a partition", err)
			}
		})
	}
	releasing.Wait()
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

func (s *Source) commit(ctx context.Context, client *kgo.Client) {
	ctx, cancel := context.WithTimeout(ctx, commitTimeout)
	defer cancel()
	if err := client.CommitMarkedOffsets(ctx); err != nil {
		s.ingester.LogFailure(ctx, "kafka", "commit offsets", err)
	}
}

func endCommits(partitions []*partition) {
	for _, p := range partitions {
		p.endCommits()
	}
}
