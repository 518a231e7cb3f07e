// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/flowgen"
)

// command holds the parsed flags.
type command struct {
	options flowgen.Options
	files   flowgen.FileOptions
	spread  *flowgen.Spread // nil without -spread
	list    bool
}

const usage = `flowgen writes VPC flow logs of two invented accounts in the format of AWS: gzip
files below OUT/AWSLogs. OUT/labels.yaml lists the attacks in them with the
alerts that they must cause, OUT/attacks.md is a table of them, and
OUT/threats.txt is the threat list. The same flags write the same bytes.

  flowgen -out logs                                 ten days with all attacks, in 5-minute files
  flowgen -out logs -period 6h                      the same in four files a day
  flowgen -out load -version 2 -records 1000000 -single
                                                    a million records in one file
  flowgen -out load -spread                         a million records of 900,000 external addresses
  flowgen -list                                     list the attacks and decoys

`

func parse(args []string, out io.Writer) (command, error) {
	c := command{options: flowgen.DefaultOptions()}
	fs := flag.NewFlagSet("flowgen", flag.ContinueOnError)
	fs.SetOutput(out)
	fs.Usage = func() {
		_, _ = io.WriteString(out, usage)
		fs.PrintDefaults()
	}
	o, f := &c.options, &c.files
	fs.StringVar(&f.Dir, "out", "flowlogs", "`folder` to write to; it must not contain flow logs")
	fs.Uint64Var(&o.Seed, "seed", o.Seed, "`number` that determines all random choices")
	start := fs.String("start", o.Start.Format(time.DateOnly), "first `day` (or a time such as 2026-03-02T08:00:00Z), preferably a Monday")
	fs.IntVar(&o.Days, "days", o.Days, "`number` of days; all attacks together need 9; the first 7 are for learning")
	fs.Float64Var(&o.Rate, "rate", o.Rate, "`factor` for the ordinary traffic; 1 is about 8,500 records a day and account; labels are correct from 0.1 to 40")
	fs.IntVar(&o.Records, "records", 0, "exact `number` of records of each account, over about -days; replaces -rate")
	attacks := fs.String("attacks", "all", "comma-separated `names` of attacks and decoys to include; or all, or none")
	versions := fs.String("version", "2,5", "`formats`: 2 (a web shop's account, default format), 5 (a platform's account, custom format) or both")
	fs.DurationVar(&f.Period, "period", 5*time.Minute, "`duration` that one file covers, such as 5m, 1h or 6h")
	fs.BoolVar(&f.Single, "single", false, "write one file for each account, regardless of -period")
	spread := fs.Bool("spread", false,
		"write one file with many addresses instead: nine of ten records have another external address; uses only -seed, -start and -records")
	fs.BoolVar(&c.list, "list", false, "list the attacks and decoys, and write nothing")
	if err := fs.Parse(args); err != nil {
		return c, err
	}
	if fs.NArg() > 0 {
		return c, fmt.Errorf("argument %q: only flags are allowed; see -help", fs.Arg(0))
	}
	if o.Records != 0 && isSet(fs, "rate") {
		return c, fmt.Errorf("records %d: use either -records or -rate", o.Records)
	}
	var err error
	if o.Start, err = parseStart(*start); err != nil {
		return c, err
	}
	if f.Versions, err = parseVersions(*versions); err != nil {
		return c, err
	}
	o.Scripts = parseAttacks(*attacks)
	if *spread {
		c.spread, err = parseSpread(fs, o)
	}
	return c, err
}

// parseSpread returns the options of -spread. The other flags must not be set.
func parseSpread(fs *flag.FlagSet, o *flowgen.Options) (*flowgen.Spread, error) {
	for _, name := range []string{"days", "rate", "attacks", "version", "period", "single"} {
		if isSet(fs, name) {
			return nil, fmt.Errorf("%s: cannot be used with -spread", name)
		}
	}
	s := flowgen.DefaultSpread()
	s.Seed, s.Start = o.Seed, o.Start
	if isSet(fs, "records") {
		s.Records = o.Records
	}
	return &s, nil
}

func isSet(fs *flag.FlagSet, name string) bool {
	found := false
	fs.Visit(func(f *flag.Flag) { found = found || f.Name == name })
	return found
}

func parseStart(s string) (time.Time, error) {
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("start %q: must be a day such as 2026-03-02 or a time such as 2026-03-02T08:00:00Z", s)
}

func parseVersions(s string) ([]int, error) {
	var out []int
	for name := range strings.SplitSeq(s, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(name))
		if err != nil {
			return nil, fmt.Errorf("version %q: must be 2, 5 or 2,5", s)
		}
		out = append(out, n)
	}
	return out, nil
}

// parseAttacks returns nil for all and an empty list for none.
func parseAttacks(s string) []string {
	switch s {
	case "all":
		return nil
	case "none", "":
		return []string{}
	}
	names := strings.Split(s, ",")
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
	}
	return names
}
