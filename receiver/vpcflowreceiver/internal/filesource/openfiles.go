// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package filesource

import (
	"os"
	"slices"
	"sync"
)

// openFiles keeps the most recently read files open. Lines that were written just before a file was renamed or removed
// can then still be read.
type openFiles struct {
	max int

	mu    sync.Mutex
	files []openFile
}

type openFile struct {
	id    identity
	input *os.File
}

// keep keeps a file open. At the maximum, it closes the least recently read file.
func (o *openFiles) keep(id identity, input *os.File) {
	if !canKeepOpen {
		_ = input.Close()
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	i := slices.IndexFunc(o.files, func(f openFile) bool { return f.id == id })
	if i < 0 && len(o.files) == o.max {
		i = 0
	}
	if i >= 0 {
		_ = o.files[i].input.Close()
		o.files = slices.Delete(o.files, i, i+1)
	}
	o.files = append(o.files, openFile{id, input})
}

// takeMissing returns the files that are not present any more. The caller must close them.
func (o *openFiles) takeMissing(isPresent func(identity) bool) (missing []*os.File) {
	o.mu.Lock()
	defer o.mu.Unlock()
	kept := o.files[:0]
	for _, f := range o.files {
		if isPresent(f.id) {
			kept = append(kept, f)
		} else {
			missing = append(missing, f.input)
		}
	}
	o.files = kept
	return missing
}

func (o *openFiles) closeAll() {
	for _, input := range o.takeMissing(func(identity) bool { return false }) {
		_ = input.Close()
	}
}
