// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"net/netip"
	"unsafe"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// episode is a period in which a key meets the condition of its rule again and again. An alert opens it. Further alerts
// follow only if it grows, becomes more severe, or continues for long.
type episode struct {
	opened      int64 // event time at which the condition first held
	lastMet     int64 // latest event time at which the condition was met
	lastAlert   int64 // event time of the last alert
	lastMeasure int64 // measure of the last alert
	severity    alert.Severity
	// acceptedPort is the destination port of the first accepted flow. If others follow, growth has all of them.
	acceptedPort uint16

	// Totals from the first flow of the evidence that opened the episode to the last flow that met the condition.
	// Only rules that alert about every flow count accepted and rejected flows here.
	accepted, rejected uint32
	first              int64
	total              totals
	growth             *growth // nil until needed

	// With emit_resolved, an episode waits in the queue of its scope until it is over.
	deadline
	rule     *base
	progress *progress
	last     *lastAlert // nil without emit_resolved
	older    *episode   // of the same key, not yet resolved when this one opened

	counted int64 // memory in bytes, as counted by a rule without extras
}

// lastAlert is the last alert of an episode, from which the resolved one is made.
type lastAlert struct {
	Alert   *alert.Alert
	Details details
}

// alreadyResolved replaces the last alert of a resolved episode.
var alreadyResolved = new(lastAlert)

// episodeAt returns the episode in slot if a condition that holds at t belongs to it, or else opens a new one.
func (b *base) episodeAt(slot **episode, t int64) (ep *episode, opened bool) {
	if ep = *slot; ep != nil && t <= ep.lastMet+b.quiet {
		ep.lastMet = max(ep.lastMet, t)
		return ep, false
	}
	ep = &episode{opened: t, lastMet: t, first: t, deadline: deadline{place: notQueued}}
	if old := *slot; old != nil && old.waiting() {
		ep.older = old
	}
	*slot = ep
	return ep, true
}

// nextStatus returns the status of the alert for a condition that holds at t. It returns the empty status, and counts
// the suppression, if the episode needs no further alert.
func (b *base) nextStatus(ep *episode, opened bool, t, measure int64, severity alert.Severity) alert.Status {
	status := alert.Updated
	switch {
	case opened:
		status = alert.Opened
	case measure/10 >= ep.lastMeasure, severity > ep.severity, t >= ep.lastAlert+b.shared.repeat:
	default:
		b.stats.Suppressed[OpenEpisode]++
		return ""
	}
	ep.lastAlert, ep.lastMeasure, ep.severity = t, measure, max(severity, ep.severity)
	return status
}

// alerted stores the last alert of an episode. If wanted, the episode is queued to be resolved.
func (b *base) alerted(ev *Event, ep *episode, a *alert.Alert, d details) {
	if !b.shared.emitResolved {
		return
	}
	if ep.last == nil {
		ep.rule, ep.progress = b, b.shared.progress.of(ev.scope.id)
		ep.number = b.nextNumber(ev)
		ep.due = b.resolveAfter(ep)
		ep.progress.due.add(ep)
	}
	d.First = a.Measure
	if ep.last != nil && ep.last != alreadyResolved {
		d.First = ep.last.Details.First
	}
	if ep.last != alreadyResolved {
		ep.last = &lastAlert{a, d}
	}
}

// nextNumber returns a number for an episode that the event opens. Numbers follow the order of events and rules, whatever
// the number of shards.
func (b *base) nextNumber(ev *Event) uint64 {
	const bits = 8 // per event: 256 rules with 256 episodes each
	number := ev.number<<(2*bits) | uint64(b.index)<<bits | b.shared.current.opened
	b.shared.current.opened++
	return number
}

// resolveAfter returns the watermark after which no flow that is in time can belong to the episode.
func (b *base) resolveAfter(ep *episode) int64 { return ep.lastMet + b.quiet + b.shared.lateness }

// waiting reports whether the episode, or an older one of its key, is not yet resolved.
func (ep *episode) waiting() bool {
	return ep.place != notQueued || ep.older != nil && ep.older.waiting()
}

// drop removes the episode and older ones of its key from the queue. Evicted episodes are never resolved.
func (ep *episode) drop() {
	for ; ep != nil; ep = ep.older {
		if ep.place != notQueued {
			ep.progress.due.remove(&ep.deadline)
		}
	}
}

// resolveEpisodes emits a resolved alert for each episode of the scope that the watermark has passed.
func (s *shared) resolveEpisodes(p *progress) {
	for len(p.due) > 0 && p.due[0].entry().due < p.watermark {
		ep := p.due[0].(*episode)
		if due := ep.rule.resolveAfter(ep); due > ep.due {
			ep.due = due
			p.due.update(&ep.deadline)
			continue
		}
		p.due.remove(&ep.deadline)
		resolved := ep.rule.resolvedAlert(ep)
		ep.rule.stats.countAlert(resolved.Alert)
		s.emit(resolved)
		ep.older, ep.last = nil, alreadyResolved
	}
}

// resolvedAlert returns the alert that ends an episode: the last one, with the totals of the episode.
func (b *base) resolvedAlert(ep *episode) draftAlert {
	a, d := *ep.last.Alert, ep.last.Details
	a.Status, a.Time, a.Episode, a.DryRun = alert.Resolved, ep.lastMet, b.totals(ep), b.set.DryRun
	ep.addAccepted(&a)
	if b.measures == InEpisode { // these rules count the outcome of each flow
		a.AcceptedFlows, a.RejectedFlows = int64(ep.accepted), int64(ep.rejected)
	}
	if ep.growth != nil {
		d.Hosts = max(d.Hosts, len(ep.growth.hosts))
	}
	d.Reached = d.Reached || ep.accepted > 0
	return draftAlert{Alert: &a, rule: b, details: d, resolves: ep.last.Alert, alertOrder: alertOrder{ofResolved, ep.due, ep.number}}
}

// bytes returns the memory of the episode and of older ones of its key. The episode may be nil.
func (ep *episode) bytes() (n int64) {
	for ; ep != nil; ep = ep.older {
		n += int64(unsafe.Sizeof(*ep))
		if g := ep.growth; g != nil {
			n += int64(unsafe.Sizeof(*g)) + 8*int64(cap(g.values)+cap(g.hosts)+cap(g.pendingValues)+cap(g.pendingHosts)) +
				int64(unsafe.Sizeof(netip.AddrPort{}))*int64(cap(g.accepted)+cap(g.pendingAccepted))
		}
		if ep.last != nil && ep.last != alreadyResolved {
			n += ep.last.bytes()
		}
	}
	return n
}

// bytes returns the memory of the alert.
func (l *lastAlert) bytes() int64 {
	a := l.Alert
	return int64(unsafe.Sizeof(*l)) + int64(unsafe.Sizeof(*a)) + int64(len(a.Body)+len(a.UID)) +
		int64(unsafe.Sizeof(netip.Addr{}))*int64(cap(a.Sources)+cap(a.Destinations)) + 2*int64(cap(a.DestinationPorts)) +
		int64(unsafe.Sizeof(netip.AddrPort{}))*int64(cap(a.AcceptedTargets)) +
		int64(unsafe.Sizeof(alert.Sample{}))*int64(cap(a.Samples)) + textBytes(a.Stages) + textBytes(a.Related) + textBytes(l.Details.Steps)
}

func textBytes(texts []string) (n int64) {
	for _, text := range texts {
		n += int64(unsafe.Sizeof(text)) + int64(len(text))
	}
	return n
}
