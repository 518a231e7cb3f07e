// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package filesource

import (
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSkipToEndSkipsWholeLines(t *testing.T) {
	text := shortHeader + shortLines(1, 3000)
	whole := gzipped(t, text)
	cut := gunzipped(whole[:len(whole)/2])
	unfinished := gzipped(t, text+"1 22")
	for name, test := range map[string]struct {
		content string
		want    int
	}{
		"of a whole file":                     {whole, len(text)},
		"of a file that is truncated":         {whole[:len(whole)/2], strings.LastIndex(cut, "\n") + 1},
		"of a file without a last line end":   {unfinished, len(text) + len("1 22")},
		"of a gzip file without its checksum": {unfinished[:len(unfinished)-1], len(text)},
		"of a header":                         {whole[:4], 0},
		"of two files in one":                 {gzipped(t, text) + gzipped(t, text), 2 * len(text)},
		"of a line longer than the buffer":    {gzipped(t, strings.Repeat("x", 2*headSize)+"\ny"), 2*headSize + 2},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFile("", identity{})
			c := content{input: strings.NewReader(test.content), size: int64(len(test.content)), isGzip: true}
			require.NoError(t, skipToEnd(f, c))
			assert.EqualValues(t, test.want, f.Offset)
			assert.Equal(t, sums(fingerprintOf(gunzipped(test.content)[:test.want])), sums(f.Content))
		})
	}
}

func contentOf(text string) content {
	return content{input: strings.NewReader(text), size: int64(len(text))}
}

// sums returns the comparable parts of a fingerprint.
func sums(p fingerprint) map[string]any {
	return map[string]any{
		"size": p.Size, "head": p.Head.Sum64(), "all": p.All.Sum64(), "from": p.From, "lines": p.Lines, "blocks": p.Blocks,
	}
}

func fingerprintOf(text string) fingerprint {
	p := newFingerprint()
	_, _ = p.Write([]byte(text))
	return p
}

func TestAFingerprintDoesNotDependOnHowTheTextIsWritten(t *testing.T) {
	for name, text := range map[string]string{
		"lines": lines(1, 1000), "few lines": lines(1, 2), "no lines": strings.Repeat("x", 3*headSize), "nothing": "",
	} {
		t.Run(name, func(t *testing.T) {
			want := fingerprintOf(text)
			assert.Len(t, text, int(want.Size))
			for _, size := range []int{1, 7, 100, 4096, headSize} {
				got := newFingerprint()
				_, err := io.CopyBuffer(&got, struct{ io.Reader }{strings.NewReader(text)}, make([]byte, size))
				require.NoError(t, err)
				require.Equal(t, sums(want), sums(got), size)
			}
		})
	}
}

func TestAFingerprintIsStoredAndContinued(t *testing.T) {
	for _, size := range []int{0, 10, 1 << 10, headSize - 1, headSize, headSize + 1} {
		text := lines(1, 1000)
		p := fingerprintOf(text[:size])
		stored, err := json.Marshal(&p)
		require.NoError(t, err)
		assert.Less(t, len(stored), 1000)
		var got fingerprint
		require.NoError(t, json.Unmarshal(stored, &got))
		_, _ = got.Write([]byte(text[size:]))
		assert.Equal(t, sums(fingerprintOf(text)), sums(got), size)
	}
}

func TestCompare(t *testing.T) {
	long := lines(1, 1000)
	for name, test := range map[string]struct {
		read, text string
		head, all  relation
	}{
		"nothing was read":               {"", long, same, same},
		"the same text":                  {long, long, same, same},
		"a longer text":                  {lines(1, 10), long, same, same},
		"a shorter text":                 {long, long[:headSize], same, shorter},
		"a much shorter text":            {long, lines(1, 10), shorter, shorter},
		"a part of a line":               {long, long[:20], shorter, shorter},
		"another line in a shorter text": {long, lines(1, 9) + lines(11, 11), different, different},
		"another first line":             {long, lines(2, 2), different, different},
		"another line":                   {lines(1, 3), lines(1, 2) + lines(4, 4), different, different},
		"another line after the head":    {long, long[:len(long)-20] + "x" + long[len(long)-19:], same, different},
		"no text":                        {long, "", shorter, shorter},
	} {
		t.Run(name, func(t *testing.T) {
			p := fingerprintOf(test.read)
			assert.Equal(t, test.head, p.compareHead(strings.NewReader(test.text)))
			assert.Equal(t, test.all, p.compareAll(strings.NewReader(test.text)))
		})
	}
}

func TestCompareAllIgnoresSkippedText(t *testing.T) {
	text := lines(1, 2000)
	f := newFile("", identity{})
	skipped := len(lines(1, 1000))
	require.NoError(t, skipToEnd(f, contentOf(text[:skipped])))
	_, _ = f.Content.Write([]byte(text[skipped:]))
	assert.Equal(t, same, f.Content.compareAll(strings.NewReader(text)))
	assert.Equal(t, shorter, f.Content.compareAll(strings.NewReader(text[:skipped-1])))
	assert.Equal(t, different, f.Content.compareAll(strings.NewReader(text[:len(text)-1]+" ")))
}
