// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package delivery

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestInputsDifferInEachPartOfTheirName(t *testing.T) {
	seen := map[Input]bool{}
	for _, parts := range [][]string{{"a", "b"}, {"ab"}, {"ab", ""}, {"", "ab"}, {"a", "b", ""}, nil} {
		require.False(t, seen[NewInput(parts...)], "%q", parts)
		seen[NewInput(parts...)] = true
	}
	require.True(t, seen[NewInput("a", "b")], "the same in each call")
}

func TestContextHasTheBatchUntilItIsClosed(t *testing.T) {
	require.Nil(t, FromContext(t.Context()))
	b := &Batch{First: 3, Records: 4}
	ctx := NewContext(t.Context(), b)
	require.Same(t, b, FromContext(ctx))
	require.Equal(t, int64(7), b.End())
	require.Empty(t, b.Close())
	require.Nil(t, FromContext(ctx), "the receiver no longer waits")
}

func TestSaveConfirmsAllBatchesThatWereClaimedBefore(t *testing.T) {
	c := NewClaimant(nil)
	first, second, third := new(Batch), new(Batch), new(Batch)
	require.True(t, c.Claim(first))
	require.True(t, c.Claim(first), "by two parts of the same batch")
	require.True(t, c.Claim(second))
	claims := first.Close()
	require.Len(t, claims, 1)
	require.Equal(t, claims, second.Close(), "batches between two saves share a claim")
	require.False(t, claims[0].IsConfirmed())

	c.Confirm()
	require.True(t, claims[0].IsConfirmed())
	<-claims[0].Confirmed()
	require.True(t, c.Claim(third))
	require.False(t, third.Close()[0].IsConfirmed(), "needs the next save")
	c.Confirm()
	c.Confirm()
	require.True(t, third.claims[0].IsConfirmed())
}

func TestEachComponentClaimsABatch(t *testing.T) {
	one, other := NewClaimant(nil), NewClaimant(nil)
	b := new(Batch)
	require.True(t, one.Claim(b))
	require.True(t, other.Claim(b))
	claims := b.Close()
	one.Confirm()
	require.Len(t, claims, 2)
	require.True(t, claims[0].IsConfirmed())
	require.False(t, claims[1].IsConfirmed())
}

func TestClosedBatchCannotBeClaimed(t *testing.T) {
	b := new(Batch)
	b.Close()
	require.False(t, NewClaimant(nil).Claim(b))
	require.Empty(t, b.Close())
}

func TestClaimAsksItsComponentToSave(t *testing.T) {
	asked := 0
	b := new(Batch)
	require.True(t, NewClaimant(func() { asked++ }).Claim(b))
	b.Close()[0].SaveSoon()
	require.Equal(t, 1, asked)
}

func TestPartsOfABatchHaveTheSameStart(t *testing.T) {
	b := new(Batch)
	one, other := new(int), new(int)
	require.Equal(t, int64(5), b.Start(one, func() int64 { return 5 }))
	require.Equal(t, int64(5), b.Start(one, func() int64 { return 9 }), "although the first part was counted meanwhile")
	require.Equal(t, int64(9), b.Start(other, func() int64 { return 9 }))
}
