// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// textOf returns a text that stores its copies. It rejects the copy "bad".
func textOf(client Client, used *string, results ...any) *Text {
	return &Text{
		Name: "text", Source: &script{results: results}, Interval: time.Minute, Store: NewStore(client), Random: noJitter,
		Use: func(text []byte) error {
			if string(text) == "bad" {
				return errors.New("is bad")
			}
			*used = string(text)
			return nil
		},
	}
}

func TestTextKeepsTheLastGoodCopy(t *testing.T) {
	var used string
	stored := memory{}
	text := textOf(stored, &used, "first", "bad", ErrUnchanged, errDown, "second")
	now := noon
	for _, step := range []struct {
		changed bool
		err     string
		used    string
	}{{true, "", "first"}, {false, "is bad", "first"}, {false, "", "first"}, {false, "down", "first"}, {true, "", "second"}} {
		changed, err := text.Poll(t.Context(), now)
		assert.Equal(t, step.changed, changed)
		if step.err == "" {
			require.NoError(t, err)
		} else {
			require.EqualError(t, err, step.err)
		}
		assert.Equal(t, step.used, used)
		changed, err = text.Poll(t.Context(), now.Add(time.Minute-1))
		require.NoError(t, err, "not due")
		assert.False(t, changed)
		now = now.Add(time.Minute)
	}
	confirmed := noon.Add(2 * time.Minute)
	assert.Equal(t, []Version{
		{},
		{ETag: "f", Time: noon},
		{ETag: "f", Time: noon},
		{ETag: "f", Time: confirmed},
		{ETag: "f", Time: confirmed},
	}, text.Source.(*script).requested)
}

func TestTextIsRestored(t *testing.T) {
	var used string
	stored := memory{}
	_, err := textOf(stored, &used, "first").Poll(t.Context(), noon)
	require.NoError(t, err)

	used = ""
	text := textOf(stored, &used, ErrUnchanged)
	found, err := text.Restore(t.Context(), noon.Add(30*time.Second))
	require.NoError(t, err)
	assert.True(t, found)
	assert.Equal(t, "first", used)
	_, err = text.Poll(t.Context(), noon.Add(time.Minute-1))
	require.NoError(t, err)
	assert.Empty(t, text.Source.(*script).requested, "the copy is newer than the interval")
	_, err = text.Poll(t.Context(), noon.Add(time.Minute))
	require.NoError(t, err)
	assert.Equal(t, []Version{{ETag: "f", Time: noon}}, text.Source.(*script).requested)

	ahead := textOf(stored, &used)
	_, err = ahead.Restore(t.Context(), noon.Add(-time.Hour))
	require.NoError(t, err)
	assert.Equal(t, noon.Add(-59*time.Minute), ahead.schedule.due, "a version time in the future does not delay the fetch")

	none, err := textOf(memory{}, &used).Restore(t.Context(), noon)
	require.NoError(t, err)
	assert.False(t, none)
}

func TestStoredTextThatIsRejectedIsFetched(t *testing.T) {
	var used string
	stored := memory{}
	require.NoError(t, NewStore(stored).save(t.Context(), "text", "script", Version{ETag: "b", Time: noon}, []byte("bad")))
	text := textOf(stored, &used, "first")
	found, err := text.Restore(t.Context(), noon)
	require.EqualError(t, err, "is bad")
	assert.False(t, found)
	changed, err := text.Poll(t.Context(), noon)
	require.NoError(t, err)
	assert.True(t, changed)
	assert.Equal(t, []Version{{}}, text.Source.(*script).requested, "the request is unconditional")
}

func TestTextRemainsDueIfTheContextEnds(t *testing.T) {
	var used string
	text := textOf(memory{}, &used, context.Canceled, "first")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := text.Poll(ctx, noon)
	require.ErrorIs(t, err, context.Canceled)
	changed, err := text.Poll(t.Context(), noon)
	require.NoError(t, err)
	assert.True(t, changed)
}
