// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package filesource

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// confirmAfter is longer than the granularity of modification times. A changed folder is read once more after it, because
// a second change may have left the same modification time.
const confirmAfter = 100 * time.Millisecond

// folders keeps the entries of the folders that globs read, and reads a folder again only after it has changed.
type folders struct {
	known map[string]*folder
	// literals are the paths without wildcards that globs looked up outside the known folders.
	literals map[string]stamp
}

type folder struct {
	stamp stamp
	// since is when this stamp was first seen. isConfirmed means that the entries were read confirmAfter it or later.
	since       time.Time
	isConfirmed bool
	entries     []fs.DirEntry
	err         error
	// isUsed means that the current globs have read the folder.
	isUsed bool
}

// stamp differs after an entry was added to a folder, removed or replaced.
type stamp struct {
	exists, isFolder bool
	id               identity
	modified         time.Time
}

func newFolders() folders { return folders{known: map[string]*folder{}, literals: map[string]stamp{}} }

// stampOf returns the stamp of a path. Only folders have a modification time, because a changed file keeps its place.
func stampOf(path string) stamp {
	info, err := os.Stat(path)
	if err != nil {
		return stamp{}
	}
	s := stamp{exists: true, isFolder: info.IsDir(), id: identify(path, info)}
	if s.isFolder {
		s.modified = info.ModTime()
	}
	return s
}

// refresh reads the changed folders, or all folders. It returns the paths whose files may have been replaced: folders, and
// paths without wildcards. isOther means that other files may match.
func (f *folders) refresh(now time.Time, all bool) (replaced map[string]bool, isOther bool) {
	replaced = map[string]bool{}
	for path, known := range f.known {
		current := stampOf(path)
		changed := current != known.stamp
		if changed {
			known.stamp, known.since, known.isConfirmed = current, now, false
		}
		confirm := !known.isConfirmed && now.Sub(known.since) >= confirmAfter
		if !all && !changed && !confirm && known.err == nil {
			continue
		}
		if known.read(path, now) {
			isOther = true
		}
		if changed || confirm {
			replaced[path] = true
		}
	}
	for path, known := range f.literals {
		if current := stampOf(path); current != known {
			f.literals[path] = current
			replaced[path], isOther = true, true
		}
	}
	return replaced, isOther
}

// read reads the entries, and reports whether they differ from those before.
func (f *folder) read(path string, now time.Time) (differ bool) {
	entries, err := os.ReadDir(path)
	differ = (err == nil) != (f.err == nil) || !slices.EqualFunc(entries, f.entries, func(a, b fs.DirEntry) bool {
		return a.Name() == b.Name() && a.Type() == b.Type()
	})
	f.entries, f.err = entries, err
	f.isConfirmed = now.Sub(f.since) >= confirmAfter
	return differ
}

// begin begins to run all globs again.
func (f *folders) begin() {
	f.literals = map[string]stamp{}
	for _, known := range f.known {
		known.isUsed = false
	}
}

// end removes the folders that no glob has read.
func (f *folders) end() {
	for path, known := range f.known {
		if !known.isUsed {
			delete(f.known, path)
		}
	}
}

// globFS is the file system of a glob that begins in a folder.
type globFS struct {
	*folders
	base string
	now  time.Time
}

// Open implements fs.FS.
func (g globFS) Open(name string) (fs.File, error) { return os.Open(g.path(name)) }

// ReadDir returns the entries that are known.
func (g globFS) ReadDir(name string) ([]fs.DirEntry, error) {
	path := g.path(name)
	known := g.known[path]
	if known == nil {
		known = &folder{stamp: stampOf(path), since: g.now}
		known.read(path, g.now)
		g.known[path] = known
	}
	known.isUsed = true
	return known.entries, known.err
}

// Stat follows symbolic links.
func (g globFS) Stat(name string) (fs.FileInfo, error) {
	path := g.path(name)
	if parent := g.known[filepath.Dir(path)]; parent == nil || !parent.isUsed {
		g.literals[path] = stampOf(path)
	}
	return os.Stat(path)
}

func (g globFS) path(name string) string { return filepath.Join(g.base, filepath.FromSlash(name)) }
