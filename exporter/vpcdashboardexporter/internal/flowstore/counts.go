// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowstore

import "maps"

// Reason says why a flow is not stored.
type Reason string

// The reasons.
const (
	// TooOld and InFuture are times outside the retention, or more than ten minutes ahead of the clock.
	TooOld   Reason = "too_old"
	InFuture Reason = "in_future"
	// NoTraffic are NODATA and SKIPDATA records.
	NoTraffic Reason = "no_traffic"
	// Hop are records of gateways, for packets that the endpoints log as well.
	Hop Reason = "hop"
	// NameTooLong are flows with an id of more than 256 bytes.
	NameTooLong Reason = "name_too_long"
	// QueueFull means that the disk is slower than the flows arrive.
	QueueFull Reason = "queue_full"
	// WriteError means that the disk is full or fails.
	WriteError Reason = "write_error"
)

// Reasons lists all reasons.
var Reasons = []Reason{TooOld, InFuture, NoTraffic, Hop, NameTooLong, QueueFull, WriteError}

// Counts describe what a Store has done since it was opened.
type Counts struct {
	// Stored counts the flows in written parts.
	Stored uint64
	// NotStored counts flows by reason.
	NotStored map[Reason]uint64
	// DeletedByAge and DeletedBySize count the flows in deleted files.
	DeletedByAge, DeletedBySize uint64
	// Unreadable counts files that cannot be read. They stay where they are, and searches skip them.
	Unreadable uint64
}

func newCounts() Counts {
	c := Counts{NotStored: map[Reason]uint64{}}
	for _, r := range Reasons {
		c.NotStored[r] = 0
	}
	return c
}

// Status describes the state of a Store.
type Status struct {
	Counts
	// Files, Size and Rows describe the files. Size is in bytes.
	Files int
	Size  int64
	Rows  int64
	// Failure is the error of the last attempt to write; nil if it succeeded.
	Failure error
}

// Status returns the current state.
func (s *Store) Status() Status {
	s.mu.Lock()
	status := Status{Counts: s.counts, Failure: s.failure}
	status.NotStored = maps.Clone(s.counts.NotStored)
	s.mu.Unlock()
	status.Files, status.Size, status.Rows, status.Unreadable = s.files.totals()
	return status
}

// Latest returns the latest event time in Unix seconds, or 0. After a start, it is the start of the latest hour at first.
func (s *Store) Latest() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buffers.latest
}

// drop counts the flows of a buffer that cannot be written.
func (s *Store) drop(b *buffer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts.NotStored[WriteError] += uint64(len(b.entries))
}
