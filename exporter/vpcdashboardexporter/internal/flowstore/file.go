// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowstore

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

const (
	extension = ".parquet"
	// temporary is the suffix of files that are being written. Readers of the folder skip them.
	temporary  = ".tmp"
	folderTime = "hour=2006-01-02-15"
	// bloomBits is the number of bits per address in a Bloom filter: about one in a hundred answers is a false yes.
	bloomBits = 10
)

// file is a file of an hour. It contains the parts from first to last.
type file struct {
	hour        int64
	first, last uint64
	rows, size  int64
	changed     time.Time
	unreadable  bool
	// readers is the number of searches that use the file. A replaced file is deleted when they have finished.
	readers  int
	replaced bool
}

// groups returns the number of row groups.
func (f *file) groups() int { return int((f.rows + partRows - 1) / partRows) }

func folder(hour int64) string { return time.Unix(hour*secondsPerHour, 0).UTC().Format(folderTime) }

// path returns the path of the file.
func (f *file) path(directory string) string {
	return filepath.Join(directory, folder(f.hour), fmt.Sprintf("%010d-%010d%s", f.first, f.last, extension))
}

// write writes rows to the file. The file appears under its name when it is complete and on disk.
func (f *file) write(directory string, rows []Row) (err error) {
	path := f.path(directory)
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return fmt.Errorf("create folder: %w", err)
	}
	out, err := os.OpenFile(path+temporary, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("create file: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(path+temporary))
		}
	}()
	if err := errors.Join(writeRows(out, rows), out.Sync()); err != nil {
		return fmt.Errorf("write %s: %w", path, errors.Join(err, out.Close()))
	}
	info, err := out.Stat()
	if err := errors.Join(err, out.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.Rename(path+temporary, path); err != nil {
		return fmt.Errorf("rename file: %w", err)
	}
	f.rows, f.size = int64(len(rows)), info.Size()
	return syncFolder(filepath.Dir(path))
}

// syncFolder makes a rename in a folder survive a crash of the machine.
func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open folder: %w", err)
	}
	defer d.Close()
	// Some file systems cannot sync folders. The files themselves are on disk.
	if err := d.Sync(); err != nil && !errors.Is(err, os.ErrInvalid) && !errors.Is(err, errors.ErrUnsupported) {
		return fmt.Errorf("sync folder: %w", err)
	}
	return nil
}
