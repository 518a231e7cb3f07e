// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// memory is a storage client in memory.
type memory map[string][]byte

func (m memory) Get(_ context.Context, key string) ([]byte, error) { return m[key], nil }

func (m memory) Set(_ context.Context, key string, value []byte) error {
	m[key] = value
	return nil
}

func stores(f *Feed, client Client) *Feed {
	f.Store = NewStore(client)
	return f
}

func TestRestoreLoadsTheLastGoodCopy(t *testing.T) {
	stored := memory{}
	first := stores(feed(&script{results: []any{lines(10), "", ErrUnchanged}}), stored)
	for i := range 3 {
		_, _ = first.Poll(t.Context(), noon.Add(time.Duration(i)*24*time.Hour))
	}
	confirmed := noon.Add(48 * time.Hour)
	source := &script{results: []any{errDown}}
	second := stores(feed(source), stored)
	found, err := second.Restore(t.Context(), confirmed.Add(time.Hour))
	require.NoError(t, err)
	assert.True(t, found)
	assert.Len(t, second.Active(), 10)
	assert.Equal(t, Version{ETag: "1", Time: confirmed}, second.Version())

	_, err = second.Poll(t.Context(), confirmed.Add(6*time.Hour-time.Second))
	require.NoError(t, err)
	assert.Empty(t, source.requested, "the copy is newer than the interval")
	_, err = second.Poll(t.Context(), confirmed.Add(6*time.Hour))
	require.ErrorIs(t, err, errDown)
	assert.Equal(t, []Version{{ETag: "1", Time: confirmed}}, source.requested)
	assert.Len(t, second.Active(), 10)

	ahead := stores(feed(source), stored)
	_, err = ahead.Restore(t.Context(), noon)
	require.NoError(t, err)
	assert.Equal(t, noon.Add(6*time.Hour), ahead.schedule.due, "a version time in the future does not delay the fetch")
}

func TestRestoreIgnoresUnusableCopies(t *testing.T) {
	stored := memory{}
	_, err := stores(feed(&script{results: []any{lines(10)}}), stored).Poll(t.Context(), noon)
	require.NoError(t, err)
	for _, tt := range []struct {
		name    string
		change  func(memory, *Feed)
		wantErr string
	}{
		{"an empty store", func(m memory, _ *Feed) { clear(m) }, ""},
		{"no text", func(m memory, _ *Feed) { delete(m, "threat_list/list/text") }, ""},
		{"no store", func(_ memory, f *Feed) { f.Store = nil }, ""},
		{"a copy from another source", func(_ memory, f *Feed) { f.Source = NewURLSource(nil, "https://example.com", limit) }, ""},
		{"a copy of another list", func(_ memory, f *Feed) { f.Name = "other" }, ""},
		{"an invalid version", func(m memory, _ *Feed) { m["threat_list/list/head"] = []byte("{") }, `decode stored version of list "list": `},
		{"a truncated text", func(m memory, _ *Feed) { m["threat_list/list/text"] = m["threat_list/list/text"][:20] }, `decompress stored copy of list "list": gzip: `},
		{"a copy in another format", func(_ memory, f *Feed) { f.Format = "stix" }, "is not a STIX bundle"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := maps.Clone(stored)
			f := stores(feed(&script{}), m)
			tt.change(m, f)
			found, err := f.Restore(t.Context(), noon)
			assert.False(t, found)
			assert.Empty(t, f.Active())
			if tt.wantErr == "" {
				assert.NoError(t, err)
			} else {
				assert.ErrorContains(t, err, tt.wantErr)
			}
		})
	}
}

// full is a storage client that rejects keys with a certain suffix.
type full struct {
	memory
	suffix string
}

func (f full) Set(ctx context.Context, key string, value []byte) error {
	if strings.HasSuffix(key, f.suffix) {
		return errors.New("disk full")
	}
	return f.memory.Set(ctx, key, value)
}

func TestPollUsesACopyThatCannotBeStored(t *testing.T) {
	for suffix, want := range map[string]string{
		"/head": "store the version of the copy in use: disk full",
		"/text": "store the new copy of the list, which is already in use: disk full",
	} {
		source := &script{results: []any{lines(3)}}
		f := stores(feed(source), full{memory{}, suffix})
		changed, err := f.Poll(t.Context(), noon)
		require.EqualError(t, err, want)
		assert.True(t, changed)
		assert.Len(t, f.Active(), 3)
		assert.Zero(t, f.Failures())
		assert.Equal(t, noon.Add(6*time.Hour), f.schedule.due, "a storage error does not cause a fetch")
	}
}
