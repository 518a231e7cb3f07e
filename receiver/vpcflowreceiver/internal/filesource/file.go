// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package filesource

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
)

// file is the state of a file: the position up to which it was read, and what identifies it.
type file struct {
	ingest.Checkpoint
	// Identity is the identity of the file from which the text was last read.
	Identity identity `json:"identity"`
	// Content identifies the text up to the checkpoint.
	Content fingerprint `json:"content"`
	// Head identifies the first 64 KiB of the text when its first records were sent. After a crash, the checkpoint may be
	// before them. It is nil for Parquet, and if Content covers it. It never changes.
	Head *fingerprint `json:"head,omitempty"`
	// Footer identifies a Parquet file; empty for others.
	Footer string `json:"footer,omitempty"`
	// Input is a random name under which the positions of the records are counted. A copy that continues the file has the
	// same one.
	Input string `json:"input,omitempty"`

	// key is the key of the stored checkpoint.
	key string
	// track stores the checkpoint; nil until the file is read.
	track *ingest.Track
	// isIdentified means that a checkpoint is stored, which identifies the file after a crash.
	isIdentified bool
	// path is the last path of the file. attributes describe the file at attributesPath, and are added to its records.
	path, attributesPath string
	attributes           map[string]string
	// size and modified are the size and the modification time when the file was last read to its end; size is -1 before.
	size     int64
	modified time.Time
	// isUnfinished means that the last line has had no line end since unfinishedSince, when the file had unfinishedSize.
	isUnfinished    bool
	unfinishedSince time.Time
	unfinishedSize  int64
	// isEmpty means that the file has been empty since emptySince, and isEmptyReported that this was reported.
	isEmpty, isEmptyReported bool
	emptySince               time.Time
}

// identity identifies a file in the file system. A renamed file keeps it. After a file is removed, a new file may get it.
type identity struct {
	Device uint64 `json:"device"`
	Inode  uint64 `json:"inode"`
}

func newFile(key string, id identity) *file {
	return &file{Identity: id, Content: newFingerprint(), Input: newInput(), key: key, size: -1}
}

// newInput returns a random name. Names must not repeat even if the storage is lost.
func newInput() string { return fmt.Sprintf("%016x%016x", rand.Uint64(), rand.Uint64()) }

// clone returns a copy that does not change when f does.
func (f *file) clone() *file {
	c := *f
	// An append to one of them must not change the other.
	c.Content.Lines = slices.Clip(c.Content.Lines)
	c.Content.Blocks = slices.Clip(c.Content.Blocks)
	if c.Head != nil && c.Head.Size <= c.Content.Size {
		c.Head = nil
	}
	return &c
}

// adopt takes over the position of a known file with the same content.
func (f *file) adopt(known *file) {
	c := known.clone()
	f.Checkpoint, f.Content, f.Head, f.Footer = c.Checkpoint, c.Content, c.Head, c.Footer
	f.Sequence = 0
}

// known returns what identifies the longest known beginning of the text.
func (f *file) known() *fingerprint {
	if f.Head != nil && f.Head.Size > f.Content.Size {
		return f.Head
	}
	return &f.Content
}

func (f *file) isParquet() bool { return f.Footer != "" }

// isUnread reports whether nothing of the file was accepted.
func (f *file) isUnread() bool { return f.Offset == 0 && f.LinesAhead == 0 && !f.Done }

// isNew reports whether nothing is known of the file that is worth keeping.
func (f *file) isNew() bool { return f.isUnread() && f.Outcome == "" && !f.isIdentified }

// endsInPartialLine reports whether a file of this size ends in a line without a line end.
func (f *file) endsInPartialLine(size int64) bool {
	return f.Offset < size && (!f.Enveloped || f.CSVHeader != "") && !f.Binary
}

// waitForEnd records the time since which the last line has had no line end.
func (f *file) waitForEnd(now time.Time, size int64) {
	if f.isUnfinished && f.unfinishedSize == size {
		return
	}
	f.isUnfinished, f.unfinishedSince, f.unfinishedSize = true, now, size
}

// isDue reports whether it is time to read a last line without a line end as complete. A period of zero means never.
func (f *file) isDue(now time.Time, period time.Duration) bool {
	return f.isUnfinished && period > 0 && now.Sub(f.unfinishedSince) >= period
}

// isNewlyEmpty records that the file is empty. It returns true once, when the file has been empty for the given time.
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

// unsettle makes the next poll read the file again, until settle is called.
func (f *file) unsettle() { f.size = -1 }

// settle records that the file was read to its current end.
func (f *file) settle(info fs.FileInfo) {
	f.size, f.modified = info.Size(), info.ModTime()
	f.isUnfinished = f.isUnfinished && f.unfinishedSize == f.size && f.Offset < f.size
}

// isSettled reports whether the file is unchanged since it was read to its end.
func (f *file) isSettled(info fs.FileInfo) bool {
	return f.size == info.Size() && f.modified.Equal(info.ModTime())
}
