// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/extension/xextension/storage"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

func openTestStore(t *testing.T, client Client, maximum uint64) *Store {
	t.Helper()
	s, err := OpenStore(t.Context(), client, "files", maximum, nil)
	require.NoError(t, err)
	return s
}

// source is a checkpoint with a field that a source adds.
type source struct {
	Checkpoint
	Extra string `json:"extra"`
}

func TestACheckpointIsStored(t *testing.T) {
	client := memory{}
	s := openTestStore(t, client, 10)
	want := &source{Checkpoint: NewCheckpoint(100, flow.TransitGateway), Extra: "x"}
	want.add(flow.Counts{Records: 2, Headers: 1, Bad: map[flow.Reason]int{flow.BadValue: 3, flow.TooLong: 4}})
	want.LinesAhead, want.InLongLine, want.Outcome = 5, true, OutcomeRead
	require.NoError(t, s.Save(t.Context(), "k", want))
	for range 2 {
		var got source
		found, err := s.Load(t.Context(), "k", &got)
		require.NoError(t, err)
		require.True(t, found)
		assert.EqualValues(t, 7, got.BadLines)
		assert.Equal(t, want.format.String(), got.format.String())
		got.format = want.format
		assert.Equal(t, *want, got)
		s = openTestStore(t, client, 10)
	}
	found, err := s.Load(t.Context(), "other", new(source))
	require.NoError(t, err)
	assert.False(t, found)
}

func TestCheckpointsWithTheSameFormatShareIt(t *testing.T) {
	s := openTestStore(t, memory{}, 10)
	var loaded [2]Checkpoint
	for i := range loaded {
		c := NewCheckpoint(100, flow.TransitGateway)
		require.NoError(t, s.Save(t.Context(), strconv.Itoa(i), &c))
		_, err := s.Load(t.Context(), strconv.Itoa(i), &loaded[i])
		require.NoError(t, err)
	}
	assert.Same(t, loaded[0].format, loaded[1].format)
}

func TestCheckpointsAreBounded(t *testing.T) {
	client, evicted := memory{}, 0
	s, err := OpenStore(t.Context(), client, "files", 3, func() { evicted++ })
	require.NoError(t, err)
	known := func() (keys []string) {
		for n := range 10 {
			if found, err := s.Load(t.Context(), strconv.Itoa(n), new(Checkpoint)); found && assert.NoError(t, err) {
				keys = append(keys, strconv.Itoa(n))
			}
		}
		return keys
	}
	save := func(n int, c *Checkpoint) { require.NoError(t, s.Save(t.Context(), strconv.Itoa(n), c)) }
	first := new(Checkpoint)
	save(0, first)
	save(1, new(Checkpoint))
	save(2, new(Checkpoint))
	save(0, first)
	assert.Equal(t, []string{"0", "1", "2"}, known())
	assert.Zero(t, evicted)
	save(3, new(Checkpoint))
	assert.Equal(t, []string{"1", "2", "3"}, known(), "the first is evicted")
	assert.Equal(t, 1, evicted)
	save(0, first)
	assert.Equal(t, []string{"0", "2", "3"}, known(), "and is stored again when it advances")
	save(0, first)
	assert.Len(t, client, 3+3+1)

	// The bound applies after a restart, too.
	s = openTestStore(t, client, 3)
	for n := 4; n < 10; n++ {
		save(n, new(Checkpoint))
	}
	assert.Equal(t, []string{"7", "8", "9"}, known())
	assert.Len(t, client, 3+3+1)
}

func TestEachVisitsAllCheckpointsInTheirOrder(t *testing.T) {
	client := memory{}
	s := openTestStore(t, client, 2500)
	visited := func() (offsets []int64) {
		require.NoError(t, s.Each(t.Context(), func(key string, load func(Progress) error) {
			var c Checkpoint
			assert.NoError(t, load(&c))
			assert.Equal(t, fmt.Sprint("k", c.Offset), key)
			offsets = append(offsets, c.Offset)
		}))
		return offsets
	}
	assert.Empty(t, visited())
	var want []int64
	for n := range int64(4000) {
		require.NoError(t, s.Save(t.Context(), fmt.Sprint("k", n), &Checkpoint{Offset: n}))
		if n >= 1500 {
			want = append(want, n)
		}
	}
	assert.Equal(t, want, visited())
	s = openTestStore(t, client, 2500)
	assert.Equal(t, want, visited())
}

// failing is a client that fails after a number of calls.
type failing struct {
	memory
	after int
}

var errDisk = errors.New("disk full")

func (s *failing) Get(ctx context.Context, key string) ([]byte, error) {
	if s.after--; s.after < 0 {
		return nil, errDisk
	}
	return s.memory.Get(ctx, key)
}

func (s *failing) Batch(ctx context.Context, ops ...*storage.Operation) error {
	if s.after--; s.after < 0 {
		return errDisk
	}
	return s.memory.Batch(ctx, ops...)
}

func TestClientErrorsAreReturned(t *testing.T) {
	_, err := OpenStore(t.Context(), &failing{}, "files", 10, nil)
	require.ErrorIs(t, err, errDisk)

	client := &failing{memory: memory{}, after: 1 << 20}
	s := openTestStore(t, client, 10)
	for calls := range 2 {
		client.after = calls
		c := &Checkpoint{Offset: 1}
		require.ErrorIs(t, s.Save(t.Context(), "k", c), errDisk)
		assert.Equal(t, Checkpoint{Offset: 1}, *c, "the checkpoint does not count as stored")
		assert.Zero(t, s.next)
	}
	client.after = 0
	_, err = s.Load(t.Context(), "k", new(Checkpoint))
	require.ErrorIs(t, err, errDisk)
	client.after = 1 << 20
	require.NoError(t, s.Save(t.Context(), "k", new(Checkpoint)))
	for calls := range 2 {
		client.after = calls
		require.ErrorIs(t, s.Each(t.Context(), nil), errDisk)
	}
}

func TestAStoredCheckpointThatCannotBeReadIsAnError(t *testing.T) {
	for name, test := range map[string]struct{ value, want string }{
		"no JSON":    {"x", "checkpoint k: "},
		"bad format": {`{"offset":1,"format":"A B"}`, "format of checkpoint k: "},
	} {
		t.Run(name, func(t *testing.T) {
			s := openTestStore(t, memory{"files.checkpoint.k": []byte(test.value)}, 10)
			found, err := s.Load(t.Context(), "k", new(Checkpoint))
			assert.False(t, found)
			assert.ErrorContains(t, err, test.want)
		})
	}
}
