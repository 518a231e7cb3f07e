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

// readAllowlist reads a file with a list of entries as under "ignore". Errors name the file and the entry.
func readAllowlist(file *changedfile.File) ([]detect.Ignore, error) {
	text, _, err := file.Read()
	if err != nil {
		return nil, err
	}
	return parseAllowlist(file.Path(), text, func(any) error { return nil })
}

// parseAllowlist decodes a list of entries. Errors begin with the name of the file. check can reject the whole list.
func parseAllowlist(name string, text []byte, check func(list any) error) ([]detect.Ignore, error) {
	var list any
	if err := yaml.Unmarshal(text, &list); err != nil {
		return nil, fmt.Errorf("%s: is not YAML: %w", name, err)
	}
	if err := check(list); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var entries []detect.Ignore
	if err := configdecode.Decode(name, list, &entries); err != nil {
		return nil, err
	}
	return entries, detect.CheckIgnore(name, entries)
}
