// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowstore

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAQuietHourBecomesOneFile(t *testing.T) {
	r := newRig(t)
	for i := range 5 {
		r.Add(testFlows(10*i, 10, noon.Add(time.Duration(-i)*time.Minute)))
		r.flush(uint64(10 * (i + 1)))
	}
	r.compactAll(t.Context())
	assert.Equal(t, 5, r.Status().Files, "the hour is not quiet yet")
	r.setNow(noon.Add(quietPeriod))
	r.compactAll(t.Context())
	status := r.Status()
	assert.Equal(t, 2, status.Files, "one of noon, and one of the hour before")
	assert.Equal(t, int64(50), status.Rows)
	rows := r.all()
	assert.Len(t, rows, 50)
	assert.IsNonDecreasing(t, starts(rows[:40]))
}

func starts(rows []Row) []int64 {
	list := make([]int64, len(rows))
	for i := range rows {
		list[i] = rows[i].Start
	}
	return list
}

func TestManyPartsAreCompactedWhileFlowsArrive(t *testing.T) {
	r := newRig(t)
	for i := range maxParts {
		r.compactAll(t.Context())
		require.Equal(t, i, r.Status().Files)
		require.True(t, r.writePart(noon.Unix()/secondsPerHour, []Row{{Start: noon.Unix(), Bytes: int64(i)}}))
	}
	r.compactAll(t.Context())
	assert.Equal(t, 1, r.Status().Files)
}

func TestFilesHaveABoundedSize(t *testing.T) {
	list := []*file{{rows: 1}, {rows: maxRows - 1}, {rows: 1}, {rows: maxRows}, {rows: 1}}
	assert.Equal(t, list[:2], consecutive(list), "exactly the largest file")
	assert.Nil(t, consecutive(list[2:]))
	list[0].rows = 2
	assert.Equal(t, list[1:3], consecutive(list))
}

func TestAnUnreadableFileIsCountedAndDoesNotStopCompaction(t *testing.T) {
	r := newRig(t)
	for i := range 5 {
		require.True(t, r.writePart(1000, []Row{{Start: int64(i)}}))
	}
	broken := r.files.hours[1000][2].path(r.dir)
	require.NoError(t, os.WriteFile(broken, []byte("PAR1 nonsense PAR1"), 0o600))
	r.setNow(noon.Add(quietPeriod))
	r.compactAll(t.Context())
	status := r.Status()
	assert.Equal(t, uint64(1), status.Unreadable)
	assert.Equal(t, 3, status.Files)
	assert.FileExists(t, broken)
	r.reopen()
	assert.Equal(t, uint64(1), r.Status().Unreadable)
}

func TestAStartRemovesWhatACrashLeaves(t *testing.T) {
	r := newRig(t)
	var old [][]byte
	for i := range 3 {
		require.True(t, r.writePart(1000, []Row{{Start: int64(i)}}))
		data, err := os.ReadFile(r.files.hours[1000][i].path(r.dir))
		require.NoError(t, err)
		old = append(old, data)
	}
	r.setNow(noon.Add(quietPeriod))
	r.compactAll(t.Context())
	hour := filepath.Join(r.dir, folder(1000))
	for i, data := range old {
		require.NoError(t, os.WriteFile(filepath.Join(hour, fmt.Sprintf("%010d-%010d.parquet", i+1, i+1)), data, 0o600))
	}
	require.NoError(t, os.WriteFile(filepath.Join(hour, "0000000004-0000000004.parquet.tmp"), old[0][:50], 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(hour, "notes.txt"), nil, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(r.dir, "notes.txt"), nil, 0o600))
	r.reopen()
	entries, err := os.ReadDir(hour)
	require.NoError(t, err)
	require.Len(t, entries, 2)
	assert.Equal(t, "0000000001-0000000003.parquet", entries[0].Name())
	assert.Equal(t, "notes.txt", entries[1].Name())
	assert.Equal(t, int64(3), r.Status().Rows)
	require.True(t, r.writePart(1000, []Row{{Start: 9}}))
	assert.FileExists(t, filepath.Join(hour, "0000000004-0000000004.parquet"))
}

func TestRowGroupsHaveStatisticsAndBloomFilters(t *testing.T) {
	r := newRig(t)
	r.Add(testFlows(0, 300, noon.Add(-10*time.Minute)))
	r.flush(300)
	path := r.files.hours[noon.Unix()/secondsPerHour-1][0].path(r.dir)
	in, err := os.Open(path)
	require.NoError(t, err)
	defer in.Close()
	info, err := in.Stat()
	require.NoError(t, err)
	p, err := parquet.OpenFile(in, info.Size())
	require.NoError(t, err)
	for _, c := range p.Metadata().RowGroups[0].Columns {
		name := c.MetaData.PathInSchema[0]
		assert.Equal(t, "ZSTD", c.MetaData.Codec.String(), name)
		if name != "src_country" { // All are empty, and so is the minimum.
			assert.NotEmpty(t, c.MetaData.Statistics.MinValue, name)
		}
		assert.Equal(t, name == "srcaddr" || name == "dstaddr", c.MetaData.BloomFilterOffset != 0, name)
	}
	column, _ := p.Schema().Lookup("dstaddr")
	filter := p.RowGroups()[0].ColumnChunks()[column.ColumnIndex].BloomFilter()
	found, err := filter.Check(parquet.ValueOf("8.8.0.7"))
	require.NoError(t, err)
	assert.True(t, found)
	found, err = filter.Check(parquet.ValueOf("9.9.9.9"))
	require.NoError(t, err)
	assert.False(t, found)
}
