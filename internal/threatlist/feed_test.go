// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// script is a source that returns a sequence of texts and errors.
type script struct {
	results   []any     // texts and errors
	requested []Version // the last version in each request
}

func (s *script) String() string { return "script" }
func (s *script) ID() string     { return "script" }

func (s *script) Fetch(_ context.Context, now time.Time, last Version) (Version, []byte, error) {
	s.requested = append(s.requested, last)
	result := s.results[0]
	s.results = s.results[1:]
	if err, ok := result.(error); ok {
		return Version{}, nil, err
	}
	text := result.(string)
	return Version{ETag: text[:min(1, len(text))], Time: now}, []byte(text), nil
}

func lines(n int) string { return strings.Repeat("1.2.3.4\n", n) }

func noJitter() float64 { return 0 }

func feed(s Source) *Feed {
	return NewFeed(FeedSettings{Name: "list", Source: s, Interval: 6 * time.Hour, Random: noJitter})
}

var errDown = errors.New("down")

func TestPollUsesANewCopyIfItIsPlausible(t *testing.T) {
	for _, tt := range []struct {
		name       string
		before     any
		after      any
		allowEmpty bool
		file       bool
		want       int
		wantErr    string
	}{
		{name: "more entries", before: lines(2), after: lines(3), want: 3},
		{name: "half", before: lines(10), after: lines(5), want: 5},
		{name: "less than half", before: lines(10), after: lines(4), want: 10, wantErr: "the new copy has 4 entries, less than half of 10"},
		{name: "less than half of an odd number", before: lines(5), after: lines(2), want: 5, wantErr: "the new copy has 2 entries, less than half of 5"},
		{name: "less than half, allowed", before: lines(10), after: lines(4), allowEmpty: true, want: 4},
		{name: "less than half, of a file", before: lines(10), after: lines(4), file: true, want: 4},
		{name: "no entries", before: lines(1), after: "", want: 1, wantErr: "the new copy has no valid entry and 0 invalid ones"},
		{name: "no entries, allowed", before: lines(1), after: "", allowEmpty: true, want: 0},
		{name: "no entries, of a file", before: lines(1), after: "", file: true, want: 1, wantErr: "the new copy has no valid entry"},
		{name: "no entries in the first copy", before: errDown, after: "", want: 0, wantErr: "the new copy has no valid entry"},
		{name: "no entries in the first copy, of a file", before: errDown, after: "", file: true, want: 0},
		{name: "an HTML page", before: lines(1), after: "<html>\n<body>\n", want: 1, wantErr: "the new copy has no valid entry and 2 invalid ones"},
		{name: "another kind of JSON", before: lines(1), after: `{"error":"limit"}`, want: 1, wantErr: "threat list list: is JSON, but"},
		{name: "a fetch error", before: lines(1), after: errDown, want: 1, wantErr: "down"},
		{name: "no change", before: lines(1), after: ErrUnchanged, want: 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := feed(&script{results: []any{tt.before, tt.after}})
			f.AllowEmpty = tt.allowEmpty
			if tt.file {
				f.Interval = 0
			}
			_, err := f.Poll(t.Context(), noon)
			_, fails := tt.before.(error)
			assert.Equal(t, fails, err != nil)
			failures := f.Failures()
			changed, err := f.Poll(t.Context(), noon.Add(6*time.Hour))
			if tt.wantErr == "" {
				require.NoError(t, err)
				_, isCopy := tt.after.(string)
				assert.Equal(t, isCopy, changed)
				assert.Equal(t, failures, f.Failures())
			} else {
				require.ErrorContains(t, err, tt.wantErr)
				assert.False(t, changed)
				assert.Equal(t, failures+1, f.Failures())
			}
			assert.Len(t, f.Active(), tt.want)
			assert.Equal(t, tt.want, f.Len())
		})
	}
}

