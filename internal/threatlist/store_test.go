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

// memory is a storage client.
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

func TestLastGoodCopyOutlivesARestart(t *testing.T) {
	kept := memory{}
	first := stores(feed(&script{answers: []any{lines(10), "", ErrUnchanged}}), kept)
	for i := range 3 {
		_, _ = first.Poll(t.Context(), noon.Add(time.Duration(i)*24*time.Hour))
	}
	confirmed := noon.Add(48 * time.Hour)
	source := &script{answers: []any{errDown}}
	second := stores(feed(source), kept)
	found, err := second.Restore(t.Context(), confirmed.Add(time.Hour))
	require.NoError(t, err)
	assert.True(t, found)
	assert.Len(t, second.Listed(), 10)
	assert.Equal(t, Version{ETag: "1", Time: confirmed}, second.Version())

	_, err = second.Poll(t.Context(), confirmed.Add(6*time.Hour-time.Second))
	require.NoError(t, err)
	assert.Empty(t, source.asked, "the copy is younger than the interval")
	_, err = second.Poll(t.Context(), confirmed.Add(6*time.Hour))
	require.ErrorIs(t, err, errDown)
	assert.Equal(t, []Version{{ETag: "1", Time: confirmed}}, source.asked)
	assert.Len(t, second.Listed(), 10)

	ahead := stores(feed(source), kept)
	_, err = ahead.Restore(t.Context(), noon)
	require.NoError(t, err)
	assert.Equal(t, noon.Add(6*time.Hour), ahead.due, "a time ahead of the clock is not believed")
}

func TestCopyThatIsOfNoUseIsNotRestored(t *testing.T) {
	kept := memory{}
	_, err := stores(feed(&script{answers: []any{lines(10)}}), kept).Poll(t.Context(), noon)
	require.NoError(t, err)
	for _, tt := range []struct {
		name    string
		change  func(memory, *Feed)
		wantErr string
	}{
		{"nothing was kept", func(m memory, _ *Feed) { clear(m) }, ""},
		{"no text", func(m memory, _ *Feed) { delete(m, "threat_list/list/text") }, ""},
		{"no store", func(_ memory, f *Feed) { f.Store = nil }, ""},
		{"of another source", func(_ memory, f *Feed) { f.Source = NewURLSource(nil, "https://example.com", limit) }, ""},
		{"of another list", func(_ memory, f *Feed) { f.Name = "other" }, ""},
		{"a broken head", func(m memory, _ *Feed) { m["threat_list/list/head"] = []byte("{") }, `the copy of list "list" that was kept: `},
		{"a broken text", func(m memory, _ *Feed) { m["threat_list/list/text"] = m["threat_list/list/text"][:20] }, `the copy of list "list" that was kept: gzip: `},
		{"of another format", func(_ memory, f *Feed) { f.Format = "stix" }, "is not a STIX bundle"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := maps.Clone(kept)
			f := stores(feed(&script{}), m)
			tt.change(m, f)
			found, err := f.Restore(t.Context(), noon)
			assert.False(t, found)
			assert.Empty(t, f.Listed())
			if tt.wantErr == "" {
				assert.NoError(t, err)
			} else {
				assert.ErrorContains(t, err, tt.wantErr)
			}
		})
	}
}

// full is a storage client that takes nothing under keys with a certain end.
type full struct {
	memory
	end string
}

func (f full) Set(ctx context.Context, key string, value []byte) error {
	if strings.HasSuffix(key, f.end) {
		return errors.New("disk full")
	}
	return f.memory.Set(ctx, key, value)
}

func TestCopyThatCannotBeKeptIsUsed(t *testing.T) {
	for _, end := range []string{"/head", "/text"} {
		source := &script{answers: []any{lines(3)}}
		f := stores(feed(source), full{memory{}, end})
		changed, err := f.Poll(t.Context(), noon)
		require.EqualError(t, err, "the new copy is used, but could not be kept: disk full")
		assert.True(t, changed)
		assert.Len(t, f.Listed(), 3)
		assert.Zero(t, f.Failures())
		assert.Equal(t, noon.Add(6*time.Hour), f.due, "the server is not asked again for that")
	}
}
