// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import (
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// Health describes the quality of the received data.
type Health struct {
	// Latest is the latest event time, Received the clock time at which the last record arrived.
	Latest   time.Time `json:"latest"`
	Received time.Time `json:"received"`
	// Flows counts all flow log records, including those that are not part of any total.
	Flows uint64 `json:"flows"`
	// NoData and SkipData count records by log-status. AWS failed to record some flows of a SKIPDATA interval.
	NoData   uint64 `json:"no_data"`
	SkipData uint64 `json:"skip_data"`
	// Undecodable counts records that are neither a flow nor an alert, by reason.
	Undecodable map[string]uint64 `json:"undecodable"`
	// WithFlags and WithDirection count flows that have tcp-flags and flow-direction.
	WithFlags     uint64 `json:"with_flags"`
	WithDirection uint64 `json:"with_direction"`
	// Hops counts gateway records of packets that the endpoints log as well. They are not part of any total.
	Hops uint64 `json:"hops"`
	// TooOld counts flows older than the retention, InFuture flows too far ahead of the clock.
	TooOld   uint64 `json:"too_old"`
	InFuture uint64 `json:"in_future"`
	// Evicted counts entries that were evicted to bound memory, by kind.
	Evicted map[string]uint64 `json:"evicted"`
}

// observe counts a flow log record, and reports whether it adds to the totals.
func (h *Health) observe(f *flow.Flow) bool {
	h.Flows++
	switch {
	case f.Status == flow.NoData:
		h.NoData++
		return false
	case f.Status == flow.SkipData:
		h.SkipData++
		return false
	case f.Hop:
		h.Hops++
		return false
	}
	if f.Flags != 0 {
		h.WithFlags++
	}
	if f.Direction != flow.DirectionUnknown {
		h.WithDirection++
	}
	return true
}

// add adds the counts that observe makes.
func (h *Health) add(other *Health) {
	h.Flows += other.Flows
	h.NoData += other.NoData
	h.SkipData += other.SkipData
	h.Hops += other.Hops
	h.WithFlags += other.WithFlags
	h.WithDirection += other.WithDirection
}

// maxReasons bounds the number of distinct reasons in Undecodable.
const maxReasons = 64

func (h *Health) addUndecodable(reason string, n uint64) {
	if _, ok := h.Undecodable[reason]; !ok && len(h.Undecodable) >= maxReasons {
		reason = "other"
	}
	h.Undecodable[reason] += n
}
