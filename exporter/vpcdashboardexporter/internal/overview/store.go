// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import (
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// Settings are what a Store is made with.
type Settings struct {
	// Internal are the ranges whose addresses are one's own.
	Internal *network.Ranges
	// Countries knows the countries of external addresses; nil for none.
	Countries network.Countries
	// Retention is how far back from the latest event time flows are kept, in whole days; at least one.
	Retention time.Duration
	// MaxAlerts is how many episodes are kept.
	MaxAlerts int
	// MaxKeys is how many of each dimension are followed in each stretch of time.
	MaxKeys int
	// Now is the clock.
	Now func() time.Time
}

// Store keeps what the dashboard shows. It may be used by several goroutines at once.
type Store struct{ set Settings }

// New returns an empty Store.
func New(set Settings) *Store { return &Store{set: set} }

// AddFlows counts the flows. It keeps none of their strings.
func (s *Store) AddFlows(flows []flow.Flow) {}

// AddAlert keeps what is said of an episode.
func (s *Store) AddAlert(a *alert.Alert) {}

// AddUndecodable counts records that are neither a flow nor an alert.
func (s *Store) AddUndecodable(reason string, n uint64) {}

// View sums up a range of event time.
func (s *Store) View(query Query) View { return View{} }

// Episodes returns those that the query asks for, most recent first, and how many there are in all.
func (s *Store) Episodes(query AlertQuery) (list []Episode, total int) { return nil, 0 }

// Episode returns the episode with the uid, and whether it is known.
func (s *Store) Episode(uid string) (Episode, bool) { return Episode{}, false }
