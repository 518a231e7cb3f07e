// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdashboardexporter

import (
	"fmt"

	"github.com/vpcflow/otelcol-vpcflow/internal/configtype"
)

// checkFiles returns an error if the country database is missing. It runs when the exporter is created, so that the
// Collector's validate command runs it, too.
func (c *Config) checkFiles() error {
	if c.GeoIP.Database == "" {
		return nil
	}
	if err := configtype.CheckFile(c.GeoIP.Database); err != nil {
		return fmt.Errorf("geoip::database: %w", err)
	}
	return nil
}
