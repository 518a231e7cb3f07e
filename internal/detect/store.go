// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import "github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/encode"

// Load restores saved state into a new engine. From then on, the engine tracks which state has changed. get returns a
// stored value, or nil.
//
// After an error the engine must not be used. The error is an [UnreadableError] if a stored value is invalid. Load
// ignores the state of disabled rules. It keeps the state of scopes to which no flow belongs under the current
// configuration.
func (e *Engine) Load(get func(key string) ([]byte, error)) error {
	if err := loadScopes(e.scopes, get); err != nil {
		return err
	}
	for _, s := range e.allShards() {
		s.saving = true
		e.initProgress(s)
	}
	for _, s := range e.judges {
		s.judge.attempts.log.tracking, s.judge.answers.log.tracking = true, true
	}
	for _, s := range e.savers() {
		s.onLoaded(e.budget.check)
	}
	for _, s := range e.ownSavers() {
		if err := s.load(get); err != nil {
			return err
		}
	}
	for _, r := range e.running {
		if err := e.load(r.dividedState(e), get); err != nil {
			return err
		}
		e.budget.check()
	}
	if err := e.loadReturned(get); err != nil {
		return err
	}
	return e.loadAttempts(get)
}

// Save writes everything that changed since the last save. write must store all changes or none, and must not keep
// them. If it fails, the next save writes the same changes again, together with newer ones.
func (e *Engine) Save(write func([]Change) error) error {
	var changes []Change
	if e.scopes.flows != e.scopes.savedFlows {
		e.noteEvictedAnswers()
		changes = append(changes, Change{scopesKey, encode.Seal(encodeScopes(e.scopes))})
	}
	for _, key := range e.replaced {
		changes = append(changes, Change{Key: key})
	}
	for _, s := range e.savers() {
		changes = s.save(changes)
	}
	if err := e.write(changes, write); err != nil {
		return err
	}
	e.scopes.saved()
	e.replaced = nil
	return nil
}

// HasNewKeys reports whether a first-seen rule has new keys that are not saved.
func (e *Engine) HasNewKeys() bool { return e.newKeys() > 0 }

func (e *Engine) newKeys() (n int) {
	for _, s := range e.allShards() {
		n += s.newKeys
	}
	return n
}

// SaveNewKeys writes only the new keys of first-seen rules, which must be stored before their alerts leave. It writes
// everything if there is a new scope, without which the keys could not be read, if there are too many new keys, or if the
// number of shards has changed.
func (e *Engine) SaveNewKeys(write func([]Change) error) error {
	if e.scopes.lastID != e.scopes.savedID || e.newKeys() > maxNewKeys || e.replaced != nil {
		return e.Save(write)
	}
	var changes []Change
	for _, s := range e.savers() {
		changes = s.saveNewKeys(changes)
	}
	return e.write(changes, write)
}

// write writes changes and marks them as saved.
func (e *Engine) write(changes []Change, write func([]Change) error) error {
	if len(changes) > 0 {
		if err := write(changes); err != nil {
			return err
		}
	}
	for _, s := range e.allShards() {
		s.newKeys = 0
	}
	for _, s := range e.savers() {
		s.saved()
	}
	return nil
}

// savers returns the savers of all state except the scopes.
func (e *Engine) savers() []saver {
	savers := e.ownSavers()
	for _, r := range e.running {
		savers = append(savers, r.savers()...)
	}
	for _, s := range e.judges {
		savers = append(savers, s.judge.attempts.log, s.judge.answers.log)
	}
	return append(savers, returnedSavers(e.floods)...)
}

// ownSavers returns what saves and loads the state outside the shards except the scopes.
func (e *Engine) ownSavers() []saver {
	savers := []saver{e.inputs.log, e.hosts.ownersLog, e.hosts.interfacesLog}
	if e.gateways != nil {
		savers = append(savers, e.gateways.log)
	}
	return savers
}

// savers returns what saves and loads each part of the rule's state.
func (r *runningRule) savers() (list []saver) {
	for _, part := range r.parts {
		list = append(list, part.saver())
	}
	return list
}
