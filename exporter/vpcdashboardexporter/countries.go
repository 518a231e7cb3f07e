// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdashboardexporter

import (
	"context"
	"fmt"
	"time"

	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/internal/network"
	"github.com/vpcflow/otelcol-vpcflow/internal/periodic"
)

// reloadInterval is the interval at which the dashboard checks whether the country database has changed.
const reloadInterval = 10 * time.Second

// countries looks up countries in the configured database, or in the built-in table if none is configured.
type countries struct {
	network.Countries
	file *network.CountryFile // nil for the built-in table
	log  *zap.Logger
}

func newCountries(path string, log *zap.Logger) *countries {
	if path == "" {
		return &countries{Countries: network.BuiltIn(), log: log}
	}
	file := network.NewCountryFile(path)
	return &countries{Countries: file, file: file, log: log}
}

// load reads the database for the first time.
func (c *countries) load() error {
	if c.file == nil {
		return nil
	}
	if _, err := c.file.Load(); err != nil {
		return fmt.Errorf("geoip::database: %w", err)
	}
	return nil
}

// watch reloads the database when its file changes, until the returned function is called.
func (c *countries) watch() (stop func(context.Context) error) {
	if c.file == nil {
		return func(context.Context) error { return nil }
	}
	job := periodic.Start(reloadInterval, func(context.Context) {
		if _, err := c.file.Load(); err != nil {
			c.log.Warn("fail to reload country database; the last one stays in use", zap.Error(err))
		}
	})
	return func(context.Context) error {
		job.Stop()
		return nil
	}
}
