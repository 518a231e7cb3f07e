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

// script is a source that says one thing after the other.
type script struct {
	answers []any // texts and errors
	asked   []Version
}

func (s *script) String() string { return "script" }
func (s *script) ID() string     { return "script" }

func (s *script) Fetch(_ context.Context, now time.Time, last Version) (Version, []byte, error) {
	s.asked = append(s.asked, last)
	answer := s.answers[0]
	s.answers = s.answers[1:]
	if err, ok := answer.(error); ok {
		return Version{}, nil, err
	}
	text := answer.(string)
	return Version{ETag: text[:min(1, len(text))], Time: now}, []byte(text), nil
}

func lines(n int) string { return strings.Repeat("1.2.3.4\n", n) }

func never() float64 { return 0 }

func feed(s Source) *Feed {
	return NewFeed(FeedSettings{Name: "list", Source: s, Interval: 6 * time.Hour, Random: never})
}

var errDown = errors.New("down")

func TestNewCopyIsTakenUnlessItCannotBeMeant(t *testing.T) {
	for _, tt := range []struct {
		name       string
		before     any
		after      any
		allowEmpty bool
		file       bool
		want       int
		wantErr    string
	}{
		{name: "more", before: lines(2), after: lines(3), want: 3},
		{name: "half", before: lines(10), after: lines(5), want: 5},
		{name: "less than half", before: lines(10), after: lines(4), want: 10, wantErr: "the new copy has 4 entries, less than half of 10"},
		{name: "less than half of an odd number", before: lines(5), after: lines(2), want: 5, wantErr: "the new copy has 2 entries, less than half of 5"},
		{name: "less than half, which is allowed", before: lines(10), after: lines(4), allowEmpty: true, want: 4},
		{name: "less than half, of a file", before: lines(10), after: lines(4), file: true, want: 4},
		{name: "nothing", before: lines(1), after: "", want: 1, wantErr: "the new copy has no usable entry, and 0 lines that are none"},
		{name: "nothing, which is allowed", before: lines(1), after: "", allowEmpty: true, want: 0},
		{name: "nothing of a file", before: lines(1), after: "", file: true, want: 1, wantErr: "the new copy has no usable entry"},
		{name: "nothing at first", before: errDown, after: "", want: 0, wantErr: "the new copy has no usable entry"},
		{name: "nothing at first, of a file", before: errDown, after: "", file: true, want: 0},
		{name: "a page for people", before: lines(1), after: "<html>\n<body>\n", want: 1, wantErr: "the new copy has no usable entry, and 2 lines that are none"},
		{name: "another kind of JSON", before: lines(1), after: `{"error":"limit"}`, want: 1, wantErr: "threat list list: is JSON, but"},
		{name: "a failure", before: lines(1), after: errDown, want: 1, wantErr: "down"},
		{name: "no change", before: lines(1), after: ErrUnchanged, want: 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := feed(&script{answers: []any{tt.before, tt.after}})
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
			assert.Len(t, f.Listed(), tt.want)
			assert.Equal(t, tt.want, f.Len())
		})
	}
}

func TestFetchesHaveTheirTime(t *testing.T) {
	busy := func(after time.Duration) error { return &StatusError{Code: 429, RetryAfter: after} }
	for _, tt := range []struct {
		name    string
		answers []any
		random  float64
		want    []time.Duration // between one fetch and the next
	}{
		{"after each interval", []any{lines(1), ErrUnchanged, lines(1)}, 0, []time.Duration{6 * time.Hour, 6 * time.Hour}},
		{"up to a tenth later", []any{lines(1), lines(1)}, 0.5, []time.Duration{6*time.Hour + 18*time.Minute}},
		{"sooner after failures", []any{errDown, errDown, errDown, lines(1), errDown, lines(1)}, 0, []time.Duration{
			5 * time.Minute, 10 * time.Minute, 20 * time.Minute, 6 * time.Hour, 5 * time.Minute,
		}},
		{"never later than the interval", []any{errDown, errDown, errDown, errDown, errDown, errDown, errDown, errDown, lines(1)}, 0, []time.Duration{
			5 * time.Minute, 10 * time.Minute, 20 * time.Minute, 40 * time.Minute, 80 * time.Minute, 160 * time.Minute, 320 * time.Minute, 6 * time.Hour,
		}},
		{"as the server wants", []any{busy(time.Hour), busy(time.Minute), busy(0), lines(1)}, 0, []time.Duration{time.Hour, 10 * time.Minute, 20 * time.Minute}},
		{"but not for ever", []any{busy(1000 * time.Hour), lines(1)}, 0, []time.Duration{24 * time.Hour}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			source := &script{answers: tt.answers}
			f := feed(source)
			f.Random = func() float64 { return tt.random }
			now := noon
			_, _ = f.Poll(t.Context(), now)
			for i, wait := range tt.want {
				_, err := f.Poll(t.Context(), now.Add(wait-time.Nanosecond))
				require.NoError(t, err)
				require.Len(t, source.asked, i+1, "too early")
				now = now.Add(wait)
				_, _ = f.Poll(t.Context(), now)
				require.Len(t, source.asked, i+2, "due")
			}
		})
	}
}

func TestLastGoodCopyIsWhatTheSourceIsAskedWith(t *testing.T) {
	source := &script{answers: []any{lines(10), "2.2.2.2\n", ErrUnchanged, lines(9)}}
	f := feed(source)
	for i := range 4 {
		_, _ = f.Poll(t.Context(), noon.Add(time.Duration(i)*24*time.Hour))
	}
	at := func(days int) time.Time { return noon.Add(time.Duration(days) * 24 * time.Hour) }
	assert.Equal(t, []Version{{}, {ETag: "1", Time: at(0)}, {ETag: "1", Time: at(0)}, {ETag: "1", Time: at(2)}}, source.asked)
	assert.Equal(t, Version{ETag: "1", Time: at(3)}, f.Version())
}

func TestEntriesComeAndGoWithoutAFetch(t *testing.T) {
	f := feed(&script{answers: []any{`{"type":"bundle","objects":[
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
		for _, p := range f.Listed() {
			listed.WriteString(p.String())
		}
		assert.Equal(t, want.listed, "["+listed.String()+"]")
	}
}

func TestFileIsReadAgainWhenItChanges(t *testing.T) {
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
		{"written anew", lines(3), true, "", 3},
		{"too large", lines(200), false, "list.txt: is too large: more than 1000 bytes", 3},
		{"broken JSON", "{", false, "begins like JSON", 3},
		{"empty, as while it is being written", "", false, "no usable entry", 3},
		{"packed", string(packed(lines(4))), true, "", 4},
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
		assert.Len(t, f.Listed(), step.want, step.name)
		changed, err = poll()
		assert.False(t, changed, step.name)
		require.NoError(t, err, "%s: what is wrong is told once", step.name)
	}
	require.NoError(t, os.Remove(path))
	_, err = poll()
	require.ErrorIs(t, err, os.ErrNotExist)
	_, err = poll()
	require.NoError(t, err)
	assert.Len(t, f.Listed(), 4)
	assert.EqualValues(t, 5, f.Failures())
}