func TestPollFetchesWhenTheListIsDue(t *testing.T) {
	busy := func(after time.Duration) error { return &StatusError{Code: 429, RetryAfter: after} }
	for _, tt := range []struct {
		name    string
		results []any
		random  float64
		want    []time.Duration // between one fetch and the next
	}{
		{"after each interval", []any{lines(1), ErrUnchanged, lines(1)}, 0, []time.Duration{6 * time.Hour, 6 * time.Hour}},
		{"after up to a tenth more", []any{lines(1), lines(1)}, 0.5, []time.Duration{6*time.Hour + 18*time.Minute}},
		{"earlier after failures", []any{errDown, errDown, errDown, lines(1), errDown, lines(1)}, 0, []time.Duration{
			5 * time.Minute, 10 * time.Minute, 20 * time.Minute, 6 * time.Hour, 5 * time.Minute,
		}},
		{"never later than after the interval", []any{errDown, errDown, errDown, errDown, errDown, errDown, errDown, errDown, lines(1)}, 0, []time.Duration{
			5 * time.Minute, 10 * time.Minute, 20 * time.Minute, 40 * time.Minute, 80 * time.Minute, 160 * time.Minute, 320 * time.Minute, 6 * time.Hour,
		}},
		{"as Retry-After says", []any{busy(time.Hour), busy(time.Minute), busy(0), lines(1)}, 0, []time.Duration{time.Hour, 10 * time.Minute, 20 * time.Minute}},
		{"but after 24 hours at the latest", []any{busy(1000 * time.Hour), lines(1)}, 0, []time.Duration{24 * time.Hour}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			source := &script{results: tt.results}
			f := feed(source)
			f.Random = func() float64 { return tt.random }
			now := noon
			_, _ = f.Poll(t.Context(), now)
			for i, wait := range tt.want {
				_, err := f.Poll(t.Context(), now.Add(wait-time.Nanosecond))
				require.NoError(t, err)
				require.Len(t, source.requested, i+1, "too early")
				now = now.Add(wait)
				_, _ = f.Poll(t.Context(), now)
				require.Len(t, source.requested, i+2, "due")
			}
		})
	}
}

func TestPollPassesTheVersionOfTheLastGoodCopy(t *testing.T) {
	source := &script{results: []any{lines(10), "2.2.2.2\n", ErrUnchanged, lines(9)}}
	f := feed(source)
	for i := range 4 {
		_, _ = f.Poll(t.Context(), noon.Add(time.Duration(i)*24*time.Hour))
	}
	at := func(days int) time.Time { return noon.Add(time.Duration(days) * 24 * time.Hour) }
	assert.Equal(t, []Version{{}, {ETag: "1", Time: at(0)}, {ETag: "1", Time: at(0)}, {ETag: "1", Time: at(2)}}, source.requested)
	assert.Equal(t, Version{ETag: "1", Time: at(3)}, f.Version())
}

func TestPollUpdatesTheValidEntriesWithoutAFetch(t *testing.T) {
	f := feed(&script{results: []any{`{"type":"bundle","objects":[
		{"type":"indicator","id":"1","pattern":"[ipv4-addr:value = '1.1.1.1']","valid_until":"2025-01-15T13:00:00Z"},
		{"type":"indicator","id":"2","pattern":"[ipv4-addr:value = '2.2.2.2']","valid_from":"2025-01-15T14:00:00Z"}]}`}})
	for after, want := range []struct {
		changed bool
		listed  string
	}{{true, "[1.1.1.1/32]"}, {true, "[]"}, {true, "[2.2.2.2/32]"}, {false, "[2.2.2.2/32]"}} {
		changed, err := f.Poll(t.Context(), noon.Add(time.Duration(after)*time.Hour))
		require.NoError(t, err)
		assert.Equal(t, want.changed, changed)
		var listed strings.Builder
		for _, p := range f.Active() {
			listed.WriteString(p.String())
		}
		assert.Equal(t, want.listed, "["+listed.String()+"]")
	}
}

func TestPollReadsAFileAgainWhenItHasChanged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "list.txt")
	written := noon
	write := func(text string) {
		written = written.Add(time.Second) // as a clock would see it
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		require.NoError(t, os.Chtimes(path, written, written))
	}
	f := NewFeed(FeedSettings{Name: "own", Source: NewFileSource(path, limit)})
	poll := func() (bool, error) { return f.Poll(t.Context(), noon) }

	_, err := poll()
	require.ErrorIs(t, err, os.ErrNotExist)
	for _, step := range []struct {
		name    string
		text    string
		changed bool
		wantErr string
		want    int
	}{
		{"written", lines(2), true, "", 2},
		{"written again", lines(3), true, "", 3},
		{"too large", lines(200), false, "list.txt: is too large: more than 1000 bytes", 3},
		{"broken JSON", "{", false, "begins like JSON", 3},
		{"empty, as while it is being written", "", false, "no valid entry", 3},
		{"compressed", string(compress(lines(4))), true, "", 4},
	} {
		write(step.text)
		changed, err := poll()
		assert.Equal(t, step.changed, changed, step.name)
		if step.wantErr != "" {
			require.ErrorContains(t, err, step.wantErr, step.name)
		} else {
			require.NoError(t, err, step.name)
			assert.True(t, written.Equal(f.Version().Time), step.name)
		}
		assert.Len(t, f.Active(), step.want, step.name)
		changed, err = poll()
		assert.False(t, changed, step.name)
		require.NoError(t, err, "%s: an error is reported once", step.name)
	}
	require.NoError(t, os.Remove(path))
	_, err = poll()
	require.ErrorIs(t, err, os.ErrNotExist)
	_, err = poll()
	require.NoError(t, err)
	assert.Len(t, f.Active(), 4)
	assert.EqualValues(t, 5, f.Failures())
}
