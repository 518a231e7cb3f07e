// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package boundedread

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAll(t *testing.T) {
	plain := strings.Repeat("1.2.3.4\n", 1000)
	compressed := compress(t, plain)
	for _, tt := range []struct {
		name    string
		content string
		limit   int64
		want    string
		wantErr string
	}{
		{"content of exactly the limit", "1.2.3.4\n", 8, "1.2.3.4\n", ""},
		{"content over the limit", "1.2.3.4\n", 7, "", "is too large: more than 7 bytes"},
		{"gzip content of exactly the limit", compressed, 8000, plain, ""},
		{"gzip content that decompresses over the limit", compressed, 7999, "", "is too large: more than 7999 bytes"},
		{"truncated gzip content", compressed[:50], 8000, "", "gzip: unexpected EOF"},
		{"only the magic number of gzip", "\x1f\x8b", 8000, "", "gzip: "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := All(strings.NewReader(tt.content), tt.limit)
			if tt.wantErr != "" {
				require.ErrorContains(t, err, tt.wantErr)
				assert.Equal(t, strings.Contains(tt.wantErr, "too large"), errors.Is(err, ErrTooLarge))
				return
			}
			require.NoError(t, err)
			assert.Equal(t, tt.want, string(got))
		})
	}
}

func TestAllReturnsTheErrorOfTheReader(t *testing.T) {
	_, err := All(iotest.ErrReader(errors.New("disk on fire")), 8)
	assert.EqualError(t, err, "disk on fire")
}

func compress(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := io.WriteString(w, text)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.String()
}
