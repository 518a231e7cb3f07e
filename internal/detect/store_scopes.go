// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"cmp"
	"math"
	"slices"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/encode"
)

// scopesKey is the storage key of the scopes. All other keys are or start with inputsKey, gatewaysKey, ownersKey,
// interfacesKey, attemptsKey, answersKey, the id of a built-in rule, or custom/.
const scopesKey = "scopes"

// encodeScopes encodes all scopes. There are few, and every flow changes one of them.
func encodeScopes(s *scopes) []byte {
	var e encode.Encoder
	e.Uint(uint64(s.lastID))
	e.Uint(s.flows)
	list := make([]*scope, 0, len(s.byID))
	for _, each := range s.byID {
		list = append(list, each)
	}
	slices.SortFunc(list, func(a, b *scope) int { return cmp.Compare(a.id, b.id) })
	e.Uint(uint64(len(list)))
	for _, each := range list {
		e.Uint(uint64(each.id))
		e.Text(each.name)
		e.Int(each.watermark.newest)
		e.Int(each.first)
		e.Uint(each.touched)
	}
	for _, each := range list { // after the rest, because earlier versions did not save it
		e.Bool(each.watermark.hasLead)
		e.Text(string(each.watermark.leader))
		e.Int(each.watermark.second)
	}
	for _, each := range list { // these too
		for _, t := range each.opposite {
			e.Int(t)
		}
		e.Int(each.evictedAnswer)
	}
	return e
}

func loadScopes(s *scopes, get func(string) ([]byte, error)) error {
	content, err := fetch(get, scopesKey)
	if err != nil || content == nil {
		return err
	}
	var list []*scope
	d := encode.NewDecoder(content)
	s.lastID, s.flows = uint32(d.UpTo(math.MaxUint32)), d.Uint()
	for range d.Count() {
		each := newScope(uint32(d.UpTo(math.MaxUint32)), d.Text())
		each.watermark.newest, each.first, each.touched = d.Int(), d.Int(), d.Uint()
		s.byName[each.name], s.byID[each.id] = each, each
		list = append(list, each)
	}
	for i := 0; i < len(list) && d.More(); i++ {
		w := &list[i].watermark
		w.hasLead, w.leader, w.second = d.Bool(), []byte(d.Text()), d.Int()
	}
	for i := 0; i < len(list) && d.More(); i++ {
		for class := range list[i].opposite {
			list[i].opposite[class] = d.Int()
		}
		list[i].evictedAnswer = d.Int()
	}
	if d.Failed() || len(s.byName) != len(s.byID) {
		return &UnreadableError{scopesKey, encode.ErrDamaged.Error()}
	}
	s.saved()
	return nil
}

// saved records that the scopes are stored in their current state.
func (s *scopes) saved() { s.savedID, s.savedFlows = s.lastID, s.flows }
