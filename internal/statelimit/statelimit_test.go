// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package statelimit

import (
	"errors"
	"testing"

	"github.com/KimMachineGun/automemlimit/memlimit"
	"github.com/stretchr/testify/require"
)

func TestDefaultStateIsAQuarterOfTheMemory(t *testing.T) {
	of := func(mib uint64) memlimit.Provider { return func() (uint64, error) { return mib << 20, nil } }
	none := func() (uint64, error) { return 0, errors.New("no limit") }
	for name, c := range map[string]struct {
		cgroup, system memlimit.Provider
		want           int
	}{
		"a container smaller than the machine": {of(4096), of(16384), 1024},
		"a container without a limit":          {none, of(16384), 4096},
		"a limit larger than the machine":      {of(1 << 40), of(8192), 2048},
		"a small machine":                      {none, of(1023), 256},
		"just above the minimum":               {none, of(1028), 257},
		"unknown memory":                       {none, none, 256},
	} {
		require.Equal(t, c.want, quarter(c.cgroup, c.system), name)
	}
	require.GreaterOrEqual(t, Default(), least)
}
