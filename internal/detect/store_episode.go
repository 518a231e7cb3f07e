// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"encoding/json"
	"math"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/encode"
)

// resolution says whether an episode gets an alert with the status resolved.
type resolution uint8

const (
	notWanted resolution = iota // emit_resolved is false
	waiting
	resolved
	numResolutions
)

// encodeEpisode encodes the current episode of a key, which may be nil, and older ones that are not yet resolved.
func encodeEpisode(e *encode.Encoder, ep *episode) {
	n := 0
	for each := ep; each != nil && (n == 0 || each.waiting()); each = each.older {
		n++
	}
	e.Uint(uint64(n))
	for ; n > 0; n-- {
		ep.encode(e)
		ep = ep.older
	}
}

func (ep *episode) encode(e *encode.Encoder) {
	for _, n := range []int64{ep.opened, ep.lastMet, ep.lastAlert, ep.lastMeasure, ep.first} {
		e.Int(n)
	}
	e.Uint(uint64(ep.severity))
	e.Uint(uint64(ep.acceptedPort))
	e.Uint(uint64(ep.accepted))
	e.Uint(uint64(ep.rejected))
	ep.total.encode(e)
	ep.growth.encode(e)
	switch {
	case ep.last == nil:
		e.Uint(uint64(notWanted))
	case ep.place == notQueued:
		e.Uint(uint64(resolved))
	default:
		e.Uint(uint64(waiting))
		e.Uint(ep.number)
		e.Int(ep.progress.watermark)
		e.Text(encodeAlert(ep.last))
	}
}

// decodeEpisode reads what encodeEpisode wrote. Once everything is loaded, requeue must be called for the result.
func (b *base) decodeEpisode(d *encode.Decoder) (newest *episode) {
	slot := &newest
	for range d.Count() {
		ep := &episode{deadline: deadline{place: notQueued}}
		for _, n := range []*int64{&ep.opened, &ep.lastMet, &ep.lastAlert, &ep.lastMeasure, &ep.first} {
			*n = d.Int()
		}
		ep.severity = alert.Severity(d.UpTo(math.MaxUint8))
		ep.acceptedPort = d.Port()
		ep.accepted, ep.rejected = uint32(d.UpTo(math.MaxUint32)), uint32(d.UpTo(math.MaxUint32))
		ep.total, ep.growth = decodeTotals(d), decodeGrowth(d)
		switch resolution(d.UpTo(uint64(numResolutions - 1))) {
		case notWanted:
		case resolved:
			ep.last = alreadyResolved
		case waiting:
			ep.number, ep.due = d.Uint(), d.Int()
			ep.last = b.decodeAlert(d)
			ep.rule = b
		}
		*slot = ep
		slot = &ep.older
	}
	return newest
}

// requeue queues restored episodes to be resolved. decodeEpisode has set ep.due to the watermark when the key was saved.
//
// An episode is queued if the watermark has not passed its end. It is also queued if the watermark has not moved since
// the key was saved: then a late flow opened the episode, and it is resolved when the watermark moves. All other
// episodes were resolved before the last save.
func (b *base) requeue(scope uint32, ep *episode) {
	p := b.shared.progress.find(scope)
	for ; ep != nil; ep = ep.older {
		switch {
		case ep.rule == nil: // nothing to resolve
		case !b.shared.emitResolved:
			ep.last = nil
		case p != nil && (b.resolveAfter(ep) >= p.watermark || ep.due == p.watermark):
			ep.rule, ep.progress, ep.due = b, p, b.resolveAfter(ep)
			p.due.add(ep)
		}
	}
}

// encodeAlert returns an alert as JSON, without the texts of the rule. Alerts are few and have many fields, so a binary
// format is not worth its code.
func encodeAlert(last *lastAlert) string {
	kept := *last.Alert
	kept.Title, kept.Category, kept.Tactic, kept.Technique = "", "", alert.Tactic{}, alert.Technique{}
	kept.Impact, kept.Mitigation, kept.Ruleset = "", "", ""
	if kept.Stages == nil { // the techniques of an attack sequence depend on its stages
		kept.RelatedTechniques = nil
	}
	text, err := json.Marshal(lastAlert{&kept, last.Details})
	if err != nil {
		return "" // cannot happen; loading it would report damage
	}
	return string(text)
}

func (b *base) decodeAlert(d *encode.Decoder) *lastAlert {
	last := lastAlert{Alert: new(alert.Alert)}
	if err := json.Unmarshal([]byte(d.Text()), &last); err != nil || last.Alert == nil {
		d.Fail()
		return &lastAlert{Alert: new(alert.Alert)}
	}
	a := last.Alert
	a.Title, a.Category = b.Title, b.Category
	a.Tactic, a.Technique = b.mitre.Tactic, b.mitre.Technique
	if a.Stages == nil {
		a.RelatedTechniques = b.mitre.Related
	}
	a.Impact, a.Mitigation, a.Ruleset, a.RulesetVersion = b.Impact, b.Mitigation, b.ruleset(), b.rulesetVersion()
	return &last
}
