// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"strings"
	"sync"

	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// helpfulFields are optional fields, each with the effect on detection if a format lacks it.
var helpfulFields = []struct{ name, effect string }{
	{
		"tcp-flags", "Requests and replies of TCP are distinguished by port numbers alone. A service on a port above 1023 that is missing " +
			"in service_ports may look like a client. Its replies may then look like a scan, and backscatter may look like attempts. " +
			"This affects all rules except excessive_inbound_icmp.",
	},
	{
		"flow-direction", "For internal traffic, an ACCEPT at the source counts even if the destination logs REJECT. " +
			"new_internal_peer and remote_service_brute_force may alert on rejected traffic, and excessive_inbound_icmp with " +
			"include_internal counts packets twice.",
	},
}

const (
	missingFieldsMessage = "flow log format lacks fields; detection is less exact"
	// remedy follows https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-limitations.html
	remedy = "create a second flow log whose custom format has all fields of the first one and the missing fields; " +
		"once it delivers, delete the first one (the format of a flow log cannot be changed)"
)

const (
	// maxFormats bounds the number of formats that are kept. Further formats are not checked.
	maxFormats = 64
	// maxFormatText bounds the format in a message. A header can be of any length.
	maxFormatText = 1000
	// enoughFlows is the number of TCP flows after which a field that none of them has is considered missing. Flags are
	// also unknown if a flow began before its record.
	enoughFlows = 10_000
)

// formatWarnings logs once for each format which helpful fields it lacks. It is safe for concurrent use.
type formatWarnings struct {
	log *zap.Logger

	mu      sync.Mutex      // guards the fields below
	seen    map[string]bool // by the field names of the format
	unnamed fieldCounts
}

// batchFormats holds the formats of the records in a batch. Batches are reused: a new batch starts with the last format
// of the previous one.
type batchFormats struct {
	last    *flow.Format
	changed []*flow.Format // formats that differ from the format of the previous record
	unnamed fieldCounts    // of records whose format is unknown
}

// fieldCounts count TCP flows, and those with flags and with a direction.
type fieldCounts struct{ flows, flags, direction int64 }

// add adds the format of a flow. The format is nil if it is unknown.
func (b *batchFormats) add(format *flow.Format, of *flow.Flow) {
	const tcp = 6
	switch {
	case format != nil:
		if format != b.last {
			b.last = format
			b.changed = append(b.changed, format)
		}
	case of.Protocol == tcp && of.Status == flow.StatusOK:
		b.unnamed.flows++
		if of.Flags != 0 {
			b.unnamed.flags++
		}
		if of.Direction != flow.DirectionUnknown {
			b.unnamed.direction++
		}
	}
}

// check checks the formats of a batch, and resets them.
func (w *formatWarnings) check(b *batchFormats) {
	if len(b.changed) == 0 && b.unnamed.flows == 0 {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, format := range b.changed {
		if w.isNew(format.String()) {
			w.warn(format.String(), format.Has)
		}
	}
	if w.unnamed.add(b.unnamed) {
		w.warn("unknown: another component decoded the records", func(field string) bool {
			return field == "tcp-flags" && w.unnamed.flags > 0 || field == "flow-direction" && w.unnamed.direction > 0
		})
	}
	b.changed, b.unnamed = b.changed[:0], fieldCounts{}
}

func (w *formatWarnings) isNew(names string) bool {
	if w.seen[names] || len(w.seen) >= maxFormats {
		return false
	}
	if w.seen == nil {
		w.seen = map[string]bool{}
	}
	w.seen[names] = true
	return true
}

// add adds counts, and reports whether there are now enough flows for the first time.
func (c *fieldCounts) add(more fieldCounts) bool {
	before := c.flows
	c.flows += more.flows
	c.flags += more.flags
	c.direction += more.direction
	return before < enoughFlows && c.flows >= enoughFlows
}

// warn logs the helpful fields that a format lacks, if any.
func (w *formatWarnings) warn(format string, has func(field string) bool) {
	var missing, effects []string
	for _, field := range helpfulFields {
		if !has(field.name) {
			missing, effects = append(missing, field.name), append(effects, field.effect)
		}
	}
	if len(missing) > 0 {
		w.log.Warn(missingFieldsMessage, zap.String("missing", strings.Join(missing, " and ")),
			zap.String("format", format[:min(len(format), maxFormatText)]),
			zap.Strings("effects", effects), zap.String("remedy", remedy))
	}
}
