// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/extension/xextension/storage"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

func newPositions(t *testing.T, store keyValues) *positions {
	t.Helper()
	p, err := openPositions(t.Context(), store, "files")
	require.NoError(t, err)
	return p
}

// readTo is a file that has been read so far.
func readTo(text string) *file {
	f := new(file)
	f.advance([]byte(text))
	return f
}

func TestAPositionIsFoundByTheBeginningOfTheFile(t *testing.T) {
	long, short := v2(1, 100), v2(1, 3)
	for name, test := range map[string]struct {
		saved, head string
		want        bool
	}{
		"a long file": {long, long[:headSize], true},
		"a long file of which more than needed is at hand": {long, long, true},
		"a short file":                                {short, short, true},
		"a short file that has grown a little":        {short, v2(1, 4), true},
		"a short file that has grown long":            {short, long[:headSize], true},
		"a file as long as a beginning":               {long[:headSize], long[:headSize], true},
		"a file longer than a beginning by one":       {long[:headSize+1], long[:headSize], true},
		"another file":                                {long, v2(2, 100), false},
		"another file that begins with the same line": {long, v2(1, 1) + v2(3, 100), false},
		"a long file of which less is at hand":        {long, long[:headSize-1], false},
		"a short file of which less is at hand":       {short, v2(1, 2), false},
		"nothing":                                     {short, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPositions(t, memory{})
			require.NoError(t, p.save(t.Context(), readTo(test.saved)))
			f, err := p.find(t.Context(), []byte(test.head))
			require.NoError(t, err)
			require.Equal(t, test.want, f != nil)
			if f != nil {
				assert.EqualValues(t, len(test.saved), f.Position)
			}
		})
	}
}

func TestAPositionKeepsWhatIsKnownOfTheFile(t *testing.T) {
	p := newPositions(t, memory{})
	f := readTo(v2(1, 2))
	f.add(flow.Counts{Records: 2, Headers: 1, Bad: map[flow.Reason]int{flow.BadValue: 3, flow.TooLong: 4}})
	f.format, f.Outcome = flow.TransitGateway, outcomeRead
	require.NoError(t, p.save(t.Context(), f))
	// It grows from what is stored, until its beginning is known.
	for range 3 {
		found, err := p.load(t.Context(), f.key)
		require.NoError(t, err)
		assert.EqualValues(t, 2, found.Records)
		assert.EqualValues(t, 7, found.Bad)
		assert.EqualValues(t, 1, found.Headers)
		assert.Equal(t, flow.TransitGateway.String(), found.format.String())
		assert.Equal(t, outcomeRead, found.Outcome)
		assert.Equal(t, f.Lines, found.Lines)
		f = found
		f.advance([]byte(v2(int(f.Lines)+1, int(f.Lines)+4)))
		require.NoError(t, p.save(t.Context(), f))
	}
	assert.Equal(t, headKey([]byte(v2(1, 100)[:headSize])), f.key)
	assert.Empty(t, f.Head)
	found, err := p.find(t.Context(), []byte(v2(1, 100)))
	require.NoError(t, err)
	assert.Equal(t, f.Position, found.Position)
}

func TestNothingIsStoredOfAFileThatWasNotRead(t *testing.T) {
	store := memory{}
	require.NoError(t, newPositions(t, store).save(t.Context(), new(file)))
	assert.Empty(t, store)
}

func TestPositionsAreBounded(t *testing.T) {
	store := memory{}
	p := newPositions(t, store)
	p.max = 3
	content := func(n int) string { return fmt.Sprintf("%d\n", n) + strings.Repeat("x", headSize) }
	known := func() (numbers []int) {
		for n := range 10 {
			f, err := p.find(t.Context(), []byte(content(n)))
			require.NoError(t, err)
			if f != nil {
				numbers = append(numbers, n)
			}
		}
		return numbers
	}
	first := readTo(content(0))
	require.NoError(t, p.save(t.Context(), first))
	for n := 1; n < 3; n++ {
		require.NoError(t, p.save(t.Context(), readTo(content(n))))
	}
	assert.Equal(t, []int{0, 1, 2}, known())
	require.NoError(t, p.save(t.Context(), readTo(content(3))))
	assert.Equal(t, []int{1, 2, 3}, known(), "the first is forgotten")
	first.advance([]byte("y"))
	require.NoError(t, p.save(t.Context(), first))
	assert.Equal(t, []int{0, 2, 3}, known(), "and remembered when it is read on")
	assert.Len(t, store, 3+3+1)

	// The bound holds over a restart.
	p = newPositions(t, store)
	p.max = 3
	for n := 4; n < 10; n++ {
		require.NoError(t, p.save(t.Context(), readTo(content(n))))
	}
	assert.Equal(t, []int{7, 8, 9}, known())
	assert.Len(t, store, 3+3+1)
}

// failing is a store that fails from some call on.
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

func TestAStoreThatFails(t *testing.T) {
	_, err := openPositions(t.Context(), &failing{}, "files")
	require.ErrorIs(t, err, errDisk)

	store := &failing{memory: memory{}, after: 1 << 20}
	p := newPositions(t, store)
	for calls := range 2 {
		store.after = calls
		f := readTo(v2(1, 100))
		require.ErrorIs(t, p.save(t.Context(), f), errDisk)
		assert.Empty(t, f.key, "the file does not think it is stored")
		store.after = 1 << 20
		assert.Zero(t, p.next)
	}
	store.after = 0
	_, err = p.find(t.Context(), []byte(v2(1, 1)))
	require.ErrorIs(t, err, errDisk)
}

func TestAStoredPositionThatCannotBeReadIsAnError(t *testing.T) {
	head := []byte(v2(1, 1))
	for name, test := range map[string]struct{ value, want string }{
		"no JSON":    {"x", "position "},
		"bad format": {`{"position":1,"format":"A B"}`, "format at position "},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPositions(t, memory{"files.position." + headKey(head): []byte(test.value)})
			_, err := p.find(t.Context(), head)
			assert.ErrorContains(t, err, test.want)
		})
	}
}

func TestReadingGoesOnWhileTheStorageFails(t *testing.T) {
	r := newRig(t)
	r.write("a.log", shortHeader+short(1, 100))
	r.write("b.log.gz", zip(t, v2(101, 200)))
	r.build()
	s := r.receiver.(*vpcFlowReceiver).sources[0].(*files)
	r.run()
	s.mu.Lock()
	s.positions.store = &failing{}
	s.mu.Unlock()
	r.append("a.log", short(201, 202))
	require.Eventually(t, func() bool { return r.sink.LogRecordCount() >= 202 }, timeout, tick)
	r.portsInAnyOrder(upTo(1, 202)...)
	assert.Len(t, r.logs.FilterMessageSnippet("will be tried again").All(), 1)
}
