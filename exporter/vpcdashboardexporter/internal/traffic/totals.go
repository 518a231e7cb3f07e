// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package traffic adds up flows, packets and bytes, and defines the measures by which traffic is ranked.
package traffic

import "github.com/vpcflow/otelcol-vpcflow/internal/flow"

// Totals are sums over some flows. A flow without an action is neither accepted nor rejected.
type Totals struct {
	Flows    uint64 `json:"flows"`
	Packets  uint64 `json:"packets"`
	Bytes    uint64 `json:"bytes"`
	Accepted uint64 `json:"accepted"`
	Rejected uint64 `json:"rejected"`
}

// Of returns the totals of one flow.
func Of(f *flow.Flow) Totals {
	t := Totals{Flows: 1, Packets: f.Packets, Bytes: f.Bytes}
	switch f.Action {
	case flow.Accept:
		t.Accepted = 1
	case flow.Reject:
		t.Rejected = 1
	}
	return t
}

// Add adds other to t. Sums saturate at the largest uint64.
func (t *Totals) Add(other *Totals) {
	t.Flows = add(t.Flows, other.Flows)
	t.Packets = add(t.Packets, other.Packets)
	t.Bytes = add(t.Bytes, other.Bytes)
	t.Accepted = add(t.Accepted, other.Accepted)
	t.Rejected = add(t.Rejected, other.Rejected)
}

// Values returns the totals by each measure.
func (t *Totals) Values() Values { return Values{t.Flows, t.Bytes, t.Rejected} }

// By returns the total by one measure.
func (t *Totals) By(m Measure) uint64 { return t.Values()[m.Index()] }
