// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"fmt"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/encode"
)

// Change is a value to store under a key. A nil Value deletes the key.
type Change struct {
	Key   string
	Value []byte
}

// maxNewKeys bounds the number of new keys that are tracked between two saves. With more, everything is saved.
const maxNewKeys = 1 << 16

// saver saves and loads one table: the state of a rule, the gateways, or a part of the inventory.
type saver interface {
	// load restores the state, which must be empty.
	load(get func(string) ([]byte, error)) error
	// onLoaded sets a function that is called now and then while the state is loaded.
	onLoaded(check func())
	// hold disables the dropping of stale keys. release enables it again, and queues the episodes of all keys.
	hold() (release func())
	// move copies all keys of former parts to the parts of another number of shards. Keys with the earliest last time come
	// first, because the order in which keys of different parts were touched is not known.
	move(former, parts []saver) error
	// keys returns the storage keys of all segments.
	keys() []string
	// precede makes the segment numbers of next start after those of this part. next replaces this part, but must not
	// overwrite its segments: after a crash, they are read again.
	precede(next saver)
	// startAfter makes the segment numbers start after those of a former layout.
	startAfter(former *layout)
	// save appends everything that changed since the last save.
	save([]Change) []Change
	// saveNewKeys appends only the new keys.
	saveNewKeys([]Change) []Change
	// copyScopes appends the whole state of some scopes, as for an empty store.
	copyScopes(keep func(scope uint32) bool, changes []Change) []Change
	// saved is called when the changes of the last save or saveNewKeys are stored.
	saved()
}

// UnreadableError says that a stored value cannot be read by this version.
type UnreadableError struct {
	// Key is the storage key.
	Key string
	// Reason says what is wrong with the value.
	Reason string
}

// Error names the key and the reason.
func (e *UnreadableError) Error() string { return fmt.Sprintf("stored state %q %s", e.Key, e.Reason) }

// fetch returns the content of a stored value, or nil if there is none.
func fetch(get func(string) ([]byte, error), key string) ([]byte, error) {
	value, err := get(key)
	if err != nil {
		return nil, fmt.Errorf("read stored state %q: %w", key, err)
	}
	if value == nil {
		return nil, nil
	}
	content, err := encode.Unseal(value)
	if err != nil {
		return nil, &UnreadableError{key, err.Error()}
	}
	return content, nil
}
