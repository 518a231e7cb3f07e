// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package threatlist reads lists of malicious addresses, looks addresses up in them, and keeps them up to date.
//
// A [Feed] reads a file again when it changes, and fetches a URL at an interval. When a new copy cannot be read or is
// implausible, the last good copy stays in use.
package threatlist

import (
	"context"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/changedfile"
)

// Source is where the text of a list comes from.
type Source interface {
	// Fetch returns a text that is newer than the last, or ErrUnchanged. The error may be a *StatusError.
	Fetch(ctx context.Context, now time.Time, last Version) (Version, []byte, error)
	// String names the source without its secrets.
	String() string
	// ID is the same for the same source only, and tells no secret.
	ID() string
}

// ErrUnchanged says that a source has nothing new.
var ErrUnchanged = changedfile.ErrUnchanged

// Version is what is known of a text besides the text.
type Version struct {
	// ETag and LastModified are what the server said, to be asked with again. Either may be empty.
	ETag         string `json:"etag,omitempty"`
	LastModified string `json:"last_modified,omitempty"`
	// Time is when the text was had or found unchanged; of a file, when it was written.
	Time time.Time `json:"time"`
}

// FileSource is a source on disk, which has something new when the file has changed.
type FileSource struct{ file *changedfile.File }

// NewFileSource returns the source that is the file at a path, of at most so many bytes.
func NewFileSource(path string, limit int64) *FileSource {
	return &FileSource{changedfile.New(path, limit)}
}

// String is the path.
func (f *FileSource) String() string { return f.file.Path() }

// ID is the path.
func (f *FileSource) ID() string { return f.file.Path() }

// Fetch reads the file when it is not the one that was read last. What is wrong with it is told once.
func (f *FileSource) Fetch(context.Context, time.Time, Version) (Version, []byte, error) {
	text, written, err := f.file.Read()
	return Version{Time: written}, text, err
}
