// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"math"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/names"
)

// watermark is the progress of a scope's time. The zero value is not valid: use newWatermark.
type watermark struct {
	newest int64 // greatest time of an evaluated flow
	// leader is the interface that logged the newest flow. second is the greatest time of all other interfaces, or
	// math.MinInt64 if there are none. One interface with a wrong clock cannot move it ahead.
	leader  []byte
	hasLead bool // leader is known
	second  int64
}

func newWatermark() watermark { return watermark{newest: math.MinInt64, second: math.MinInt64} }

// pass records the time of a flow. It reports whether the flow is the newest one.
func (w *watermark) pass(ev *Event) (advances bool) {
	advances = ev.Time > w.newest
	name := names.Cut(ev.Interface)
	switch {
	case w.hasLead && string(w.leader) == name:
	case !advances && w.hasLead:
		w.second = max(w.second, ev.Time)
	case advances:
		if w.hasLead {
			w.second = w.newest
		}
		w.leader, w.hasLead = append(w.leader[:0], name...), true
	}
	w.newest = max(w.newest, ev.Time)
	return advances
}

// reached returns the time from which lateness is counted: the newest time that two interfaces have reached. It is at most
// lead seconds behind the newest flow, so that an interface that no longer sends does not stop it. With one interface, it
// is the time of the newest flow.
func (w *watermark) reached(lead int64) int64 {
	if w.second == math.MinInt64 {
		return w.newest
	}
	return max(w.second, w.newest-lead)
}
