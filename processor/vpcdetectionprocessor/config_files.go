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
	for _, database := range []struct{ key, path string }{{"geoip::database", c.GeoIP.Database}, {"asn::database", c.ASN.Database}} {
		if database.path != "" {
			p.AddError(keyed(database.key, configtype.CheckFile(database.path)))
		}
	}
	for i, path := range c.Names {
		p.AddError(keyed(fmt.Sprintf("names[%d]", i), configtype.CheckFile(path)))
	}
	for i := range c.IgnoreFiles {
		if c.IgnoreFiles[i].URL != "" {
			continue
		}
		_, err := readAllowlist(changedfile.New(c.IgnoreFiles[i].Path, maxAllowlistBytes), c.CheckIgnore)
		p.AddError(keyed(ignoreFileKey(i), err))
	}
	return p.Err()
}

// keyed puts the key of a setting before an error. It returns nil for nil.
func keyed(key string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", key, err)
}
