// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package threatfeed keeps threat lists up to date. It reads files again when they change, fetches URLs from time to
// time, and holds on to the last good copy when a new one can not be had or can not be meant.
package threatfeed

import (
	"context"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/changedfile"
)

// Source is where the text of a list comes from.
type Source interface {
	// Fetch returns a text that is newer than the last, or ErrUnchanged. The error may be a *StatusError.
	Fetch(ctx context.Context, now time.Time, last Head) (Head, []byte, error)
	// String names the source without its secrets.
	String() string
	// ID is the same for the same source only, and tells no secret.
	ID() string
}

// ErrUnchanged says that a source has nothing new.
var ErrUnchanged = changedfile.ErrUnchanged

// Head is what is known of a text besides the text.
type Head struct {
	// ETag and LastModified are what the server said, to be asked with again. Either may be empty.
	ETag         string `json:"etag,omitempty"`
	LastModified string `json:"last_modified,omitempty"`
	// Time is when the text was had or found unchanged; of a file, when it was written.
	Time time.Time `json:"time"`
}

// File is a source on disk, which has something new when the file has changed.
type File struct{ file *changedfile.File }

// NewFile returns the source that is the file at a path, of at most so many bytes.
func NewFile(path string, limit int64) *File {
	return &File{changedfile.New(path, limit)}
}

// String is the path.
func (f *File) String() string { return f.file.Path() }

// ID is the path.
func (f *File) ID() string { return f.file.Path() }

// Fetch reads the file when it is not the one that was read last. What is wrong with it is told once.
func (f *File) Fetch(context.Context, time.Time, Head) (Head, []byte, error) {
	text, written, err := f.file.Read()
	return Head{Time: written}, text, err
}
