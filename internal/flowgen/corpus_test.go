// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCorpusHasTheNumberOfLinesAndTheAttacks(t *testing.T) {
	for _, version := range Versions() {
		lines, err := Corpus(version, 3, 20_000)
		require.NoError(t, err)
		all := slices.Collect(lines)
		assert.Len(t, all, 20_000)
		fields := len(strings.Fields(Header(version)))
		attackers := 0
		for _, line := range all {
			require.Len(t, strings.Fields(line), fields)
			if strings.Contains(line, ".203.0.113 ") {
				attackers++
			}
		}
		assert.Greater(t, attackers, 200)
		assert.Equal(t, all, slices.Collect(lines), "the same when read again")
	}
	_, err := Corpus(2, 3, 0)
	require.EqualError(t, err, "records 0: a corpus needs at least one")
	_, err = Corpus(4, 3, 10)
	require.ErrorContains(t, err, "version 4")
	few, err := Corpus(2, 3, 10)
	require.NoError(t, err)
	assert.Len(t, slices.Collect(few), 10)
}

func BenchmarkCorpus(b *testing.B) {
	for b.Loop() {
		lines, err := Corpus(2, 1, 100_000)
		require.NoError(b, err)
		for range lines {
		}
	}
}
