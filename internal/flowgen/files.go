// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package flowgen generates VPC flow logs in the form in which AWS delivers them. They contain ordinary traffic of a
// company with two accounts, and named attacks. Each attack is labeled with the alerts that it must cause.
//
// Everything is derived from a seed: the same [Options] give the same bytes. A [Site] is an account with its hosts.
// Traffic models and [Script]s add [Conversation]s between addresses. The site turns each conversation into the [Record]s
// that its network interfaces log. A [Log] sorts them by delivery, and [Write] divides them into files.
package flowgen

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Write generates the logs and writes them below f.Dir, in the folders that AWS uses in a bucket. It also writes their
// labels, a table of the attacks, and the threat list. It fails if f.Dir contains flow logs.
func Write(o Options, f FileOptions) ([]Summary, error) {
	if err := errors.Join(o.Validate(), f.Validate()); err != nil {
		return nil, err
	}
	if err := checkEmpty(f.Dir); err != nil {
		return nil, err
	}
	logs, err := newLogs(o, f.Versions)
	if err != nil {
		return nil, err
	}
	written := make([]Summary, len(logs))
	for i, l := range logs {
		if written[i], err = l.write(f); err != nil {
			return nil, err
		}
	}
	return written, writeSideFiles(o, f, written)
}

// checkEmpty returns an error if dir contains flow logs.
func checkEmpty(dir string) error {
	folder := filepath.Join(dir, "AWSLogs")
	switch _, err := os.Stat(folder); {
	case err == nil:
		return fmt.Errorf("out %s: contains flow logs; remove %s or use another folder", dir, folder)
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("out: %w", err)
	}
	return nil
}

// newLogs returns the logs of all versions. It checks all of them, so that Write writes nothing if one is invalid.
func newLogs(o Options, versions []int) ([]*Log, error) {
	logs := make([]*Log, len(versions))
	for i, version := range versions {
		if slices.Contains(versions[:i], version) {
			return nil, fmt.Errorf("version %d: named twice", version)
		}
		l, err := NewLog(version, o)
		if err != nil {
			return nil, err
		}
		if needed := 2 * l.minRecords(); o.Records > 0 && o.Records < needed {
			return nil, fmt.Errorf("records %d: too few for these days and attacks, which need %d; use more records, or no attacks and fewer days",
				o.Records, needed)
		}
		logs[i] = l
	}
	return logs, nil
}

func writeSideFiles(o Options, f FileOptions, written []Summary) error {
	labels, err := LabelsOf(o, f.Versions...)
	if err != nil {
		return err
	}
	return errors.Join(
		writeFile(filepath.Join(f.Dir, "threats.txt"), strings.NewReader(Threats)),
		writeFile(filepath.Join(f.Dir, "labels.yaml"), labels),
		writeFile(filepath.Join(f.Dir, "attacks.md"), strings.NewReader(labels.table(written))),
	)
}

func writeFile(path string, from io.WriterTo) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = from.WriteTo(file)
	return errors.Join(err, file.Close())
}
