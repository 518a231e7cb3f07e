// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"
)

func inputID(n int) (id [16]byte) {
	binary.BigEndian.PutUint64(id[4:], uint64(n)+1)
	return id
}

func TestPositionsOfInputsAreSavedWithTheState(t *testing.T) {
	store := newMemoryStore()
	w := store.restart(t, nil)
	require.Zero(t, w.Counted(inputID(1)))
	w.Count(inputID(1), 1000)
	w.Count(inputID(2), 5)
	require.NoError(t, w.Save(store.write))
	w.Count(inputID(1), 2000)
	require.Equal(t, int64(2000), w.Counted(inputID(1)))

	w = store.restart(t, nil)
	require.Equal(t, int64(1000), w.Counted(inputID(1)), "as of the save")
	require.Equal(t, int64(5), w.Counted(inputID(2)))
	w.Count(inputID(1), 400)
	require.Equal(t, int64(1000), w.Counted(inputID(1)), "never moves back")
}

func TestNewKeysAreSavedWithoutPositions(t *testing.T) {
	store := newMemoryStore()
	w := store.restart(t, learnt)
	w.feed(talk(1, t0))
	require.NoError(t, w.Save(store.write))
	w.Count(inputID(1), 1)
	w.feed(talk(2, t0))
	require.True(t, w.HasNewKeys())
	require.NoError(t, w.SaveNewKeys(store.write))
	w = store.restart(t, learnt)
	require.Zero(t, w.Counted(inputID(1)), "the windows of its records are not saved")
}

func TestInputThatWasReadLongestAgoIsEvicted(t *testing.T) {
	inputs := newInputs(2)
	w := newRecordingEngine(t, nil)
	w.Engine.inputs = inputs
	for n := range 3 {
		w.Count(inputID(n), 10)
		w.Count(inputID(0), 20)
	}
	require.Equal(t, int64(20), w.Counted(inputID(0)))
	require.Zero(t, w.Counted(inputID(1)))
	require.Equal(t, int64(10), w.Counted(inputID(2)))
}
