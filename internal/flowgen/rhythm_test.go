// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRhythms(t *testing.T) {
	clock := func(s string) int64 {
		at, err := time.Parse("2006-01-02 15:04", s)
		require.NoError(t, err)
		return at.Unix()
	}
	friday, saturday, sunday, monday := clock("2026-03-06 10:30"), clock("2026-03-07 10:30"), clock("2026-03-08 10:30"), clock("2026-03-09 10:30")
	assert.False(t, weekend(friday))
	assert.True(t, weekend(saturday))
	assert.True(t, weekend(sunday))
	assert.False(t, weekend(monday))

	assert.Greater(t, officeHours(friday), officeHours(clock("2026-03-06 12:30")), "lunch")
	assert.Greater(t, officeHours(clock("2026-03-06 12:30")), officeHours(clock("2026-03-06 22:30")))
	assert.InDelta(t, officeHours(clock("2026-03-06 03:00")), officeHours(saturday), 0, "nights and weekends are equal")
	assert.Greater(t, shoppers(clock("2026-03-06 20:30")), shoppers(friday), "the evening is busiest")
	assert.Greater(t, shoppers(saturday), shoppers(friday))
	assert.Less(t, shoppers(clock("2026-03-06 03:30")), 0.1)
	for hour := range int64(7 * 24) {
		for _, r := range []rhythm{constantly, officeHours, shoppers} {
			busy := r(monday + hour*3600)
			assert.Greater(t, busy, 0.0)
			assert.LessOrEqual(t, busy, 1.0)
		}
	}
}
