// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// write writes the names file as CSV. Machines without a name, owner, environment or chosen tag are left out.
func write(w io.Writer, machines []machine, o *options) error {
	out := csv.NewWriter(w)
	header := append([]string{"address", "interface", "instance", "vpc", "account", "name", "owner", "environment"}, o.tags...)
	if err := out.Write(header); err != nil {
		return err
	}
	for _, m := range machines {
		description := []string{m.name, first(m.tags, o.ownerTags), first(m.tags, o.environmentTags)}
		for _, key := range o.tags {
			description = append(description, m.tags[key])
		}
		if strings.Join(description, "") == "" {
			continue
		}
		if err := out.Write(append([]string{m.address, m.networkInterface, m.instance, m.vpc, m.account}, description...)); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// writeFile replaces the file as a whole, so that the collector never reads half of it.
func writeFile(path string, machines []machine, o *options) (err error) {
	temporary, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, temporary.Close(), os.Remove(temporary.Name()))
		}
	}()
	if err := write(temporary, machines, o); err != nil {
		return err
	}
	if err := temporary.Chmod(0o644); err != nil {
		return err
	}
	if err := temporary.Close(); err != nil {
		return err
	}
	return os.Rename(temporary.Name(), path)
}

// first returns the value of the first key that has one.
func first(tags map[string]string, keys []string) string {
	for _, key := range keys {
		if tags[key] != "" {
			return tags[key]
		}
	}
	return ""
}
