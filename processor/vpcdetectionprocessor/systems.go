// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"context"
	"fmt"

	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// systems looks up autonomous systems in the configured database, which is reloaded when its file is replaced.
type systems struct {
	file   *network.SystemFile // nil without a database
	log    *zap.Logger
	update func(network.Systems)
}

// newSystems loads the database at path. An empty path means no database. update is called by apply and after each
// later change.
func newSystems(path string, log *zap.Logger, update func(network.Systems)) (*systems, error) {
	s := &systems{log: log, update: update}
	if path == "" {
		return s, nil
	}
	s.file = network.NewSystemFile(path)
	if _, err := s.file.Load(); err != nil {
		return nil, fmt.Errorf("asn::database: %w", err)
	}
	return s, nil
}

// apply passes the database to the engine.
func (s *systems) apply() {
	if s.file != nil {
		s.update(s.file.Database())
	}
}

// reloads returns the job that reloads the database, if there is one.
func (s *systems) reloads() []reload {
	if s.file == nil {
		return nil
	}
	return []reload{func(context.Context) { s.reload() }}
}

func (s *systems) reload() {
	replaced, err := s.file.Load()
	if err != nil {
		s.log.Warn("fail to reload AS database; the last one stays in use", zap.Error(err))
	}
	if replaced {
		s.log.Info("AS database reloaded", zap.String("file", s.file.Path()))
		s.apply()
	}
}
