// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"net/netip"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// oneWay is how long, in seconds, before an attempt the scope must have logged the opposite direction.
const oneWay = 3600

// judge decides whether attempts were answered, and passes them to the rules on attempts. A shard has one if such a rule
// is enabled.
type judge struct {
	attempts *attempts
	answers  *answers
	rules    [numClasses][]observer
	stats    AttemptStats

	judged windowed // the attempt that is judged
	event  Event
}

func newJudge(cfg *Config, number, parts int, of *progressByScope) *judge {
	j := &judge{attempts: newAttempts(cfg, number, parts, of), answers: newAnswers(cfg, number, parts, of)}
	j.judged.Event = &j.event
	return j
}

// observe records an event and judges what is due.
func (j *judge) observe(s *shard, w *windowed, t task) {
	j.attempts.rejected = 0
	if t.judges {
		j.record(s, w)
	}
	if j.judgeDue(s, w.Event, int(t.position)) {
		s.begin(w.Event, &w.keys, int(t.position))
	}
}

// record adds a flow to the attempts or the answers.
func (j *judge) record(s *shard, w *windowed) {
	switch ev := w.Event; {
	case ev.attempt == isAnswer:
		j.answers.add(w, s.progress.of(ev.scope.id))
	case !ev.late && !s.allowlists.ignoresAll():
		j.attempts.add(ev, s.progress.of(ev.scope.id))
	}
}

// judgeDue judges what is due in the scope of an event: by time, then by arrival. A rejected attempt was due when it
// became one, and is only removed at the end of its grace. judgeDue reports whether rules have seen an attempt.
func (j *judge) judgeDue(s *shard, ev *Event, position int) bool {
	p, before := s.progress.of(ev.scope.id), j.stats.Answered+j.stats.Failed
	a := j.attempts
	for a.isDue(p, ev.watermark) {
		n := p.waiting.first()
		if a.rejected != 0 && a.rejected != n && a.isBefore(a.rejected, n) {
			j.judgeRejected(s, ev, position)
		}
		switch value := a.table.Value(n); {
		case n == a.rejected:
			j.judgeRejected(s, ev, position)
		case value.bits.rejected():
		case int64(value.t) <= p.answers.evicted+nearby:
			j.stats.AnswersEvicted++
		case ev.opposite[value.bits.class()] < int64(value.t)-oneWay:
			j.stats.NoAnswersSeen++
		default:
			k := a.table.Key(n)
			k.Country = [2]byte{}
			j.decide(s, ev, position, n, j.answers.answered(&k, int64(value.t)-nearby, int64(value.last)+nearby))
		}
		a.drop(n, &p.waiting)
	}
	if a.rejected != 0 {
		j.judgeRejected(s, ev, position)
	}
	j.answers.dropOld(p, ev.watermark)
	return j.stats.Answered+j.stats.Failed > before
}

// judgeRejected judges the attempt that the current event has made a rejected one.
func (j *judge) judgeRejected(s *shard, ev *Event, position int) {
	n := j.attempts.rejected
	j.attempts.rejected = 0
	j.decide(s, ev, position, n, false)
}

// decide passes an attempt to the rules.
func (j *judge) decide(s *shard, current *Event, position int, n uint32, answered bool) {
	ev := &j.event
	j.attempts.event(n, answered, ev, current)
	if answered {
		j.stats.Answered++
	} else {
		j.stats.Failed++
	}
	j.judged.keys.reset(len(s.groups))
	s.beginJudged(ev, &j.judged.keys, position)
	for _, rule := range j.rules[ev.class] {
		rule.observe(ev)
	}
}

// isBefore reports whether one attempt is judged before another.
func (a *attempts) isBefore(n, other uint32) bool {
	one, two := a.table.Value(n), a.table.Value(other)
	return one.t < two.t || one.t == two.t && one.number < two.number
}

// event makes an event of a judged attempt. It has the properties of the record that came first, and the least time.
func (a *attempts) event(n uint32, answered bool, ev, current *Event) {
	value, k := a.table.Value(n), a.table.Key(n)
	from := a.origins.at(value.origin)
	*ev = Event{
		Flow: flow.Flow{
			Time: int64(value.t), Src: netip.AddrFrom16(k.Src).Unmap(), Dst: netip.AddrFrom16(k.Dst).Unmap(),
			SrcPort: k.SrcPort, DstPort: k.Port, Protocol: tcp, Action: flow.Accept, Direction: value.bits.direction(),
			Packets: uint64(value.packets), Bytes: uint64(value.bytes),
			Account: from.account, Region: from.region, VPC: from.vpc, Subnet: from.subnet, Interface: from.iface, Instance: from.instance,
		},
		class: value.bits.class(), role: Request, evidence: value.bits.evidence(), accepted: answered,
		src: k.Src, dst: k.Dst,
		scope: current.scope, number: value.number, watermark: current.watermark, first: current.first,
	}
	state, result := attemptFailed, acceptedResult
	if value.bits.rejected() {
		ev.Action, result = flow.Reject, rejectedResult
	}
	if answered {
		state = attemptAnswered
	}
	ev.kind = kindOf(ev.class, state, result)
}

// opposites maps the class of attempts to that of their answers.
var opposites = [numClasses]network.Class{
	network.ExternalToInternal: network.InternalToExternal,
	network.InternalToExternal: network.ExternalToInternal,
	network.InternalToInternal: network.InternalToInternal,
}

// noteOpposite notes that a scope logs the direction of a flow. The flow must be accepted.
func (s *scope) noteOpposite(ev *Event) {
	of := opposites[ev.class]
	if ev.class == network.InternalToInternal && ev.role != Reply {
		return
	}
	s.opposite[of] = max(s.opposite[of], ev.Time)
}
