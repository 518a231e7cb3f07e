// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestSampler(t *testing.T) {
	var s sampler
	begin := time.Unix(1000, 0)
	for _, step := range []struct {
		name  string
		after time.Duration
		n     int64
		since int64
		ok    bool
	}{
		{"the first passes", 0, 2, 2, true},
		{"the next does not", 0, 3, 0, false},
		{"nor does one a little before its time", sampleInterval - 1, 4, 0, false},
		{"one at its time tells of those before", sampleInterval, 5, 12, true},
		{"and the interval begins anew", 2*sampleInterval - 1, 1, 0, false},
		{"until it has passed", 2 * sampleInterval, 1, 2, true},
	} {
		since, ok := s.pass(begin.Add(step.after), step.n)
		assert.Equal(t, step.ok, ok, step.name)
		assert.Equal(t, step.since, since, step.name)
	}
}
