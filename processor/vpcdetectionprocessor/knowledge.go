// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"fmt"

	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// loadThreats reads the threat lists. A list that can not be read stops the start; entries that can not be used are
// named in the log and passed over.
func loadThreats(lists []ThreatList, log *zap.Logger) (*network.Threats, error) {
	if len(lists) == 0 {
		return nil, nil
	}
	var loaded []network.ThreatList
	for i, list := range lists {
		prefixes, refused, err := network.ReadThreats(list.Path)
		if err != nil {
			return nil, fmt.Errorf("threat_lists[%d]::path: list %q: %w", i, list.Name, err)
		}
		for _, why := range refused.First {
			log.Warn("threat list entry passed over", zap.String("list", list.Name), zap.Error(why))
		}
		if len(prefixes) == 0 {
			log.Warn("threat list has no usable entry", zap.String("list", list.Name), zap.String("path", list.Path))
		}
		log.Info("threat list loaded", zap.String("list", list.Name), zap.Int("entries", len(prefixes)), zap.Int("refused", refused.Count))
		loaded = append(loaded, network.ThreatList{
			Name: list.Name, Category: list.Category, Severity: list.Severity, Prefixes: prefixes,
		})
	}
	return network.NewThreats(loaded), nil
}

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
