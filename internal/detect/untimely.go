// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"strings"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/names"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// Untimely counts flows of a scope that are late or out of range, since its last flow that was neither. Rules with a window do
// not evaluate such flows, so a scope that has no others has no detection.
type Untimely struct {
	// Late flows are more than allowed_lateness behind.
	Late int64
	// Future flows are more than max_future ahead of the clock.
	Future int64
	// Past flows have a time before flow logs existed.
	Past int64
}

// Flows returns the number of all flows.
func (u Untimely) Flows() int64 { return u.Late + u.Future + u.Past }

const (
	// minUntimely is the number of consecutive flows from which Engine.Untimely reports a scope.
	minUntimely = 100
	// maxUntimely bounds the scopes whose untimely flows are counted. Records with forged accounts could name any number.
	maxUntimely = 1000
)

// OutOfRange counts flows that Classify skipped with TimeOutOfRange, by scope. It is not safe for concurrent use.
type OutOfRange map[string]Untimely

// Add counts a flow.
func (o OutOfRange) Add(e *Engine, f *flow.Flow) {
	scope := names.Cut(e.scopeName(f))
	u, known := o[scope]
	if !known && len(o) >= maxUntimely {
		return
	}
	if f.Time < year2010 {
		u.Past++
	} else {
		u.Future++
	}
	o[scope] = u
}

// AddOutOfRange adds flows that Classify skipped. Call it before Observe for the other flows of the same batch.
func (e *Engine) AddOutOfRange(flows OutOfRange) {
	for scope, added := range flows {
		if u := e.untimelyOf(scope); u != nil {
			u.Future += added.Future
			u.Past += added.Past
		}
	}
}

// countTimely counts an evaluated flow. A flow in time ends the count of its scope.
func (e *Engine) countTimely(ev *Event) {
	switch {
	case ev.late:
		if u := e.untimelyOf(ev.scope.name); u != nil {
			u.Late++
		}
	case len(e.untimely) > 0:
		delete(e.untimely, ev.scope.name)
	}
}

// untimelyOf returns the counts of a scope, or nil if there are too many scopes.
func (e *Engine) untimelyOf(scope string) *Untimely {
	u := e.untimely[scope]
	if u == nil && len(e.untimely) < maxUntimely {
		u = new(Untimely)
		e.untimely[strings.Clone(scope)] = u
	}
	return u
}

// Untimely returns the scopes whose last 100 flows or more were all late or out of range.
func (e *Engine) Untimely() map[string]Untimely {
	var scopes map[string]Untimely
	for scope, u := range e.untimely {
		if u.Flows() >= minUntimely {
			if scopes == nil {
				scopes = map[string]Untimely{}
			}
			scopes[names.Clean(scope)] = *u
		}
	}
	return scopes
}
