// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect_test

import (
	"cmp"
	"slices"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// around is how many seconds an answer may be before an attempt or after it, and how far two records of one attempt may
// be apart.
const around = 120

// modelAttempt is an attempt to open a TCP connection that waits until it is judged, or until no record can join it.
type modelAttempt struct {
	scope            *modelScope
	flow             flow.Flow // the record that came first, with the smallest time of all records
	last             int64     // the greatest time of all records
	rejected, judged bool
}

// modelAnswer is an answer. Its ends are those of the attempt that it belongs to.
type modelAnswer struct {
	scope *modelScope
	ends  modelEnds
	time  int64
}

// modelEnds is a 5-tuple without the scope.
type modelEnds struct {
	src, dst         string
	srcPort, dstPort uint16
}

func endsOf(f *flow.Flow) modelEnds {
	return modelEnds{f.Src.String(), f.Dst.String(), f.SrcPort, f.DstPort}
}

func (e modelEnds) reversed() modelEnds { return modelEnds{e.dst, e.src, e.dstPort, e.srcPort} }

// perPacket returns the greatest number of bytes of some packets: so many each for IPv4, and 20 more for IPv6.
func perPacket(f *flow.Flow, ipv4 uint64) uint64 {
	if f.Src.Is4() {
		return ipv4 * f.Packets
	}
	return (ipv4 + 20) * f.Packets
}

// attempts reports whether the flow is an attempt, apart from lateness and allowlists.
func (m *model) attempts(f *flow.Flow) bool {
	return f.Protocol == 6 && (f.Action == flow.Accept || f.Action == flow.Reject) && m.role(f) == "request" &&
		f.Packets <= 7 && f.Bytes <= perPacket(f, 64) && (!flagsLogged(f) || f.Flags&19 == 2)
}

// refuses reports whether the flow refuses a connection.
func refuses(f *flow.Flow) bool {
	if f.Protocol != 6 || f.Action != flow.Accept {
		return false
	}
	if flagsLogged(f) {
		return f.Flags&7 == 4 && f.Bytes <= perPacket(f, 60)
	}
	return f.Packets <= 2 && f.Bytes <= perPacket(f, 44)
}

func (m *model) answersAttempt(f *flow.Flow) bool {
	return f.Protocol == 6 && f.Action == flow.Accept && m.role(f) == "reply" && !refuses(f)
}

// noteDirection notes the time of an accepted flow, which shows that its direction is logged.
func (m *model) noteDirection(s *modelScope, f *flow.Flow) {
	class := m.class(f)
	if f.Action != flow.Accept || class == "II" && m.role(f) != "reply" {
		return
	}
	s.opposite[class] = max(s.opposite[class], f.Time)
}

// logsReplies reports whether the scope logs what comes back from traffic of a class, up to an hour before a time.
func (s *modelScope) logsReplies(class string, t int64) bool {
	last, seen := s.opposite[class[1:]+class[:1]]
	return seen && last >= t-3600
}

// asked reports whether an enabled rule needs the attempts of a class.
func (m *model) asked(class string) bool {
	return slices.ContainsFunc(m.rules, func(r *modelRule) bool {
		asks := r.custom != nil && asksFor(r.custom, class) || r.outcomes != nil && slices.Contains(r.classes, class)
		return asks && m.settings(r).Enabled
	})
}

// record keeps the flow if it is an attempt or an answer.
func (m *model) record(s *modelScope, f *flow.Flow, late bool) {
	class := m.class(f)
	if m.answersAttempt(f) && m.asked(class[1:]+class[:1]) {
		answer := modelAnswer{s, endsOf(f).reversed(), f.Time}
		if !slices.Contains(m.answers, answer) {
			m.answers = append(m.answers, answer)
		}
	}
	for len(m.answers) > m.cfg.MaxAttempts {
		i := smallest(m.answers, func(a modelAnswer) int64 { return a.time })
		m.answers[i].scope.evicted = max(m.answers[i].scope.evicted, m.answers[i].time)
		m.answers = slices.Delete(m.answers, i, i+1)
		m.evictedAnswers++
	}
	if m.attempts(f) && m.asked(class) && !late && !ignored(m, "", m.cfg.Ignore, f) {
		m.recordAttempt(s, f)
	}
}

// recordAttempt adds the record to a waiting attempt, or else begins a new one.
func (m *model) recordAttempt(s *modelScope, f *flow.Flow) {
	var joined *modelAttempt
	for _, a := range m.waiting {
		if a.scope == s && endsOf(&a.flow) == endsOf(f) && max(a.flow.Time-f.Time, f.Time-a.flow.Time) <= around &&
			(joined == nil || a.flow.Time < joined.flow.Time) {
			joined = a
		}
	}
	if joined == nil {
		joined = &modelAttempt{scope: s, flow: *f, last: f.Time}
		m.waiting = append(m.waiting, joined)
	}
	joined.flow.Time = min(joined.flow.Time, f.Time)
	joined.last = max(joined.last, f.Time)
	joined.rejected = joined.rejected || f.Action == flow.Reject
	for len(m.waiting) > m.cfg.MaxAttempts {
		i := smallest(m.waiting, func(a *modelAttempt) int64 { return a.flow.Time })
		m.waiting = slices.Delete(m.waiting, i, i+1)
		m.evictedAttempts++
	}
}

// smallest returns the index of the element with the smallest time. Of several, it returns the first one.
func smallest[T any](list []T, time func(T) int64) int {
	best := 0
	for i := range list {
		if time(list[i]) < time(list[best]) {
			best = i
		}
	}
	return best
}

// judge passes the attempts of a scope whose time has come to the rules.
func (m *model) judge(s *modelScope) {
	over := func(a *modelAttempt) bool { return s.watermark >= a.flow.Time+seconds(m.cfg.AnswerGrace) }
	var due []*modelAttempt
	for _, a := range m.waiting {
		if a.scope == s && !a.judged && (a.rejected || over(a)) {
			due = append(due, a)
		}
	}
	slices.SortStableFunc(due, func(a, b *modelAttempt) int { return cmp.Compare(a.flow.Time, b.flow.Time) })
	for _, a := range due {
		a.judged = true
		m.judgeAttempt(s, a)
	}
	m.waiting = slices.DeleteFunc(m.waiting, func(a *modelAttempt) bool { return a.scope == s && over(a) })
	// No attempt needs older answers.
	keep := seconds(max(m.cfg.AnswerGrace, m.cfg.AllowedLateness))
	m.answers = slices.DeleteFunc(m.answers, func(a modelAnswer) bool {
		return a.scope == s && a.time+around < s.watermark-keep
	})
}

func (m *model) judgeAttempt(s *modelScope, a *modelAttempt) {
	f, outcome := a.flow, "failed"
	f.Action = flow.Reject
	if !a.rejected {
		f.Action = flow.Accept
		switch {
		case f.Time <= s.evicted+around:
			return
		case !s.logsReplies(m.class(&f), f.Time):
			m.noAnswersSeen++
			return
		case slices.ContainsFunc(m.answers, func(answer modelAnswer) bool {
			return answer.scope == s && answer.ends == endsOf(&f) && f.Time-around <= answer.time && answer.time <= a.last+around
		}):
			outcome = "answered"
		}
	}
	m.outcome = outcome
	for _, r := range m.rules {
		m.evaluate(r, s, &f, false)
	}
	m.outcome = ""
}

// flagsLogged reports whether the record has the field tcp-flags.
func flagsLogged(f *flow.Flow) bool { return f.FlagsLogged }
