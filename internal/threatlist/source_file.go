// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import (
	"context"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/changedfile"
)

// FileSource reads a list from a file.
type FileSource struct{ file *changedfile.File }

// NewFileSource returns a source that reads the file at path, which may have limit bytes at most.
func NewFileSource(path string, limit int64) *FileSource {
	return &FileSource{changedfile.New(path, limit)}
}

// String returns the path.
func (s *FileSource) String() string { return s.file.Path() }

// ID returns the path.
func (s *FileSource) ID() string { return s.file.Path() }

// Fetch reads the file if it has changed. It returns a repeated error only once.
func (s *FileSource) Fetch(context.Context, time.Time, Version) (Version, []byte, error) {
	text, modified, err := s.file.Read()
	return Version{Time: modified}, text, err
}
