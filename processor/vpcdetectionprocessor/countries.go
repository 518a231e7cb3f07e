// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/internal/changedfile"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// changeGrace is for how long after a country database of another build a country is learned without an alert when
// the old database had the address elsewhere.
const changeGrace = 24 * time.Hour

// maxFormer bounds the databases that are held for that. More than a few a day means that something else is wrong.
const maxFormer = 4

// countries is the user's country database, which is read again when it is replaced. Without one it is the built-in table.
type countries struct {
	file   *changedfile.File // nil for the built-in table
	now    func() time.Time
	log    *zap.Logger
	swap   func(current network.Countries, former ...network.Countries)
	opened *network.Database
	former []formerDatabase // the oldest first
}

type formerDatabase struct {
	*network.Database
	until time.Time
}

// loadCountries opens the user's country database, or takes the built-in table. What can not be opened stops the start.
func (d *detection) loadCountries() (*countries, error) {
	c := &countries{now: d.now, log: d.set.Logger, swap: d.setCountries}
	if d.cfg.GeoIP.Database == "" {
		return c, nil
	}
	c.file = changedfile.New(d.cfg.GeoIP.Database, maxFile)
	var err error
	if c.opened, err = c.open(); err != nil {
		return nil, fmt.Errorf("geoip::database: %w", err)
	}
	return c, nil
}

func (c *countries) open() (*network.Database, error) {
	content, _, err := c.file.Read()
	if err != nil {
		return nil, err
	}
	return network.ParseCountries(content, c.file.Path())
}

// table is what countries are looked up in.
func (c *countries) table() network.Countries {
	if c.opened == nil {
		return network.BuiltIn()
	}
	return c.opened
}

func (c *countries) polls() []poll {
	if c.file == nil {
		return nil
	}
	return []poll{func(context.Context) { c.poll() }}
}

// poll reads the database again if it was replaced, and forgets former ones whose time is over.
func (c *countries) poll() {
	held := len(c.former)
	c.former = slices.DeleteFunc(c.former, func(f formerDatabase) bool { return !c.now().Before(f.until) })
	replaced, err := c.open()
	switch {
	case err == nil:
		c.replace(replaced)
	case !errors.Is(err, changedfile.ErrUnchanged):
		c.log.Warn("country database not replaced: the last one stays", zap.Error(err))
	}
	if err == nil || len(c.former) != held {
		former := make([]network.Countries, len(c.former))
		for i, f := range c.former {
			former[i] = f.Database
		}
		c.swap(c.opened, former...)
	}
}

// replace takes a new database. One of the same build is the same, wherever it comes from.
func (c *countries) replace(with *network.Database) {
	c.log.Info("country database replaced", zap.String("file", c.file.Path()),
		zap.Time("built", time.Unix(with.Epoch(), 0).UTC()), zap.Time("built_before", time.Unix(c.opened.Epoch(), 0).UTC()))
	if with.Epoch() != c.opened.Epoch() {
		c.former = append(c.former, formerDatabase{c.opened, c.now().Add(changeGrace)})
		c.former = c.former[max(0, len(c.former)-maxFormer):]
	}
	c.opened = with
}

// setCountries has the engine look into another table, between two batches.
func (d *detection) setCountries(current network.Countries, former ...network.Countries) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.engine.SetCountries(current, former...)
}
