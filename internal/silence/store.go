// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package silence

import (
	"encoding/json"
	"fmt"
)

// saved is a key in the saved state.
type saved struct {
	Key   Key   `json:"key"`
	State state `json:"state"`
}

// Save returns the state as JSON.
func (t *Tracker) Save() ([]byte, error) {
	t.changed = false
	return t.SaveScopes(func(string) bool { return true })
}

// SaveScopes returns the state of some scopes as JSON.
func (t *Tracker) SaveScopes(keep func(scope string) bool) ([]byte, error) {
	list := make([]saved, 0, len(t.keys))
	for k, s := range t.keys {
		if keep(k.Scope) {
			list = append(list, saved{k, *s})
		}
	}
	return json.Marshal(list)
}

// Load adds the saved state. Silences are measured from the start of the tracker.
func (t *Tracker) Load(text []byte) error {
	var list []saved
	if err := json.Unmarshal(text, &list); err != nil {
		return fmt.Errorf("read the state of flow_logs_stopped: %w", err)
	}
	for _, each := range list[:min(len(list), t.limit)] {
		t.keys[each.Key] = &each.State
	}
	return nil
}
