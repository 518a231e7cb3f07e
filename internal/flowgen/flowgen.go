// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package flowgen makes VPC flow logs as AWS would write them: a company's
// ordinary days in two accounts, with attacks by name in between, each labelled
// with the alerts it must cause.
//
// Everything comes from a seed, so the same [Options] give the same bytes.
// A [Site] is an account with its hosts; traffic models and [Script]s hold
// [Conversation]s between addresses; the site turns each conversation into the
// [Record]s that its network interfaces log; a [Log] puts them in the order in
// which AWS delivers them; [Write] cuts them into files.
package flowgen

import (
	"fmt"
	"slices"
	"time"
)

// Options says what to generate. The zero value is not useful; start from
// [DefaultOptions].
type Options struct {
	// Seed decides everything that looks like chance.
	Seed uint64
	// Start is the first minute of the log. A Monday keeps the scripts, which
	// lie on days 8 to 10, on working days.
	Start time.Time
	// Days is the length of the log.
	Days int
	// Rate multiplies the ordinary traffic; at 1 each account logs about 8,500
	// records a day. Scripts and nightly jobs do not grow with it. Labels hold
	// from 0.1, below which some hosts first talk when learning is over, to 40.
	Rate float64
	// Records, when not zero, is the exact number of records of each account:
	// the log ends there instead of after Days, and Rate is chosen so that they
	// take about Days.
	Records int
	// Scripts names the attacks and decoys to play; nil plays all of them, an
	// empty list none.
	Scripts []string
}

// DefaultOptions are those of testdata/demo.
func DefaultOptions() Options {
	return Options{
		Seed:  42,
		Start: time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC),
		Days:  10,
		Rate:  1,
	}
}

// Validate names the first option that cannot be followed.
func (o Options) Validate() error {
	switch {
	case o.Start.Unix()%60 != 0 || o.Start.Nanosecond() != 0:
		return fmt.Errorf("start %s: must be a whole minute", o.Start.Format(time.RFC3339Nano))
	case o.Days < 1:
		return fmt.Errorf("days %d: must be at least 1", o.Days)
	case o.Records < 0:
		return fmt.Errorf("records %d: must not be negative", o.Records)
	case o.Records == 0 && (o.Rate <= 0 || o.Rate > maxRate):
		return fmt.Errorf("rate %v: must be above 0 and at most %d", o.Rate, maxRate)
	}
	for _, name := range o.Scripts {
		if !slices.ContainsFunc(Scripts(), func(s *Script) bool { return s.Name == name }) {
			return fmt.Errorf("attack %q: there is none of that name; there are %s", name, scriptNames())
		}
	}
	for _, s := range o.played() {
		if end := s.At + s.length(); end > o.length() {
			return fmt.Errorf("days %d: attack %s ends %s after the start; ask for more days, or for other attacks", o.Days, s.Name, end)
		}
	}
	return nil
}

// maxRate still fits the ports of one busy client into a minute.
const maxRate = 100_000

func (o Options) length() time.Duration {
	return time.Duration(o.Days) * day
}
