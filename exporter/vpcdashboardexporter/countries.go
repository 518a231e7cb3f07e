// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdashboardexporter

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/internal/changedfile"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

const (
	// maxDatabase bounds a country database, in bytes. The greatest that are sold have some hundred megabytes.
	maxDatabase = 1 << 30
	// lookEvery is how often the file of the database is looked at.
	lookEvery = 10 * time.Second
)

// countries is the user's country database, which is read again when it is replaced. Without one it is the built-in table.
type countries struct {
	file  *changedfile.File // nil for the built-in table
	log   *zap.Logger
	table atomic.Pointer[network.Countries]
}

func newCountries(path string, log *zap.Logger) *countries {
	c := &countries{log: log}
	builtIn := network.BuiltIn()
	c.table.Store(&builtIn)
	if path != "" {
		c.file = changedfile.New(path, maxDatabase)
	}
	return c
}

// Country looks an address up in the table of now.
func (c *countries) Country(a netip.Addr) string { return (*c.table.Load()).Country(a) }

// load reads the database for the first time.
func (c *countries) load() error {
	if c.file == nil {
		return nil
	}
	if err := c.read(); err != nil {
		return fmt.Errorf("geoip::database: %w", err)
	}
	return nil
}

func (c *countries) read() error {
	content, _, err := c.file.Read()
	if err != nil {
		return err
	}
	database, err := network.ParseCountries(content, c.file.Path())
	if err != nil {
		return err
	}
	var table network.Countries = database
	c.table.Store(&table)
	return nil
}

// poll reads the database again if it was replaced. One that can not be read leaves the last one in place.
func (c *countries) poll() {
	if err := c.read(); err != nil && !errors.Is(err, changedfile.ErrUnchanged) {
		c.log.Warn("country database not replaced: the last one stays", zap.Error(err))
	}
}

// watch looks for a new database until the function that it returns is called.
func (c *countries) watch() (stop func(context.Context) error) {
	if c.file == nil {
		return func(context.Context) error { return nil }
	}
	ticker := time.NewTicker(lookEvery)
	ended, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-ended:
				return
			case <-ticker.C:
				c.poll()
			}
		}
	}()
	return func(context.Context) error {
		ticker.Stop()
		close(ended)
		<-done
		return nil
	}
}
