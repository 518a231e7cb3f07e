// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFewerShardsKeepTheLatestKeys(t *testing.T) {
	store := newMemoryStore()
	w := store.restart(t, func(cfg *Config) {
		learnt(cfg)
		cfg.Shards = 4
	})
	for n := range uint32(100) {
		w.feed(talk(n, t0+int64(n)))
	}
	require.NoError(t, w.Save(store.write))
	w = store.restart(t, func(cfg *Config) {
		learnt(cfg)
		change("new_internal_peer", func(set *Settings) { set.MaxKeys = 10 })(cfg)
	})
	for n := range uint32(10) {
		w.feed(talk(90+n, t0+100))
	}
	require.Empty(t, w.statuses("new_internal_peer"), "the ten latest pairs are known")
	w.feed(talk(89, t0+100))
	require.Len(t, w.statuses("new_internal_peer"), 1)
}

func TestRuleWithFewKeysIsNotDivided(t *testing.T) {
	for keys, want := range map[int]int{2*minKeys - 1: 1, 2 * minKeys: 2} {
		w := newRecordingEngine(t, func(cfg *Config) {
			cfg.Shards = 2
			change("new_internal_peer", func(set *Settings) { set.MaxKeys = keys })(cfg)
		})
		for _, r := range w.running {
			if r.Rule == newInternalPeer {
				require.Len(t, r.parts, want)
			}
		}
	}
}
