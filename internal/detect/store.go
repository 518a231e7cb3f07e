// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"cmp"
	"math"
	"slices"
)

// Change is a value to be stored under a key, or one to be deleted when Value is nil.
type Change struct {
	Key   string
	Value []byte
}

// scopesKey is where the scopes are stored. The other keys begin with a rule's id.
const scopesKey = "scopes"

// maxFresh bounds the new keys that are remembered to be saved before all else.
const maxFresh = 1 << 16

// Load gives the engine, which has seen nothing yet, the state that was saved, and has it remember from now on what is
// to be saved. get returns a stored value, or nil. What cannot be read is an error, an UnreadableError when its form is
// to blame; the engine is of no use then. Rules that are not enabled leave their stored state as it is. State of scopes that the
// present configuration does not lead to is kept.
func (e *Engine) Load(get func(key string) ([]byte, error)) error {
	e.keeps = true
	if err := e.scopes.load(get); err != nil {
		return err
	}
	for _, r := range e.running {
		if err := r.saver().load(get); err != nil {
			return err
		}
	}
	return nil
}

// Save has all that changed since it was last saved written. write does all of it or nothing, and keeps nothing of
// what it was given; when it fails, the same is written the next time, and what has changed by then.
func (e *Engine) Save(write func([]Change) error) error {
	var changes []Change
	if e.scopes.flows != e.scopes.savedFlows {
		changes = append(changes, Change{scopesKey, e.scopes.encode()})
	}
	for _, r := range e.running {
		changes = r.saver().save(changes)
	}
	if len(changes) > 0 {
		if err := write(changes); err != nil {
			return err
		}
	}
	e.scopes.saved()
	e.news = 0
	for _, r := range e.running {
		r.saver().stored()
	}
	return nil
}

// HasNewKeys tells whether a rule has seen something for the first time since all that is new was last saved.
func (e *Engine) HasNewKeys() bool { return e.news > 0 }

// SaveNewKeys has that written which must not be forgotten once its alerts have left: what rules have seen for the first
// time. All else waits for Save, unless there is a new scope, without which nothing could be told of its keys, or so
// much that is new that it is simpler to save all.
func (e *Engine) SaveNewKeys(write func([]Change) error) error {
	if e.scopes.lastID != e.scopes.savedID || e.news > maxFresh {
		return e.Save(write)
	}
	var changes []Change
	for _, r := range e.running {
		changes = r.saver().saveFresh(changes)
	}
	if len(changes) > 0 {
		if err := write(changes); err != nil {
			return err
		}
	}
	e.news = 0
	for _, r := range e.running {
		r.saver().stored()
	}
	return nil
}

// encode writes all scopes: there are few, and each flow changes one.
func (s *scopes) encode() []byte {
	var e encoder
	e.uint(uint64(s.lastID))
	e.uint(s.flows)
	list := make([]*scope, 0, len(s.byID))
	for _, each := range s.byID {
		list = append(list, each)
	}
	slices.SortFunc(list, func(a, b *scope) int { return cmp.Compare(a.id, b.id) })
	e.uint(uint64(len(list)))
	for _, each := range list {
		e.uint(uint64(each.id))
		e.text(each.name)
		e.int(each.watermark)
		e.int(each.first)
		e.uint(each.touched)
	}
	return seal(e)
}

func (s *scopes) load(get func(string) ([]byte, error)) error {
	content, err := fetch(get, scopesKey)
	if err != nil || content == nil {
		return err
	}
	d := decoder{left: content}
	s.lastID, s.flows = uint32(d.upTo(math.MaxUint32)), d.uint()
	for range d.count() {
		each := &scope{id: uint32(d.upTo(math.MaxUint32)), name: d.text(), watermark: d.int(), first: d.int(), touched: d.uint()}
		s.byName[each.name], s.byID[each.id] = each, each
	}
	if d.bad || len(s.byName) != len(s.byID) {
		return &UnreadableError{scopesKey, errDamaged.Error()}
	}
	s.saved()
	return nil
}

func (s *scopes) saved() { s.savedID, s.savedFlows = s.lastID, s.flows }
