// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"flag"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/flowgen"
)

func TestInvalidFlagsAreNamed(t *testing.T) {
	for args, want := range map[string]string{
		"-start monday":            `start "monday": must be a day such as 2026-03-02 or a time such as 2026-03-02T08:00:00Z`,
		"-start 2026-03-02T00:00Z": `start "2026-03-02T00:00Z": must be a day`,
		"-version two":             `version "two": must be 2, 5 or 2,5`,
		"-version 2,":              `version "2,": must be 2, 5 or 2,5`,
		"-version 4":               "version 4: the versions are 2 (default format) and 5 (custom format)",
		"-records 5 -rate 2":       "records 5: use either -records or -rate",
		"-attacks zorro":           `attack "zorro": there is no such attack; the attacks are backscatter, `,
		"-days 2":                  "days 2: attack long-tunnel ends",
		"-period 1s":               "period 1s: must divide a day and be whole minutes",
		"-seed -1":                 `invalid value "-1" for flag -seed`,
		"-spread -version 2":       "version: cannot be used with -spread",
		"-spread -days 3":          "days: cannot be used with -spread",
		"-spread -records 19999":   "records 19999: must be from 20000 to 1000000000",
		"-spread -records 0":       "records 0: must be from 20000 to 1000000000",
		"-what":                    "flag provided but not defined: -what",
		"logs":                     `argument "logs": only flags are allowed; see -help`,
	} {
		t.Run(args, func(t *testing.T) {
			err := run(append(strings.Fields(args), "-out", t.TempDir()), new(bytes.Buffer))
			if args == "logs" {
				err = run([]string{args}, new(bytes.Buffer))
			}
			assert.ErrorContains(t, err, want)
		})
	}
}

func TestFlagsSetTheOptions(t *testing.T) {
	c, err := parse(strings.Fields("-out x -seed 7 -start 2026-04-06T08:30:00+02:00 -days 12 -rate 3 -attacks worm,beacon -version 5 -period 1h -single"), nil)
	require.NoError(t, err)
	assert.Equal(t, command{
		options: flowgen.Options{
			Seed: 7, Start: time.Date(2026, time.April, 6, 6, 30, 0, 0, time.UTC), Days: 12, Rate: 3, Scripts: []string{"worm", "beacon"},
		},
		files: flowgen.FileOptions{Dir: "x", Versions: []int{5}, Period: time.Hour, Single: true},
	}, c)

	c, err = parse(nil, nil)
	require.NoError(t, err)
	assert.Equal(t, flowgen.DefaultOptions(), c.options)
	assert.Equal(t, flowgen.FileOptions{Dir: "flowlogs", Versions: []int{2, 5}, Period: 5 * time.Minute}, c.files)

	c, err = parse(strings.Fields("-spread -seed 7 -start 2026-04-06 -records 50000"), nil)
	require.NoError(t, err)
	assert.Equal(t, &flowgen.Spread{Seed: 7, Start: time.Date(2026, time.April, 6, 0, 0, 0, 0, time.UTC), Records: 50_000}, c.spread)

	c, err = parse([]string{"-spread"}, nil)
	require.NoError(t, err)
	assert.Equal(t, flowgen.DefaultSpread(), *c.spread)

	c, err = parse([]string{"-attacks", "none"}, nil)
	require.NoError(t, err)
	assert.Equal(t, []string{}, c.options.Scripts)
}

func TestHelpNamesEveryFlag(t *testing.T) {
	var out bytes.Buffer
	require.ErrorIs(t, run([]string{"-help"}, &out), flag.ErrHelp)
	for _, name := range []string{"out", "seed", "start", "days", "rate", "records", "attacks", "version", "period", "single", "spread", "list"} {
		assert.Contains(t, out.String(), "\n  -"+name)
	}
}

func TestListNamesEveryAttack(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run([]string{"-list"}, &out))
	assert.Len(t, strings.Split(strings.TrimSpace(out.String()), "\n"), len(flowgen.Scripts()))
	assert.Contains(t, out.String(), "attack  platform  intrusion ")
	assert.Contains(t, out.String(), "decoy   shop      zone-transfer ")
}

func TestOneFileOfManyRecords(t *testing.T) {
	dir := t.TempDir()
	var out bytes.Buffer
	require.NoError(t, run(strings.Fields("-version 2 -records 30000 -single -out "+dir), &out))
	assert.Contains(t, out.String(), "account 111122223333, version 2: 30000 records in 1 files, ")
	files, err := filepath.Glob(filepath.Join(dir, "AWSLogs", "111122223333", "vpcflowlogs", "*", "*", "*", "*", "*.log.gz"))
	require.NoError(t, err)
	assert.Len(t, files, 1)
}

func TestOneFileOfManyAddresses(t *testing.T) {
	dir := t.TempDir()
	var out bytes.Buffer
	require.NoError(t, run(strings.Fields("-spread -records 20000 -out "+dir), &out))
	assert.Contains(t, out.String(), "account 777788889999, version 2: 20000 records in 1 files, ")
	files, err := filepath.Glob(filepath.Join(dir, "AWSLogs", "777788889999", "vpcflowlogs", "*", "*", "*", "*", "*.log.gz"))
	require.NoError(t, err)
	assert.Len(t, files, 1)
}
