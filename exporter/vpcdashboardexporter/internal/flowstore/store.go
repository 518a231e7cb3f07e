// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package flowstore keeps flows on disk as Parquet files, one folder per hour of event time. It does not depend on pdata
// or HTTP.
//
// Flows are collected in memory by hour and written in small parts. Parts of an hour are later compacted to larger files.
// A file has the numbers of the parts that it contains in its name. A file that contains another one therefore replaces it,
// so that a crash at any time loses no written part and stores none twice.
package flowstore

import (
	"context"
	"sync"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
	"github.com/vpcflow/otelcol-vpcflow/internal/periodic"
)

// Settings configure a Store.
type Settings struct {
	// Directory contains the files. No other Store may use it at the same time.
	Directory string
	// Retention is how long flows are kept, counted back from the latest event time and rounded up to whole hours.
	Retention time.Duration
	// MaxSize bounds the files, in bytes. The oldest hour is deleted first.
	MaxSize int64
	// Internal contains the address ranges that count as internal.
	Internal *network.Ranges
	// Countries looks up the countries of external addresses.
	Countries network.Countries
	// Now returns the current time.
	Now func() time.Time
	// Ticker starts the periodic job. Nil means the system's clock.
	Ticker periodic.Ticker
	// RetryDelay is the time between two attempts to write. Zero means ten seconds.
	RetryDelay time.Duration
}

const (
	// flushInterval bounds how long a flow is only in memory, unless the disk is too slow.
	flushInterval = 10 * time.Second
	// partRows is the number of flows in a part and in a row group.
	partRows = 64 << 10
	// maxQueue is the number of parts that wait to be written.
	maxQueue = 4
)

// Store stores flows. It is safe for concurrent use.
type Store struct {
	settings   Settings
	files      *fileIndex
	queue      chan *buffer
	cancel     context.CancelFunc
	job        *periodic.Job
	wake       chan struct{} // starts a compaction
	searches   chan struct{} // has an element for each running search
	writing    sync.WaitGroup
	compacting sync.Mutex
	written    chan struct{} // closed when the queue is empty and closed

	mu      sync.Mutex // guards the fields below
	buffers buffers
	counts  Counts
	failure error // of the last attempt to write; nil if it succeeded
	closed  bool
}

// Open opens the directory, removes what a crash has left behind, and starts to write.
func Open(settings Settings) (*Store, error) {
	if settings.Ticker == nil {
		settings.Ticker = periodic.SystemTicker
	}
	if settings.RetryDelay == 0 {
		settings.RetryDelay = 10 * time.Second
	}
	files, err := openIndex(settings.Directory)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := &Store{
		settings: settings, files: files, cancel: cancel, queue: make(chan *buffer, maxQueue),
		wake: make(chan struct{}, 1), searches: make(chan struct{}, maxSearches),
		written: make(chan struct{}), buffers: buffers{latest: files.latestHour() * secondsPerHour, open: map[int64]*buffer{}},
		counts: newCounts(),
	}
	s.writing.Add(2)
	go s.writeParts(ctx)
	go s.compactFiles(ctx)
	s.job = periodic.StartWith(settings.Ticker, flushInterval, func(context.Context) { s.tick() })
	return s, nil
}

// Add stores the flows. It retains none of their strings and never waits for the disk.
func (s *Store) Add(flows []flow.Flow) {
	now := s.settings.Now().Unix()
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range flows {
		if reason := s.add(&flows[i], now); reason != "" {
			s.counts.NotStored[reason]++
		}
	}
}

// add adds a flow to the buffer of its hour. It returns the reason if the flow is not stored.
func (s *Store) add(f *flow.Flow, now int64) Reason {
	if s.closed {
		return WriteError
	}
	if reason := s.buffers.check(f, now, s.settings.Retention); reason != "" {
		return reason
	}
	b := s.bufferOf(f.Time / secondsPerHour)
	if b == nil {
		return s.refusal()
	}
	b.add(f)
	s.buffers.rows++
	return ""
}

// bufferOf returns a buffer of an hour that has space. It first moves another buffer to the queue if there are too many
// flows or hours in memory. It returns nil if the queue is full.
func (s *Store) bufferOf(hour int64) *buffer {
	b := s.buffers.open[hour]
	if b != nil && b.full() {
		if !s.enqueue(b) {
			return nil
		}
		b = nil
	}
	if len(s.queue) == maxQueue && (s.buffers.rows >= maxBuffered || b == nil && len(s.buffers.open) >= maxOpen) {
		return nil // do not look for a buffer that cannot be moved
	}
	if old := s.buffers.excess(b == nil); old != nil {
		if !s.enqueue(old) {
			return nil
		}
		if old == b {
			b = nil
		}
	}
	if b == nil {
		b = s.buffers.start(hour)
	}
	return b
}

// enqueue moves a buffer to the queue, unless that is full.
func (s *Store) enqueue(b *buffer) bool {
	if s.closed {
		return false
	}
	select {
	case s.queue <- b:
		s.buffers.remove(b)
		return true
	default:
		return false
	}
}

// refusal returns the reason for which a full queue refuses a flow.
func (s *Store) refusal() Reason {
	if s.failure != nil {
		return WriteError
	}
	return QueueFull
}

// enqueueDue moves the buffers that are to be written to the queue, as far as that has space.
func (s *Store) enqueueDue() {
	for _, b := range s.buffers.oldestFirst() {
		if b.number > s.buffers.due || !s.enqueue(b) {
			return
		}
	}
}

// tick starts to write what is in memory, and deletes what has expired.
func (s *Store) tick() {
	s.mu.Lock()
	s.buffers.due = s.buffers.opened
	s.enqueueDue()
	latest := s.buffers.latest
	s.mu.Unlock()
	s.expire(latest)
	select {
	case s.wake <- struct{}{}:
	default: // a compaction is due already
	}
}

// Close writes what is in memory, and stops. If the context ends first, the rest is lost.
func (s *Store) Close(ctx context.Context) error {
	s.job.Stop()
	s.cancel() // parts that cannot be written are not written again
	defer s.writing.Wait()
	s.mu.Lock()
	rest := s.buffers.oldestFirst()
	for _, b := range rest {
		s.buffers.remove(b)
	}
	alreadyClosed := s.closed
	s.closed = true
	s.mu.Unlock()
	if alreadyClosed {
		return nil
	}
	for _, b := range rest {
		select {
		case s.queue <- b:
		case <-ctx.Done():
			s.drop(b)
		}
	}
	return s.waitForWriter(ctx)
}
