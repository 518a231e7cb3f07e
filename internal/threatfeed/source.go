// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package threatfeed keeps threat lists up to date. It reads files again when they change, fetches URLs from time to
// time, and holds on to the last good copy when a new one can not be had or can not be meant.
package threatfeed

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/network"
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
var ErrUnchanged = errors.New("unchanged")

// Head is what is known of a text besides the text.
type Head struct {
	// ETag and LastModified are what the server said, to be asked with again. Either may be empty.
	ETag         string `json:"etag,omitempty"`
	LastModified string `json:"last_modified,omitempty"`
	// Time is when the text was had or found unchanged; of a file, when it was written.
	Time time.Time `json:"time"`
}

// File is a source on disk. It is new whenever its time or size is another.
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

// NewFile returns the source that is the file at a path, of at most so many bytes.
func NewFile(path string, limit int64) *File {
	return &File{path: path, limit: limit}
}

func (f *File) String() string { return f.path }

// ID is the path.
func (f *File) ID() string { return f.path }

// Fetch reads the file when it is not the one that was read last. What is wrong with it is told once.
func (f *File) Fetch(context.Context, time.Time, Head) (Head, []byte, error) {
	found, text, err := f.read()
	if err != nil {
		found.wrong = err.Error()
	}
	if found == f.seen {
		return Head{}, nil, ErrUnchanged
	}
	f.seen = found
	return Head{Time: found.time}, text, err
}

// read returns no text when the file is the one that was read last.
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
	text, err := network.ReadText(file, f.limit)
	if err != nil {
		return found, nil, fmt.Errorf("%s: %w", f.path, err)
	}
	return found, text, nil
}
