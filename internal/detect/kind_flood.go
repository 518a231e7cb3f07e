// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"math"
	"net/netip"
	"slices"
	"strings"
	"unsafe"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/lru"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/names"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/pane"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// flood is a kind of sum rule: the condition holds only while next to nothing comes back. What comes back may be logged later
// than what was sent. Therefore a pane is not judged when its flows come, but when the watermark has passed its end by
// answer_grace. When a flow comes after that, its pane is judged at once, again or for the first time.
//
// Only keys whose sum is beyond the threshold wait to be judged, in the order of panes, then of their first flows.
type flood struct {
	base
	keyed[floodState]
	extras   extras[floodExtra]
	returned *sum  // what came back to the source of a key from its destination
	least    int64 // the sum at which the condition may hold
	from     int64 // the sum of a key from which its panes are judged
	length   int64 // of a pane, in seconds

	places        places
	noAnswersSeen int64 // panes that were not judged because the logs are one-way
	event         Event // the pane that is judged
	eventKeys     eventKeys
}

// floodState is the state of a key. Most keys have one pane and nothing else.
type floodState struct {
	only  floodPane // empty if there is an extra
	extra uint32    // the number of the key's entry, or 0 if the key has no extra
}

// paneHead is what an alert needs of a pane, besides its sums.
type paneHead struct {
	number   uint64 // of its first flow
	start    uint32 // Unix seconds
	latest   uint32 // the time of its latest flow
	place    uint32 // of its first flow, see places
	evidence uint8  // of its first flow, see evidences
}

// floodExtra is the state of a key that has several panes or is near the threshold.
type floodExtra struct {
	panes   pane.Panes
	heads   []paneHead // of the panes
	episode *episode
	samples *samples
	key     lru.Key

	deadline // of the pane that is judged next
	progress *progress
}

func newFlood(b base) observer {
	b.beyond = 1
	f := &flood{base: b, least: min(b.set.Threshold, pane.Max) + 1, length: max(1, b.window/60)}
	f.delay = f.length + b.shared.answerGrace
	f.from = f.least
	if f.recorder != nil { // the profile has the measures of all keys
		f.from = 1
	}
	f.keyed = newKeyed(&f.base, codec[floodState]{encode: f.encode, decode: f.decode, last: f.last, episode: f.episode})
	f.table.Dropped = func(_ uint32, state *floodState) {
		if x := f.extras.get(state.extra); x != nil {
			x.episode.drop()
			x.unqueue()
		}
	}
	bindExtras(&f.keyed, &f.extras, (*floodExtra).bytes, func(state *floodState) *uint32 { return &state.extra })
	f.table.Stale = func(scope uint32, state *floodState) bool {
		return stateExpired(&f.base, scope, f.last(state), f.episode(state))
	}
	requeue := f.log.restored
	f.log.restored = func(scope uint32, state *floodState) {
		requeue(scope, state)
		if x, p := f.extras.get(state.extra), f.shared.progress.find(scope); x != nil && p != nil {
			f.queue(x, p, p.watermark-f.delay)
		}
	}
	f.returned = newReturned(f.base)
	return f
}

// newReturned returns the sums of what comes back. Their panes are kept longer, because the records of both directions do not
// start together. They never alert.
func newReturned(b base) *sum {
	b.storageKey = returnedKey + b.storageKey[len(b.storageID()):]
	b.recorder = nil
	b.window += nearby
	b.set.Threshold = math.MaxInt64
	r := newSum(b).(*sum)
	r.least, r.length = math.MaxInt64, max(1, (b.window-nearby)/60)
	return r
}

// comesBack reports whether a flow may be what comes back to an internal host.
func comesBack(ev *Event) bool {
	return ev.class == network.ExternalToInternal && ev.accepted
}

// addReturned adds a flow to what came back to its destination.
func (f *flood) addReturned(ev *windowed) {
	r := f.returned
	state, _ := r.table.TouchAt(&ev.returns)
	if x, _ := r.add(state, &pane.Flow{T: ev.Time, Weight: ev.Packets, Other: ev.Bytes}); x != nil {
		r.extras.resize(state.extra)
	}
}

func (f *flood) observe(ev *Event) {
	if !f.matcher.has(ev) || f.ignored() || f.tooLate(ev) {
		return
	}
	state, _ := f.table.TouchAt(f.keyOf(ev))
	start := ev.Time - ev.Time%f.length
	x := f.add(ev, state, start)
	if x == nil {
		return
	}
	if f.isNear(x.panes.Total()) {
		addSample(&x.samples, ev, f.shared.names)
		entry := target.entry(ev)
		x.samples.targets.Add(&entry, f.keep(), maxTargets)
	}
	f.addPending(x.episode, ev, nil)
	if start+f.delay <= ev.watermark {
		f.judge(x, start, ev, ev.number)
	}
	f.queue(x, f.shared.progress.of(ev.scope.id), ev.watermark-f.delay)
	f.extras.resize(state.extra)
}

