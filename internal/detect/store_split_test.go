// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestStateOfSomeScopesKnowsOnlyTheirPairs(t *testing.T) {
	e := newRecordingEngine(t, learnt)
	for n, account := range []string{"111111111111", "222222222222", "333333333333"} {
		f := talk(uint32(n), t0)
		f.Account = account
		e.feed(f)
	}
	require.Equal(t, []string{"111111111111", "222222222222", "333333333333"}, e.Scopes())
	store := newMemoryStore()
	require.NoError(t, store.write(e.SaveScopes(func(account string) bool { return account != "222222222222" })))
	found, err := HasState(store.get)
	require.NoError(t, err)
	require.True(t, found)

	next := store.restart(t, learnt)
	require.Equal(t, []string{"111111111111", "333333333333"}, next.Scopes())
	for n, account := range e.Scopes() {
		f := talk(uint32(n), t0+60)
		f.Account = account
		next.feed(f)
		if account == "222222222222" {
			require.Len(t, next.statuses("new_internal_peer"), 1, "its pair is new")
		} else {
			require.Empty(t, next.statuses("new_internal_peer"), "the pair of %s is known", account)
		}
	}
}

func TestStoreWithoutScopesHasNoState(t *testing.T) {
	found, err := HasState(newMemoryStore().get)
	require.NoError(t, err)
	require.False(t, found)
}
