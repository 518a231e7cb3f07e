// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"slices"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// emitAll completes and emits the alerts of an event, each followed by those of the attack sequences that it is a stage of.
func (e *Engine) emitAll(ev *Event, drafts []draftAlert, emit func(*alert.Alert)) {
	for _, d := range drafts {
		a := d.complete(ev)
		emit(a)
		if e.sequence != nil {
			e.sequence.observeAlert(ev, a)
			for _, following := range e.takeSequences() {
				emit(following.complete(ev))
			}
		}
	}
}

// emitDrafts emits the alerts of an event, which are in order, and those of attack sequences. position is the index of the
// event in the batch.
func (e *Engine) emitDrafts(ev *Event, position int, drafts []draftAlert, emit func(*alert.Alert)) {
	if e.sequence == nil {
		e.emitAll(ev, drafts, emit)
		return
	}
	s := e.sequence.shared
	p := s.progress.of(ev.scope.id)
	advances := ev.watermark > p.watermark
	if len(drafts) == 0 && !advances {
		return
	}
	s.current = current{position: position}
	p.watermark = ev.watermark
	judged := 0
	for judged < len(drafts) && drafts[judged].phase < ofResolved {
		judged++
	}
	e.emitAll(ev, drafts[:judged], emit)
	if drafts = drafts[judged:]; advances {
		s.resolveEpisodes(p)
		if ended := e.takeSequences(); len(ended) > 0 {
			drafts = slices.Concat(drafts, ended)
			slices.SortStableFunc(drafts, compareDrafts)
		}
	}
	e.emitAll(ev, drafts, emit)
}

// takeSequences returns the new drafts of attack sequences.
func (e *Engine) takeSequences() []draftAlert {
	s := e.sequence.shared
	drafts := s.drafts
	s.drafts = nil
	return drafts
}
