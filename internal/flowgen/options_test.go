// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// oneDay returns the options of a short log: one day without scripts.
func oneDay() Options {
	o := DefaultOptions()
	o.Days, o.Scripts = 1, []string{}
	return o
}

func TestValidateNamesTheFirstInvalidOption(t *testing.T) {
	require.NoError(t, DefaultOptions().Validate())
	require.NoError(t, oneDay().Validate())
	for name, test := range map[string]struct {
		change func(*Options)
		want   string
	}{
		"a start within a minute":              {func(o *Options) { o.Start = o.Start.Add(time.Second) }, "start 2026-03-02T00:00:01Z: must be a whole minute"},
		"a start within a second":              {func(o *Options) { o.Start = o.Start.Add(1) }, "start 2026-03-02T00:00:00.000000001Z: must be a whole minute"},
		"no days":                              {func(o *Options) { o.Days = 0 }, "days 0: must be at least 1"},
		"a negative number of records":         {func(o *Options) { o.Records = -1 }, "records -1: must not be negative"},
		"no rate":                              {func(o *Options) { o.Rate = 0 }, "rate 0: must be above 0 and at most 100000"},
		"a rate too high":                      {func(o *Options) { o.Rate = 100_001 }, "rate 100001: must be above 0 and at most 100000"},
		"an unknown attack":                    {func(o *Options) { o.Scripts = []string{"worm", "zorro"} }, `attack "zorro": there is no such attack; the attacks are backscatter, `},
		"too few days for all attacks":         {func(o *Options) { o.Days = 8 }, "days 8: attack eleven-hours ends "},
		"too few days for the selected attack": {func(o *Options) { o.Days, o.Scripts = 7, []string{"beacon"} }, "days 7: attack beacon ends 182h55m2s after the start"},
		"too few days for a load test":         {func(o *Options) { o.Days, o.Records = 3, 1_000_000 }, "days 3: attack long-tunnel ends"},
	} {
		t.Run(name, func(t *testing.T) {
			o := DefaultOptions()
			test.change(&o)
			assert.ErrorContains(t, o.Validate(), test.want)
		})
	}
	justEnough := DefaultOptions()
	justEnough.Days = 9
	assert.NoError(t, justEnough.Validate())
}
