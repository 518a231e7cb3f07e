// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path"
	"slices"
	"time"
)

// entry is a file or a folder in a tar archive.
type entry struct {
	name    string // without a leading slash
	content []byte // nil for a folder
	mode    int64
	owner   int
}

// fileEntry returns an entry with the content of a file.
func fileEntry(name, source string, mode int64) (entry, error) {
	content, err := os.ReadFile(source)
	return entry{name: name, content: content, mode: mode}, err
}

// archive writes the tar.gz of a target.
func (r *release) archive(t target) error {
	base := product + "_" + r.version + "_" + t.String()
	var entries []entry
	for _, file := range []struct {
		name, source string
		mode         int64
	}{
		{product, r.binary(t), 0o755},
		{"LICENSE", "LICENSE", 0o644},
		{"NOTICE", "NOTICE", 0o644},
		{"config.yaml", "deploy/package/config.yaml", 0o644},
		{"production.yaml", "config/production.yaml", 0o644},
	} {
		e, err := fileEntry(path.Join(base, file.name), file.source, file.mode)
		if err != nil {
			return err
		}
		entries = append(entries, e)
	}
	return writeFile(r.path(base+".tar.gz"), func(w io.Writer) error {
		compressed := gzip.NewWriter(w)
		return errors.Join(writeTar(compressed, r.time, entries), compressed.Close())
	})
}

// writeTar writes the entries in the order of their names. All have the given time.
func writeTar(w io.Writer, modified time.Time, entries []entry) error {
	slices.SortFunc(entries, func(a, b entry) int {
		switch {
		case a.name < b.name:
			return -1
		case a.name > b.name:
			return 1
		default:
			return 0
		}
	})
	archive := tar.NewWriter(w)
	for _, e := range entries {
		header := &tar.Header{Name: e.name, Mode: e.mode, Uid: e.owner, Gid: e.owner, ModTime: modified, Format: tar.FormatPAX}
		if e.content == nil {
			header.Typeflag, header.Name = tar.TypeDir, e.name+"/"
		} else {
			header.Typeflag, header.Size = tar.TypeReg, int64(len(e.content))
		}
		if err := archive.WriteHeader(header); err != nil {
			return err
		}
		if _, err := archive.Write(e.content); err != nil {
			return err
		}
	}
	return archive.Close()
}
