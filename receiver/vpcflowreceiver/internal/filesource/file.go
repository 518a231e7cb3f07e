// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package filesource

import (
	"io/fs"
	"slices"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
)

// file is what is known about a file: how far it was read, and how to recognize it.
type file struct {
	ingest.Checkpoint
	// Identity is that of the file that the text was last read from.
	Identity identity `json:"identity"`
	// Content identifies the text up to the checkpoint.
	Content fingerprint `json:"content"`
	// Footer identifies a Parquet file; empty for others.
	Footer string `json:"footer,omitempty"`

	// key is under which it is stored.
	key string
	// path is where it was found, attributes describe the file at attributesPath for its records.
	path, attributesPath string
	attributes           map[string]string
	// size and modified are those of the file when all of it had been read; size is -1 before.
	size     int64
	modified time.Time
	// isUnfinished says that the last line had no line end then, since unfinishedSince, when the file had unfinishedSize.
	isUnfinished    bool
	unfinishedSince time.Time
	unfinishedSize  int64
	// isEmpty says that the file has been empty since emptySince, isEmptyReported that this was reported.
	isEmpty, isEmptyReported bool
	emptySince               time.Time
	// lastPoll is the last poll that found the file.
	lastPoll uint64
}

// identity is where a file is: that stays when it is renamed, and may be that of another file when it is removed.
type identity struct {
	Device uint64 `json:"device"`
	Inode  uint64 `json:"inode"`
}

func newFile(key string, id identity) *file {
	return &file{Identity: id, Content: newFingerprint(), key: key, size: -1}
}

// clone returns a copy that does not change when f does.
func (f *file) clone() *file {
	c := *f
	// What is appended to the original must not be seen in the copy, nor the other way round.
	c.Content.Lines = slices.Clip(c.Content.Lines)
	c.Content.Blocks = slices.Clip(c.Content.Blocks)
	return &c
}

// adopt makes the file one that was read as far as another with the same content.
func (f *file) adopt(known *file) {
	c := known.clone()
	f.Checkpoint, f.Content, f.Footer = c.Checkpoint, c.Content, c.Footer
	f.Sequence = 0
}

func (f *file) isParquet() bool { return f.Footer != "" }

// isUnread reports whether nothing of the file was accepted.
func (f *file) isUnread() bool { return f.Offset == 0 && f.LinesAhead == 0 && !f.Done }

// isBehind reports whether a file of this size ends in a line without a line end.
func (f *file) isBehind(size int64) bool {
	return f.Offset < size && !f.Enveloped && !f.Binary
}

// waitForEnd notes since when the last line of the file has no line end.
func (f *file) waitForEnd(now time.Time, size int64) {
	if f.isUnfinished && f.unfinishedSize == size {
		return
	}
	f.isUnfinished, f.unfinishedSince, f.unfinishedSize = true, now, size
}

// isDue reports whether the last line of the file, which has no line end, counts as complete by now. A period of zero means
// never.
func (f *file) isDue(now time.Time, period time.Duration) bool {
	return f.isUnfinished && period > 0 && now.Sub(f.unfinishedSince) >= period
}

// isNewlyEmpty notes that the file is empty. It reports, once, that the file has been empty for some time.
func (f *file) isNewlyEmpty(now time.Time, after time.Duration) bool {
	if !f.isEmpty {
		f.isEmpty, f.isEmptyReported, f.emptySince = true, false, now
	}
	if f.isEmptyReported || now.Sub(f.emptySince) < after {
		return false
	}
	f.isEmptyReported = true
	return true
}

// unsettle makes the file one that must be read again, until settle is called.
func (f *file) unsettle() { f.size = -1 }

// settle notes that all of the file was read that was there.
func (f *file) settle(info fs.FileInfo) {
	f.size, f.modified = info.Size(), info.ModTime()
	f.isUnfinished = f.isUnfinished && f.unfinishedSize == f.size && f.Offset < f.size
}

// isSettled reports whether nothing has changed since all of the file was read.
func (f *file) isSettled(info fs.FileInfo) bool {
	return f.size == info.Size() && f.modified.Equal(info.ModTime())
}
