// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"context"
	"fmt"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

const (
	// changeGrace is how long a replaced country database is still consulted. If the old database has an address in
	// another country than the new one, the country is learned without an alert.
	changeGrace = 24 * time.Hour
	// maxFormer bounds the number of replaced databases in memory.
	maxFormer = 4
)

// countries looks up countries in the configured database, which is reloaded when its file changes, or in the built-in
// table.
type countries struct {
	file   *network.CountryFile // nil for the built-in table
	now    func() time.Time
	log    *zap.Logger
	update func(current network.Countries, former ...network.Countries)
	former []formerDatabase // the oldest first
}

type formerDatabase struct {
	*network.Database
	until time.Time
}

// newCountries loads the database at path. An empty path means the built-in table. update is called after each later
// change.
func newCountries(
	path string, now func() time.Time, log *zap.Logger, update func(current network.Countries, former ...network.Countries),
) (*countries, error) {
	c := &countries{now: now, log: log, update: update}
	if path == "" {
		return c, nil
	}
	c.file = network.NewCountryFile(path)
	if _, err := c.file.Load(); err != nil {
		return nil, fmt.Errorf("geoip::database: %w", err)
	}
	return c, nil
}

// current returns the table in use.
func (c *countries) current() network.Countries {
	if c.file == nil {
		return network.BuiltIn()
	}
	return c.file.Database()
}

// reloads returns the job that reloads the database, if there is one.
func (c *countries) reloads() []reload {
	if c.file == nil {
		return nil
	}
	return []reload{func(context.Context) { c.reload() }}
}

// reload loads the database again if it was replaced, and drops former databases after the grace period.
func (c *countries) reload() {
	count := len(c.former)
	c.former = slices.DeleteFunc(c.former, func(f formerDatabase) bool { return !c.now().Before(f.until) })
	before := c.file.Database()
	replaced, err := c.file.Load()
	if err != nil {
		c.log.Warn("fail to reload country database; the last one stays in use", zap.Error(err))
	}
	if replaced {
		c.keepFormer(before, c.file.Database())
	}
	if replaced || len(c.former) != count {
		former := make([]network.Countries, len(c.former))
		for i, f := range c.former {
			former[i] = f.Database
		}
		c.update(c.file.Database(), former...)
	}
}

// keepFormer keeps the former database for the grace period, unless both are of the same build.
func (c *countries) keepFormer(former, current *network.Database) {
	c.log.Info("country database reloaded", zap.String("file", c.file.Path()),
		zap.Time("built", time.Unix(current.Epoch(), 0).UTC()), zap.Time("built_before", time.Unix(former.Epoch(), 0).UTC()))
	if current.Epoch() != former.Epoch() {
		c.former = append(c.former, formerDatabase{former, c.now().Add(changeGrace)})
		c.former = c.former[max(0, len(c.former)-maxFormer):]
	}
}
