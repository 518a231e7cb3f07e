// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package delivery

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPartitionStartsAtTheLeastSavedPosition(t *testing.T) {
	p := NewPartition("t", 3, NewInput("t"), nil)
	require.Zero(t, p.Counted())
	for i, counted := range []int64{0, 7, 0, 5, 9} {
		require.True(t, p.Hold(Holder{Component: i, Counted: counted}))
	}
	require.Equal(t, int64(5), p.Counted())
	require.True(t, p.Hold(Holder{Component: 3, Counted: 1}))
	require.Equal(t, int64(5), p.Counted(), "a component is added once")
}

func TestReleaseReachesEachComponentOnce(t *testing.T) {
	p := NewPartition("t", 3, NewInput("t"), nil)
	failed := errors.New("failed")
	var saves []bool
	hold := func(component int, err error) bool {
		return p.Hold(Holder{Component: component, Release: func(_ context.Context, save bool) error {
			saves = append(saves, save)
			return err
		}})
	}
	require.True(t, hold(1, failed))
	require.True(t, hold(2, nil))
	require.ErrorIs(t, p.Release(t.Context(), true), failed)
	require.Equal(t, []bool{true, true}, saves)
	require.False(t, hold(3, nil), "the component must drop its state")
	require.NoError(t, p.Release(t.Context(), false))
	require.Len(t, saves, 2)
}

func TestContextHasThePartition(t *testing.T) {
	require.Nil(t, PartitionFromContext(t.Context()))
	lost := 0
	p := NewPartition("t", 3, NewInput("t"), func() { lost++ })
	require.Same(t, p, PartitionFromContext(NewPartitionContext(t.Context(), p)))
	p.Lose()
	require.Equal(t, 1, lost)
}