// add adds a flow to its pane, which begins at start, in the state of the key that was touched last. It returns nil if the key
// needs no extra.
func (f *flood) add(ev *Event, state *floodState, start int64) *floodExtra {
	x := f.extras.get(state.extra)
	if x == nil {
		fits := state.only.add(ev, start, f.keep(), &f.places)
		if fits && !f.isNear(uint64(state.only.packets)) {
			return nil
		}
		x = f.setExtra(state)
		if fits {
			return x
		}
	}
	x.panes.Add(&pane.Flow{T: ev.Time, Weight: ev.Packets, Other: ev.Bytes, Accepted: ev.accepted}, f.length, f.keep())
	f.addHead(x, ev, start)
	return x
}

// addTo notes a flow of the pane that begins at start.
func (f *flood) addTo(h *paneHead, ev *Event, start int64) {
	if h.number == 0 || int64(h.start) != start {
		*h = paneHead{number: ev.number, start: uint32(start), place: f.places.add(ev.Account, ev.Region), evidence: evidenceNumber(ev.evidence)}
	}
	h.latest = max(h.latest, uint32(ev.Time))
}

// addHead notes a flow of the pane that begins at start. It drops the heads of panes that were dropped, perhaps this one.
func (f *flood) addHead(x *floodExtra, ev *Event, start int64) {
	at, found := x.find(start)
	if !found {
		x.heads = slices.Insert(x.heads, at, paneHead{})
	}
	f.addTo(&x.heads[at], ev, start)
	oldest, _ := x.find(x.panes.List()[0].T)
	x.heads = slices.Delete(x.heads, 0, oldest)
}

// find returns the index of the first head that does not begin before start, and whether it begins then.
func (x *floodExtra) find(start int64) (at int, found bool) {
	return slices.BinarySearchFunc(x.heads, start, func(h paneHead, start int64) int { return int(int64(h.start) - start) })
}

// setExtra gives the key that was touched last an extra with its only pane.
func (f *flood) setExtra(state *floodState) *floodExtra {
	n := f.table.Newest()
	x := floodExtra{panes: state.only.panes(), key: f.table.Key(n), deadline: deadline{place: notQueued}}
	if x.panes.Len() > 0 {
		x.heads = append(make([]paneHead, 0, 2), state.only.head())
	}
	*state = floodState{extra: n}
	return f.extras.put(n, x)
}

// isNear reports whether a sum is near the threshold, so that samples are needed.
func (f *flood) isNear(total uint64) bool { return f.recorder != nil || clamp(total) >= f.least/2 }

// queue makes a key wait for the first of its panes that begin after the given time.
func (f *flood) queue(x *floodExtra, p *progress, after int64) {
	at, _ := x.find(after + 1)
	if at == len(x.heads) || clamp(x.panes.Total()) < f.from {
		x.unqueue()
		return
	}
	due, number := int64(x.heads[at].start)+f.delay, x.heads[at].number
	isQueued := x.place != notQueued
	if isQueued && due == x.due {
		return
	}
	x.due, x.number, x.progress = due, number, p
	if isQueued {
		p.panes.update(&x.deadline)
	} else {
		p.panes.add(x)
	}
}

func (x *floodExtra) unqueue() {
	if x.place != notQueued {
		x.progress.panes.remove(&x.deadline)
	}
}

// judgeDue judges the panes of a scope whose time has come. It reports whether there were any.
func (f *flood) judgeDue(p *progress, ev *Event, position int) (judged bool) {
	for len(p.panes) > 0 && p.panes[0].entry().due <= ev.watermark {
		x := p.panes[0].(*floodExtra)
		start := x.due - f.delay
		if at, found := x.find(start); found {
			f.eventKeys.reset(len(f.shared.groups))
			f.setEvent(x, &x.heads[at], ev)
			f.shared.beginPane(&f.event, start, &f.eventKeys, position)
			if f.judge(x, start, ev, x.heads[at].number) { // the next save must see the key
				f.table.Touch(&x.key)
				f.extras.resize(f.table.Newest())
			}
			judged = true
		}
		f.queue(x, p, start)
	}
	return judged
}

// judge evaluates the windows that contain the pane that begins at start. It returns whether one of them meets the condition.
// current is the current event of the shard. number is that of a new episode.
func (f *flood) judge(x *floodExtra, start int64, current *Event, number uint64) bool {
	at, found := x.find(start)
	if !found {
		return false
	}
	window, total := f.greatestUnanswered(x, start)
	if int64(total) < f.from {
		return false
	}
	if current.opposite[network.InternalToExternal] < start-oneWay {
		if int64(total) >= f.least {
			f.noAnswersSeen++
		}
		return false
	}
	if f.recorder != nil {
		f.recorder.Raise(&x.key, int64(total), func() int64 { return int64(total) })
	}
	if int64(total) < f.least {
		return false
	}
	f.setEvent(x, &x.heads[at], current)
	f.event.number = number
	ep, opened := f.episodeAt(&x.episode, f.event.Time)
	if !opened {
		ep.extendByPending(int64(total))
	}
	f.alertOnSum(&f.event, ep, opened, x.samples, window, int64(total))
	return true
}

