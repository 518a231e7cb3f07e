// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package portset

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestSetHasExactlyItsPorts(t *testing.T) {
	s := New([]int{0, 22, 63, 64, 65535})
	var got []int
	for port := range 1 << 16 {
		if s.Has(uint16(port)) {
			got = append(got, port)
		}
	}
	assert.Equal(t, []int{0, 22, 63, 64, 65535}, got)
}
