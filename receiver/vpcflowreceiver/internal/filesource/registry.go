// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package filesource

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"

	"go.opentelemetry.io/collector/extension/xextension/storage"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
)

// registry keeps the known files: those that are present, and the last 100,000 that were read.
type registry struct {
	store *ingest.Store
	// maximum is the maximum number of files in the store.
	maximum uint64

	mu sync.Mutex
	// files are the files that are present. One worker at a time reads each.
	files map[identity]*file
	// saved contains the last known state of each file. These copies are immutable.
	saved      map[string]*savedFile
	byIdentity map[identity]*savedFile
	bySequence map[uint64]*savedFile
	byFooter   map[string]*savedFile
	byContent  contentIndex
	nextKey    uint64
}

// savedFile is the last known state of a file: up to the last records that were accepted. The stored state may be older.
type savedFile struct {
	*file
	// sequence is the sequence number of the stored state; zero if none is stored.
	sequence uint64
	// isEvicted means that the store has evicted it.
	isEvicted bool
	indexed   indexedMarks
}

// openRegistry loads the stored files. It calls unreadable for each that cannot be decoded.
func openRegistry(ctx context.Context, client storage.Client, unreadable func(err error)) (*registry, error) {
	r := &registry{
		maximum:    ingest.MaxCheckpoints,
		files:      map[identity]*file{},
		saved:      map[string]*savedFile{},
		byIdentity: map[identity]*savedFile{},
		bySequence: map[uint64]*savedFile{},
		byFooter:   map[string]*savedFile{},
		byContent:  newContentIndex(),
	}
	var err error
	if r.store, err = ingest.OpenStore(ctx, client, "files", r.maximum, nil); err != nil {
		return nil, err
	}
	err = r.store.Each(ctx, func(key string, load func(ingest.Progress) error) {
		number, err := strconv.ParseUint(key, 10, 64)
		f := newFile(key, identity{})
		if err = errors.Join(err, load(f)); err != nil {
			unreadable(err)
			return
		}
		r.nextKey = max(r.nextKey, number+1)
		f.isIdentified = f.Input != ""
		if f.Input == "" {
			f.Input = newInput()
		}
		r.add(f)
		r.setSequence(r.saved[key], f.Sequence)
	})
	return r, err
}

func (r *registry) isEmpty() bool { return len(r.saved) == 0 }

// live returns the state of a file that is present.
func (r *registry) live(id identity) *file {
	r.mu.Lock()
	defer r.mu.Unlock()
	f := r.files[id]
	if f == nil {
		if known := r.byIdentity[id]; known != nil {
			f = known.clone()
			f.Sequence = known.sequence
		} else {
			f = newFile(r.newKey(), id)
		}
		r.files[id] = f
	}
	return f
}

func (r *registry) newKey() string {
	r.nextKey++
	return strconv.FormatUint(r.nextKey-1, 10)
}

// replace returns a new file with the same identity. The old one stays in the registry, because a copy of it may appear.
func (r *registry) replace(old *file) *file {
	r.mu.Lock()
	defer r.mu.Unlock()
	f := newFile(r.newKey(), old.Identity)
	f.path = old.path
	r.files[f.Identity] = f
	return f
}

// find returns the known files that may have the same content as c: those with the longest known text first.
func (r *registry) find(c content) []*file {
	head, _ := c.head(headSize) // The part that can be read is compared.
	marks := newFingerprint()
	_, _ = marks.Write(head)
	r.mu.Lock()
	candidates := r.byContent.candidates(&marks)
	r.mu.Unlock()
	slices.SortFunc(candidates, func(a, b *file) int { return int(b.known().Size - a.known().Size) })
	return candidates
}

// findParquet returns the known file with this footer, or nil.
func (r *registry) findParquet(footer string) *file {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s := r.byFooter[footer]; s != nil {
		return s.file
	}
	return nil
}

// note makes the current state of a file known, so that copies of the file are recognized. It returns the state, which
// may be stored later.
func (r *registry) note(f *file) *file {
	if f.isNew() {
		return f.clone()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.add(f.clone())
	return f.clone()
}

// save stores a state of a file, unless it is new.
func (r *registry) save(ctx context.Context, f *file) error {
	if f.isNew() {
		return nil
	}
	err := r.store.Save(ctx, f.key, f)
	r.mu.Lock()
	defer r.mu.Unlock()
	if s := r.saved[f.key]; s != nil && err == nil {
		r.setSequence(s, f.Sequence)
	}
	return err
}

// add adds a file to the indexes, or updates it.
func (r *registry) add(f *file) {
	s := r.saved[f.key]
	if s == nil {
		s = &savedFile{}
		r.saved[f.key] = s
	}
	s.file = f
	if old := r.byIdentity[f.Identity]; old == nil || s.sequence == 0 || old.sequence <= s.sequence {
		r.byIdentity[f.Identity] = s
	}
	if f.Footer != "" {
		r.byFooter[f.Footer] = s
	} else {
		r.byContent.add(s)
	}
}

// setSequence records that a file is stored. The oldest stored file may be evicted by it.
func (r *registry) setSequence(s *savedFile, sequence uint64) {
	delete(r.bySequence, s.sequence)
	s.sequence, s.isEvicted = sequence, false
	r.bySequence[sequence] = s
	if old := r.bySequence[sequence-r.maximum]; sequence > r.maximum && old != nil {
		r.evict(old)
	}
}

// evict removes a file that is no longer stored, unless it is present.
func (r *registry) evict(s *savedFile) {
	s.isEvicted = true
	if f := r.files[s.Identity]; f == nil || f.key != s.key {
		r.remove(s)
	}
}

// removeGone removes the files that are not present and not stored.
func (r *registry) removeGone(isPresent func(identity) bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id, f := range r.files {
		if isPresent(id) {
			continue
		}
		delete(r.files, id)
		if s := r.saved[f.key]; s != nil && s.isEvicted {
			r.remove(s)
		}
	}
}

func (r *registry) remove(s *savedFile) {
	delete(r.saved, s.key)
	delete(r.bySequence, s.sequence)
	if r.byIdentity[s.Identity] == s {
		delete(r.byIdentity, s.Identity)
	}
	if r.byFooter[s.Footer] == s {
		delete(r.byFooter, s.Footer)
	}
	r.byContent.remove(s)
}
