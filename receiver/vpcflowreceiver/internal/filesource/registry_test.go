// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package filesource

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingesttest"
)

func openTestRegistry(t *testing.T, storage *ingesttest.Storage) *registry {
	t.Helper()
	r, err := openRegistry(t.Context(), storage, func(err error) { t.Error(err) })
	require.NoError(t, err)
	return r
}

// saveRead saves a file whose text was read completely.
func (r *registry) saveRead(t *testing.T, inode uint64, text string) *file {
	t.Helper()
	f := r.live(identity{Inode: inode})
	_, _ = f.Content.Write([]byte(text))
	f.Offset = f.Content.Size
	r.saveNow(t, f)
	return f
}

// saveNow saves a file whose records are confirmed.
func (r *registry) saveNow(t *testing.T, f *file) {
	t.Helper()
	saved := r.note(f)
	require.NoError(t, r.save(t.Context(), saved))
	f.Sequence = saved.Sequence
}

// findSame returns the known file that a file with this content continues. isCopy means that a file that is present
// contains all of it.
func (r *registry) findSame(c content) (found *file, isCopy bool) {
	recognizer := recognizer{known: r, pathOf: func(identity) string { return "" }}
	for _, known := range r.find(c) {
		relation := c.compare(known.known())
		if _, isCopy := recognizer.compareFiles(known, c); relation != different && isCopy {
			return nil, true
		}
		if relation == same {
			return known, false
		}
	}
	return nil, false
}

func TestAFileIsFoundByItsContent(t *testing.T) {
	long, few := lines(1, 1000), lines(1, 3)
	for name, test := range map[string]struct {
		read, content string
		want          bool
	}{
		"a long file":                                        {long, long, true},
		"a long file that has grown":                         {long, lines(1, 1001), true},
		"a short file":                                       {few, few, true},
		"a short file that has grown":                        {few, lines(1, 4), true},
		"a short file that has grown much":                   {few, long, true},
		"a file as long as a head":                           {long[:headSize], long, true},
		"a file with an incomplete line":                     {long[:headSize+1], long, true},
		"documents without line ends":                        {messages(long)[:2000], messages(long), true},
		"another file":                                       {long, lines(2, 1001), false},
		"another file that begins with the same line":        {long, lines(1, 1) + lines(3, 1001), false},
		"another file that begins with the same 64 KiB":      {long, long[:len(long)-10] + "0" + long[len(long)-9:], false},
		"another file that begins with the same 1,000 bytes": {long, long[:1000] + lines(2, 1001), false},
		"a long file whose content is truncated":             {long, lines(1, 900), false},
		"a short file whose content is truncated":            {few, lines(1, 2), false},
		"a file without content":                             {few, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			storage := ingesttest.NewStorage(nil)
			r := openTestRegistry(t, storage)
			r.saveRead(t, 1, test.read)
			for range 2 {
				found, isCopy := r.findSame(contentOf(test.content))
				assert.Equal(t, test.want, found != nil)
				assert.False(t, isCopy, "the other file was removed")
				if found != nil {
					assert.EqualValues(t, len(test.read), found.Offset)
				}
				r = openTestRegistry(t, storage)
			}
		})
	}
}

func TestTheFileThatWasReadFurthestIsFound(t *testing.T) {
	r := openTestRegistry(t, ingesttest.NewStorage(nil))
	for inode, last := range []int{5, 900, 20, 2, 1000} {
		r.saveRead(t, uint64(inode), lines(1, last))
	}
	for last, want := range map[int]int{1: 0, 2: 2, 4: 2, 5: 5, 19: 5, 20: 20, 899: 20, 900: 900, 2000: 1000} {
		found, _ := r.findSame(contentOf(lines(1, last)))
		if want == 0 {
			assert.Nil(t, found)
			continue
		}
		require.NotNil(t, found, last)
		assert.EqualValues(t, len(lines(1, want)), found.Offset, last)
	}
}

func TestAReplacedFileIsStillFoundByItsContent(t *testing.T) {
	storage := ingesttest.NewStorage(nil)
	r := openTestRegistry(t, storage)
	old := r.saveRead(t, 1, lines(1, 50))
	r.replace(old)
	other := r.saveRead(t, 1, lines(101, 150))
	assert.NotEqual(t, old.key, other.key)
	for range 2 {
		assert.Equal(t, other.key, r.live(identity{Inode: 1}).key, "the file is the new one")
		for first, f := range map[int]*file{1: old, 101: other} {
			found, _ := r.findSame(contentOf(lines(first, first+59)))
			require.NotNil(t, found)
			assert.Equal(t, f.key, found.key)
		}
		r = openTestRegistry(t, storage)
	}
}

func TestUnreadFilesAreNotStored(t *testing.T) {
	storage := ingesttest.NewStorage(nil)
	openTestRegistry(t, storage).saveRead(t, 1, "")
	assert.Empty(t, storage.Values())
}

func TestKnownFilesAreBounded(t *testing.T) {
	storage := ingesttest.NewStorage(nil)
	r := openTestRegistry(t, storage)
	var err error
	r.maximum = 3
	r.store, err = ingest.OpenStore(t.Context(), storage, "files", r.maximum, nil)
	require.NoError(t, err)
	known := func() (numbers []int) {
		for n := range 8 {
			if found, _ := r.findSame(contentOf(fmt.Sprintln("line", n))); found != nil {
				numbers = append(numbers, n)
			}
		}
		return numbers
	}
	for n := range 8 {
		id := identity{Inode: uint64(n)}
		f := r.live(id)
		r.removeGone(func(other identity) bool { return other == id })
		_, _ = fmt.Fprintln(&f.Content, "line", n)
		f.Offset = f.Content.Size
		r.saveNow(t, f)
	}
	assert.Equal(t, []int{5, 6, 7}, known())
	assert.Len(t, r.saved, 3)
	assert.Len(t, r.bySequence, 3)
	assert.Len(t, r.byIdentity, 3)
	assert.Len(t, r.byContent.last, 3)
	assert.Len(t, storage.Values(), 3+3+1)
}

func TestExistingFilesAreKeptBeyondTheBound(t *testing.T) {
	storage := ingesttest.NewStorage(nil)
	r := openTestRegistry(t, storage)
	var err error
	r.maximum = 3
	r.store, err = ingest.OpenStore(t.Context(), storage, "files", r.maximum, nil)
	require.NoError(t, err)
	for n := range 8 {
		r.saveRead(t, uint64(n), fmt.Sprintln("line", n))
	}
	assert.Len(t, r.saved, 8)
	r.removeGone(func(identity) bool { return true })
	assert.Len(t, r.saved, 8)
	assert.False(t, r.live(identity{Inode: 0}).isUnread())
	r.removeGone(func(id identity) bool { return id.Inode == 0 })
	assert.Len(t, r.saved, 3+1)
}

func TestAStoredFileThatCannotBeReadIsReported(t *testing.T) {
	storage := ingesttest.NewStorage(nil)
	r := openTestRegistry(t, storage)
	r.saveRead(t, 1, lines(1, 10))
	r.saveRead(t, 2, lines(11, 20))
	values := storage.Values()
	values["files.checkpoint.0"] = []byte("x")
	var errs []error
	r, err := openRegistry(t.Context(), ingesttest.NewStorage(values), func(err error) { errs = append(errs, err) })
	require.NoError(t, err)
	require.Len(t, errs, 1)
	assert.ErrorContains(t, errs[0], "checkpoint 0: ")
	found, _ := r.findSame(contentOf(lines(11, 20)))
	assert.NotNil(t, found)
}
