// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package changedfile

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReadReturnsAFileThatHasChanged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	noon := time.Date(2025, 1, 15, 12, 0, 0, 0, time.UTC)
	f := New(path, 5)
	assert.Equal(t, path, f.Path())
	for _, step := range []struct {
		name    string
		content string
		time    time.Time
		want    string
		wantErr string
	}{
		{name: "missing", wantErr: "no such file"},
		{name: "still missing", wantErr: "unchanged"},
		{name: "written", content: "one", time: noon, want: "one"},
		{name: "unchanged", content: "one", time: noon, wantErr: "unchanged"},
		{name: "another time", content: "two", time: noon.Add(time.Nanosecond), want: "two"},
		{name: "an earlier time", content: "old", time: noon.Add(-time.Hour), want: "old"},
		{name: "another size", content: "four", time: noon.Add(-time.Hour), want: "four"},
		{name: "too large", content: "sixsix", time: noon, wantErr: "file: is too large: more than 5 bytes"},
		{name: "still too large", content: "sixsix", time: noon, wantErr: "unchanged"},
		{name: "small again", content: "one", time: noon, want: "one"},
		{name: "removed", wantErr: "no such file"},
		{name: "restored", content: "one", time: noon, want: "one"},
	} {
		if step.content == "" {
			require.True(t, os.Remove(path) == nil || step.name != "removed")
		} else {
			require.NoError(t, os.WriteFile(path, []byte(step.content), 0o600))
			require.NoError(t, os.Chtimes(path, step.time, step.time))
		}
		content, written, err := f.Read()
		assert.Equal(t, step.want, string(content), step.name)
		if step.wantErr != "" {
			require.ErrorContains(t, err, step.wantErr, step.name)
			continue
		}
		require.NoError(t, err, step.name)
		assert.True(t, step.time.Equal(written), step.name)
	}
}
