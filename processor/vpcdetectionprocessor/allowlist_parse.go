// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"fmt"

	"go.yaml.in/yaml/v3"

	"github.com/vpcflow/otelcol-vpcflow/internal/changedfile"
	"github.com/vpcflow/otelcol-vpcflow/internal/configdecode"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

// maxAllowlistBytes bounds an allowlist file at a path.
const maxAllowlistBytes = 1 << 30

// checkEntries returns an error for each invalid entry of an allowlist with the given name.
type checkEntries func(name string, entries []detect.Ignore) error

// readAllowlist reads a file with a list of entries as under "ignore". Errors name the file and the entry.
func readAllowlist(file *changedfile.File, check checkEntries) ([]detect.Ignore, error) {
	text, _, err := file.Read()
	if err != nil {
		return nil, err
	}
	return parseAllowlist(file.Path(), text, func(any) error { return nil }, check)
}

// parseAllowlist decodes a list of entries. Errors begin with the name of the file. accepts can reject the whole list.
func parseAllowlist(name string, text []byte, accepts func(list any) error, check checkEntries) ([]detect.Ignore, error) {
	var list any
	if err := yaml.Unmarshal(text, &list); err != nil {
		return nil, fmt.Errorf("%s: is not YAML: %w", name, err)
	}
	if err := accepts(list); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var entries []detect.Ignore
	if err := configdecode.Decode(name, list, &entries); err != nil {
		return nil, err
	}
	return entries, check(name, entries)
}
