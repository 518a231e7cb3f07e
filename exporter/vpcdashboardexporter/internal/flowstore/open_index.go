// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowstore

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// openIndex reads the directory. It removes unfinished files, and files that others replace. It does not touch files with
// other names.
func openIndex(directory string) (*fileIndex, error) {
	if err := os.MkdirAll(directory, 0o750); err != nil {
		return nil, fmt.Errorf("create directory: %w", err)
	}
	entries, err := os.ReadDir(directory)
	if err != nil {
		return nil, fmt.Errorf("read directory: %w", err)
	}
	x := &fileIndex{directory: directory, hours: map[int64][]*file{}}
	for _, e := range entries {
		if at, err := time.Parse(folderTime, e.Name()); err == nil && e.IsDir() {
			if err := x.openHour(at.Unix() / secondsPerHour); err != nil {
				return nil, err
			}
		}
	}
	return x, nil
}

func (x *fileIndex) openHour(hour int64) error {
	path := filepath.Join(x.directory, folder(hour))
	entries, err := os.ReadDir(path)
	if err != nil {
		return fmt.Errorf("read folder: %w", err)
	}
	var list []*file
	for _, e := range entries {
		f, ok := parseName(hour, e.Name())
		switch {
		case strings.HasSuffix(e.Name(), extension+temporary):
			if err := os.Remove(filepath.Join(path, e.Name())); err != nil {
				return fmt.Errorf("remove unfinished file: %w", err)
			}
		case ok:
			list = append(list, f)
		}
	}
	list, err = x.removeReplaced(list)
	if err != nil || len(list) == 0 {
		return err
	}
	for _, f := range list {
		x.describe(f)
	}
	x.hours[hour] = list
	x.last = max(x.last, list[len(list)-1].last)
	return nil
}

// parseName parses a file name. It returns false if the file is not from a Store.
func parseName(hour int64, name string) (*file, bool) {
	f := &file{hour: hour}
	if _, err := fmt.Sscanf(name, "%d-%d"+extension, &f.first, &f.last); err != nil || f.first > f.last {
		return nil, false
	}
	return f, filepath.Base(f.path("")) == name
}

// removeReplaced deletes the files whose parts another file contains. A crash has prevented that.
func (x *fileIndex) removeReplaced(list []*file) ([]*file, error) {
	slices.SortFunc(list, func(a, b *file) int { return cmp.Or(cmp.Compare(a.first, b.first), cmp.Compare(b.last, a.last)) })
	kept, end := list[:0], uint64(0)
	for _, f := range list {
		if f.last <= end {
			if err := os.Remove(f.path(x.directory)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, fmt.Errorf("remove replaced file: %w", err)
			}
			continue
		}
		kept, end = append(kept, f), f.last
	}
	return kept, nil
}

// describe reads the size of a file, or marks it as unreadable.
func (x *fileIndex) describe(f *file) {
	f.unreadable = recoverPanic(func() error {
		info, err := os.Stat(f.path(x.directory))
		if err != nil {
			return err
		}
		f.size, f.changed = info.Size(), info.ModTime()
		r, err := openReader(f.path(x.directory))
		if err != nil {
			return err
		}
		defer r.close()
		f.rows = r.file.NumRows()
		return nil
	}) != nil
}

// recoverPanic calls read and returns its error. It also converts panics to errors, because the Parquet library trusts
// the numbers in a file.
func recoverPanic(read func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("decode Parquet file: %v", p)
		}
	}()
	return read()
}
