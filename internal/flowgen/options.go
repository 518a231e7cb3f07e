// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Options selects what to generate. The zero value is invalid: start from [DefaultOptions].
type Options struct {
	// Seed determines all random choices.
	Seed uint64
	// Start is the first minute of the log. The scripts are on days 8 to 10, which are working days if Start is a Monday.
	Start time.Time
	// Days is the length of the log.
	Days int
	// Rate multiplies the ordinary traffic. At 1, each account logs about 8,500 records a day. Scripts and nightly jobs do
	// not scale. Labels are correct from 0.1 to 40: at a lower rate, some hosts connect for the first time after the
	// learning period.
	Rate float64
	// Records, if not zero, is the exact number of records of each account. The log then ends after these records
	// instead of after Days, and Rate is replaced by the rate at which they cover about Days.
	Records int
	// Scripts names the attacks and decoys to play. Nil plays all of them, an empty list none.
	Scripts []string
}

// DefaultOptions returns the options of testdata/demo.
func DefaultOptions() Options {
	return Options{
		Seed:  42,
		Start: time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC),
		Days:  10,
		Rate:  1,
	}
}

// Validate returns an error that names the first invalid option.
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
			return fmt.Errorf("attack %q: there is no such attack; the attacks are %s", name, scriptNames())
		}
	}
	for _, s := range o.played() {
		if end := s.At + s.length(); end > o.length() {
			return fmt.Errorf("days %d: attack %s ends %s after the start; use more days or other attacks", o.Days, s.Name, end)
		}
	}
	return nil
}

// maxRate is the highest rate at which one busy client still has enough ports for a minute.
const maxRate = 100_000

func scriptNames() string {
	var names []string
	for _, s := range Scripts() {
		names = append(names, s.Name)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

func (o Options) length() time.Duration {
	return time.Duration(o.Days) * day
}

// played returns the scripts that the options select.
func (o Options) played() []*Script {
	all := Scripts()
	if o.Scripts == nil {
		return all
	}
	return slices.DeleteFunc(all, func(s *Script) bool { return !slices.Contains(o.Scripts, s.Name) })
}
