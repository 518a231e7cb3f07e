// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package changedfile reads a file again when it has changed.
package changedfile

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/boundedread"
)

// ErrUnchanged says that the file is the one that was read last.
var ErrUnchanged = errors.New("unchanged")

// File is a file that is read again and again. It is new whenever its time or size is another.
type File struct {
	path  string
	limit int64
	seen  stamp
}

// stamp tells one version of a file from the next.
type stamp struct {
	time  time.Time
	size  int64
	wrong string // what was wrong with the file when it could not be read
}

// New returns the file at a path. It may have at most so many bytes.
func New(path string, limit int64) *File {
	return &File{path: path, limit: limit}
}

// Path returns where the file is.
func (f *File) Path() string { return f.path }

// Read returns what is in the file, unpacked if it was packed with gzip, and when it was written. When the file is the
// one that was read last, or the same is wrong with it, the error is ErrUnchanged.
func (f *File) Read() (content []byte, written time.Time, err error) {
	found, content, err := f.read()
	if err != nil {
		found.wrong = err.Error()
	}
	if found == f.seen {
		return nil, time.Time{}, ErrUnchanged
	}
	f.seen = found
	return content, found.time, err
}

// read returns no content when the file is the one that was read last.
func (f *File) read() (stamp, []byte, error) {
	info, err := os.Stat(f.path)
	if err != nil {
		return stamp{}, nil, err
	}
	found := stamp{time: info.ModTime(), size: info.Size()}
	if found == f.seen {
		return found, nil, nil
	}
	file, err := os.Open(f.path)
	if err != nil {
		return found, nil, err
	}
	defer file.Close() // only read from: there is nothing that closing could lose
	content, err := boundedread.All(file, f.limit)
	if err != nil {
		return found, nil, fmt.Errorf("%s: %w", f.path, err)
	}
	return found, content, nil
}