// greatestUnanswered returns the panes and the sum of one of the windows (end - window, end] that contain the pane at start. end
// is the time of a pane. Of the windows to which next to nothing came back, it is the one with the greatest sum.
func (f *flood) greatestUnanswered(x *floodExtra, start int64) (window []pane.Pane, sum uint64) {
	if _, most := x.panes.GreatestWindow(start, f.window); int64(most) < f.from {
		return nil, 0
	}
	returned := f.returnedOf(&x.key)
	all, from, total := x.panes.List(), 0, uint64(0)
	for end := range all {
		total += all[end].Weight
		for all[from].T <= all[end].T-f.window {
			total -= all[from].Weight
			from++
		}
		if e := all[end].T; e >= start && e < start+f.window && total > sum &&
			float64(sumBetween(returned, e-f.window-nearby, e+nearby)) < f.set.AnsweredBelow*float64(total) {
			window, sum = all[from:end+1], total
		}
	}
	return window, sum
}

// returnedOf returns the panes of what came back to a key.
func (f *flood) returnedOf(k *lru.Key) []pane.Pane {
	state := f.returned.table.Get(k)
	if state == nil {
		return nil
	}
	if x := f.returned.extras.get(state.extra); x != nil {
		return x.panes.List()
	}
	only := state.only.Panes()
	return only.List()
}

// sumBetween returns the sum of the panes after one time up to another, which is included.
func sumBetween(panes []pane.Pane, after, upTo int64) (total uint64) {
	for i := range panes {
		if after < panes[i].T && panes[i].T <= upTo {
			total += panes[i].Weight
		}
	}
	return total
}

// setEvent makes the event of a pane that is judged: its time is that of the latest flow.
func (f *flood) setEvent(x *floodExtra, h *paneHead, current *Event) {
	f.event = Event{
		class: network.InternalToExternal, evidence: evidences[h.evidence], accepted: true, src: x.key.Src, dst: x.key.Dst,
		scope: current.scope, number: h.number, watermark: current.watermark, first: current.first,
	}
	from := f.places.at(h.place)
	f.event.Flow.Time, f.event.Account, f.event.Region = int64(h.latest), from.account, from.region
	f.event.Src, f.event.Dst = netip.AddrFrom16(x.key.Src).Unmap(), netip.AddrFrom16(x.key.Dst).Unmap()
}

// last implements codec. The flows of a pane may be up to its length later than its start.
func (f *flood) last(state *floodState) int64 {
	if x := f.extras.get(state.extra); x != nil {
		return x.panes.Newest() + f.length
	}
	return int64(state.only.start) + f.length
}

func (f *flood) episode(state *floodState) *episode {
	if x := f.extras.get(state.extra); x != nil {
		return x.episode
	}
	return nil
}

// bytes returns the memory of what the extra points to.
func (x *floodExtra) bytes() int64 {
	return x.panes.Bytes() + int64(cap(x.heads))*int64(unsafe.Sizeof(paneHead{})) + x.episode.bytes() + x.samples.bytes()
}

// size implements observer. What came back is evicted, too.
func (f *flood) size() (tracked int, evicted int64) {
	return f.table.Len(), f.table.Evicted + f.returned.table.Evicted
}

// places numbers accounts with regions from 1, so that a pane needs no strings. A network has few of them. Beyond maxPlaces, a
// pane has none, which is the number 0.
type places struct {
	numbers map[place]uint32
	list    []place
	latest  uint32 // the number that add returned last
}

type place struct{ account, region string }

const maxPlaces = 10_000 // a number has at most 16 bits

func (p *places) add(account, region string) uint32 {
	of := place{names.Cut(account), names.Cut(region)}
	if p.latest != 0 && p.list[p.latest-1] == of { // most flows are from the place of the flow before
		return p.latest
	}
	n, known := p.numbers[of]
	if known || len(p.list) == maxPlaces {
		p.latest = n
		return n
	}
	if p.numbers == nil {
		p.numbers = map[place]uint32{}
	}
	of = place{strings.Clone(of.account), strings.Clone(of.region)}
	p.list = append(p.list, of)
	n = uint32(len(p.list))
	p.numbers[of], p.latest = n, n
	return n
}

func (p *places) at(n uint32) place {
	if n == 0 {
		return place{}
	}
	return p.list[n-1]
}
