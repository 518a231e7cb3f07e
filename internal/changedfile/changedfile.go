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

// ErrUnchanged reports that the file has not changed since the last read.
var ErrUnchanged = errors.New("unchanged")

// File is a file that may change. It counts as changed when its modification time or its size differs. A File is not
// safe for concurrent use.
type File struct {
	path  string
	limit int64
	last  state
}

// state is the state of the file at a read.
type state struct {
	modified time.Time
	size     int64
	err      string // the error of the read, if any
}

// New returns the file at path. It may have limit bytes at most, before and after decompression.
func New(path string, limit int64) *File {
	return &File{path: path, limit: limit}
}

// Path returns the path of the file.
func (f *File) Path() string { return f.path }

// Read returns the content of the file, decompressed if it is in gzip format, and its modification time. It returns
// ErrUnchanged if the file, or the error of reading it, is the same as at the last call.
func (f *File) Read() (content []byte, modified time.Time, err error) {
	current, content, err := f.read()
	if err != nil {
		current.err = err.Error()
	}
	if current == f.last {
		return nil, time.Time{}, ErrUnchanged
	}
	f.last = current
	return content, current.modified, err
}

// read returns no content if the file is unchanged.
func (f *File) read() (state, []byte, error) {
	info, err := os.Stat(f.path)
	if err != nil {
		return state{}, nil, err
	}
	current := state{modified: info.ModTime(), size: info.Size()}
	if current == f.last {
		return current, nil, nil
	}
	file, err := os.Open(f.path)
	if err != nil {
		return current, nil, err
	}
	defer file.Close() // nothing is written, so closing loses nothing
	content, err := boundedread.All(file, f.limit)
	if err != nil {
		return current, nil, fmt.Errorf("%s: %w", f.path, err)
	}
	return current, content, nil
}
