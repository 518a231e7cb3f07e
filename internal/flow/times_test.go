// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestLargeTimesAreInMilliseconds(t *testing.T) {
	const limit = int64(1) << 33
	for name, test := range map[string]struct{ time, seconds, nanoseconds int64 }{
		"seconds":                            {1418530010, 1418530010, 1418530010e9},
		"the largest time in seconds":        {limit, limit, limit * 1e9},
		"the smallest time in milliseconds":  {limit + 1, 8589934, (limit + 1) * 1e6},
		"milliseconds that are rounded down": {1745899200999, 1745899200, 1745899200999e6},
		"the largest time":                   {MaxTime, limit, limit * 1e9},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.seconds, Seconds(test.time))
			assert.Equal(t, test.nanoseconds, nanoseconds(test.time))
		})
	}
	_, reason := ParseNumber(strconv.FormatInt(MaxTime+1, 10), MaxTime)
	assert.Equal(t, BadValue, reason)
}
