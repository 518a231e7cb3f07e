// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// kind is a kind of file to measure.
type kind struct {
	name  string
	flags []string // of flowgen
}

var kinds = []kind{
	{"office", []string{"-version", "2", "-single"}},
	{"spread", []string{"-spread"}},
}

// file is a generated flow log.
type file struct {
	name, path string
	records    int
	size       int64 // in bytes
}

func (f file) String() string {
	return fmt.Sprintf("%s: %d records, %.1f MB, %s", f.name, f.records, float64(f.size)/1e6, f.path)
}

// generate returns a file of a kind. It keeps a file that exists.
func generate(ctx context.Context, s settings, k kind) (file, error) {
	out := filepath.Join(s.folder, k.name+"-"+strconv.Itoa(s.records))
	pattern := filepath.Join(out, "AWSLogs", "*", "*", "*", "*", "*", "*", "*.log.gz")
	found, err := filepath.Glob(pattern)
	if err == nil && len(found) != 1 {
		if err := os.RemoveAll(out); err != nil {
			return file{}, err
		}
		flags := append([]string{"run", "./cmd/flowgen", "-out", out, "-records", strconv.Itoa(s.records)}, k.flags...)
		flowgen := exec.CommandContext(ctx, "go", flags...) //nolint:gosec // our own tool
		flowgen.Stdout, flowgen.Stderr = os.Stderr, os.Stderr
		if err := flowgen.Run(); err != nil {
			return file{}, fmt.Errorf("run flowgen: %w", err)
		}
		found, err = filepath.Glob(pattern)
	}
	if err != nil || len(found) != 1 {
		return file{}, fmt.Errorf("flowgen wrote %d files at %s, want 1", len(found), pattern)
	}
	info, err := os.Stat(found[0])
	if err != nil {
		return file{}, err
	}
	return file{k.name, found[0], s.records, info.Size()}, nil
}
