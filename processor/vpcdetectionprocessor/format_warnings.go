// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"slices"
	"strings"
	"sync"

	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// wanted are the fields without which detection is less exact, and what is lost then.
var wanted = []struct{ field, lost string }{
	{
		"tcp-flags", "requests are told from replies by port numbers alone: a service on a port above 1023 that is not among service_ports may " +
			"look like a client, its answers like a scan, and packets that nobody asked for like attempts. That concerns all rules but excessive_inbound_icmp",
	},
	{
		"flow-direction", "of traffic inside the network, the sender's record says ACCEPT even where the receiver's says REJECT, and is believed: " +
			"new_internal_peer and remote_service_brute_force may take for let in what was refused, and excessive_inbound_icmp with " +
			"include_internal counts twice",
	},
}

// remedy is as the limitations of flow logs in the AWS VPC user guide want it:
// https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-limitations.html
const remedy = "the format of a flow log cannot be changed: create a second flow log with a custom format that has all fields of the first " +
	"and these, and when it delivers, delete the first"

// quality says what detection loses to fields that a format lacks, once for each format.
type quality struct {
	log *zap.Logger

	mu       sync.Mutex
	seen     map[string]bool // formats by their field names
	nameless sighted
}

// maxFormats bounds the formats that are remembered; of more, nothing is said.
const maxFormats = 64

// formats are those that come in one batch after the other.
type formats struct {
	last     *flow.Format
	fresh    []*flow.Format
	nameless sighted // of records whose format nobody knows
}

// sighted counts TCP flows, and what they have.
type sighted struct{ flows, flags, direction int64 }

// enough is how many TCP flows tell that a field which none of them has is lacking. Flags may also be unknown because a
// flow began before its record.
const enough = 10_000

// note keeps in mind which format a flow came in.
func (f *formats) note(format *flow.Format, of *flow.Flow) {
	const tcp = 6
	switch {
	case format != nil:
		if format != f.last {
			f.last = format
			f.fresh = append(f.fresh, format)
		}
	case of.Protocol == tcp && of.Status == flow.StatusOK:
		f.nameless.flows++
		if of.Flags != 0 {
			f.nameless.flags++
		}
		if of.Direction != flow.DirectionUnknown {
			f.nameless.direction++
		}
	}
}

// look says what is to be said of the formats of a batch.
func (q *quality) look(b *batch) {
	f := &b.formats
	if len(f.fresh) == 0 && f.nameless.flows == 0 {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, format := range f.fresh {
		if q.isNew(format.String()) {
			q.tell(format.String(), format.Has)
		}
	}
	if q.nameless.add(f.nameless) {
		q.tell("unknown, as another component decoded the records", func(field string) bool {
			return field == "tcp-flags" && q.nameless.flags > 0 || field == "flow-direction" && q.nameless.direction > 0
		})
	}
	f.fresh, f.nameless = f.fresh[:0], sighted{}
}

func (q *quality) isNew(names string) bool {
	if q.seen[names] || len(q.seen) >= maxFormats {
		return false
	}
	if q.seen == nil {
		q.seen = map[string]bool{}
	}
	q.seen[names] = true
	return true
}

// add returns whether with these flows there are enough for the first time.
func (s *sighted) add(more sighted) bool {
	before := s.flows
	s.flows += more.flows
	s.flags += more.flags
	s.direction += more.direction
	return before < enough && s.flows >= enough
}

func (q *quality) tell(format string, has func(field string) bool) {
	var lacks, lost []string
	for _, w := range wanted {
		if !has(w.field) {
			lacks, lost = append(lacks, w.field), append(lost, w.lost)
		}
	}
	if len(lacks) > 0 {
		const most = 1000 // of a header that somebody made up
		q.log.Warn(lessExact+strings.Join(lacks, " and "), zap.String("format", format[:min(len(format), most)]),
			zap.Strings("lost", slices.Clip(lost)), zap.String("remedy", remedy))
	}
}

// lessExact begins what is said.
const lessExact = "detection is less exact for a format of flow logs without "
