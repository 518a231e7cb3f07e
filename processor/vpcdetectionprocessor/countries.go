// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"fmt"

	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// loadCountries opens the user's country database, or takes the built-in table. The function it returns lets go of it.
func loadCountries(cfg GeoIP) (network.Countries, func() error, error) {
	if cfg.Database == "" {
		return network.BuiltIn(), func() error { return nil }, nil
	}
	database, err := network.OpenCountries(cfg.Database)
	if err != nil {
		return nil, nil, fmt.Errorf("geoip::database: %w", err)
	}
	return database, database.Close, nil
}
