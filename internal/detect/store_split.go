// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"maps"
	"slices"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/encode"
)

// Scopes returns the names of all scopes, sorted.
func (e *Engine) Scopes() []string { return slices.Sorted(maps.Keys(e.scopes.byName)) }

// HasState reports whether there is stored state. get returns a stored value, or nil.
func HasState(get func(key string) ([]byte, error)) (bool, error) {
	value, err := get(scopesKey)
	return value != nil, err
}

// SaveScopes returns the whole state of some scopes, as changes of a store that is empty. The engine and its own saves do not
// change. The result has no positions of inputs, because whoever continues the state reads other inputs. It has the gateways of
// all accounts.
func (e *Engine) SaveScopes(keep func(name string) bool) []Change {
	e.noteEvictedAnswers()
	kept := newScopes()
	kept.flows, kept.lastID = e.scopes.flows, e.scopes.lastID
	for id, s := range e.scopes.byID {
		if keep(s.name) {
			kept.byID[id] = s
		}
	}
	changes := []Change{{scopesKey, encode.Seal(encodeScopes(kept))}}
	for _, s := range e.savers() {
		switch {
		case s == saver(e.inputs.log):
		case e.gateways != nil && s == saver(e.gateways.log):
			changes = s.copyScopes(func(uint32) bool { return true }, changes)
		default:
			changes = s.copyScopes(func(id uint32) bool { return kept.byID[id] != nil }, changes)
		}
	}
	return changes
}

// copyScopes implements saver.
func (c *changeLog[V]) copyScopes(keep func(scope uint32) bool, changes []Change) []Change {
	copied := &changeLog[V]{key: c.key, shape: c.shape, parts: c.parts, table: c.table, encode: c.encode}
	var records encode.Encoder
	keys := 0
	for n := c.table.Oldest(); n != 0; n = c.table.NewerThan(n) {
		if !keep(c.table.Key(n).Scope) {
			continue
		}
		keys++
		copied.record(&records, n)
		if len(records) >= largeSegment {
			changes = copied.appendLog(records, changes)
			records = records[:0]
		}
	}
	changes = copied.appendLog(records, changes)
	return copied.header(keys, changes)
}
