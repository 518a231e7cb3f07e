// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"sync"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
)

// maxUnconfirmed bounds the objects or messages that were read but are not confirmed. Beyond it, reading waits for the
// components that keep state.
const maxUnconfirmed = 1000

// openObject is the state of an object whose last position is not confirmed. The stored checkpoint is older.
type openObject struct {
	checkpoint *ingest.Checkpoint
	track      *ingest.Track
	confirmed  <-chan struct{}
}

func (o *openObject) isConfirmed() bool { return isClosed(o.confirmed) }

// openObjects contains the objects that are not confirmed, by id. It is safe for concurrent use.
type openObjects struct {
	mu   sync.Mutex
	byID map[string]*openObject
	// checked is the number of objects after the last removal of confirmed ones.
	checked int
}

// find returns an object that is not confirmed, or nil.
func (o *openObjects) find(id string) *openObject {
	o.mu.Lock()
	defer o.mu.Unlock()
	if found := o.byID[id]; found != nil && !found.isConfirmed() {
		return found
	}
	return nil
}

// keep adds an object unless it is confirmed. It sometimes removes those that are confirmed now.
func (o *openObjects) keep(id string, object *openObject) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.byID == nil {
		o.byID = map[string]*openObject{}
	}
	o.byID[id] = object
	if len(o.byID) < 2*o.checked+100 {
		return
	}
	for id, object := range o.byID {
		if object.isConfirmed() {
			delete(o.byID, id)
		}
	}
	o.checked = len(o.byID)
}

// isClosed reports whether a channel is closed. A nil channel counts as closed.
func isClosed(c <-chan struct{}) bool {
	if c == nil {
		return true
	}
	select {
	case <-c:
		return true
	default:
		return false
	}
}
