// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"fmt"

	"github.com/vpcflow/otelcol-vpcflow/internal/changedfile"
	"github.com/vpcflow/otelcol-vpcflow/internal/configtype"
)

// checkFiles returns an error for each configured file that is missing, and for each allowlist that is not valid. It runs
// when the processor is created, so that the Collector's validate command runs it, too.
func (c *Config) checkFiles() error {
	var p configtype.Problems
	for i, list := range c.ThreatLists {
		if list.Path == "" {
			continue
		}
		if err := configtype.CheckFile(list.Path); err != nil {
			p.Add(fmt.Sprintf("threat_lists[%d]::path", i), "list %q: %w", list.Name, err)
		}
	}
	if c.GeoIP.Database != "" {
		if err := configtype.CheckFile(c.GeoIP.Database); err != nil {
			p.Add("geoip::database", "%w", err)
		}
	}
	for i, path := range c.IgnoreFiles {
		if _, err := readAllowlist(changedfile.New(path, maxAllowlistBytes)); err != nil {
			p.Add(fmt.Sprintf("ignore_files[%d]", i), "%w", err)
		}
	}
	return p.Err()
}
