// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import (
	"errors"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParsePlainReadsEntries(t *testing.T) {
	for _, tt := range []struct {
		name string
		text string
		want []string
	}{
		{"an address", "130.239.200.66\n", []string{"130.239.200.66/32"}},
		{"an IPv6 address", "2001:67c:2e8::1\n", []string{"2001:67c:2e8::1/128"}},
		{"an address with a port", "130.239.200.66:3333\n", []string{"130.239.200.66/32"}},
		{"an IPv6 address with a port", "[2001:67c:2e8::1]:3333\n", []string{"2001:67c:2e8::1/128"}},
		{"a CIDR", "130.239.200.128/25\n", []string{"130.239.200.128/25"}},
		{"a CIDR with host bits", "130.239.200.129/25\n", []string{"130.239.200.128/25"}},
		{"an IPv6 CIDR with host bits", "2001:67c:2e8:bad::5/64\n", []string{"2001:67c:2e8:bad::/64"}},
		{"an IPv4-mapped address", "::ffff:130.239.200.66\n", []string{"130.239.200.66/32"}},
		{"an IPv4-mapped CIDR", "::ffff:130.239.200.129/121\n", []string{"130.239.200.128/25"}},
		{"the widest IPv4 prefix", "130.0.0.0/8\n", []string{"130.0.0.0/8"}},
		{"the widest IPv4-mapped prefix", "::ffff:130.0.0.0/104\n", []string{"130.0.0.0/8"}},
		{"the widest IPv6 prefix", "2001::/19\n", []string{"2001::/19"}},
		{"a private network, which never matches", "10.0.0.0/8\n", []string{"10.0.0.0/8"}},
		{"no final newline", "1.2.3.4\n5.6.7.8", []string{"1.2.3.4/32", "5.6.7.8/32"}},
		{"CR LF", "1.2.3.4\r\n5.6.7.8\r\n", []string{"1.2.3.4/32", "5.6.7.8/32"}},
		{"a byte order mark", "\ufeff1.2.3.4\n", []string{"1.2.3.4/32"}},
		{"a byte order mark before a comment", "\ufeff# list\n1.2.3.4\n", []string{"1.2.3.4/32"}},
		{"blank lines", "\n \n\t\n1.2.3.4\n\n", []string{"1.2.3.4/32"}},
		{"spaces around an entry", "  1.2.3.4\t \n", []string{"1.2.3.4/32"}},
		{"comments with #", "# list\n  # more\n1.2.3.4\n", []string{"1.2.3.4/32"}},
		{"comments with ;", "; Spamhaus\n1.2.3.4\n", []string{"1.2.3.4/32"}},
		{"comments with //", "// list\n1.2.3.4\n", []string{"1.2.3.4/32"}},
		{"text after a space", "1.2.3.4 seen 2025-01-15\n", []string{"1.2.3.4/32"}},
		{"text after a tab", "1.2.3.4\t10\n", []string{"1.2.3.4/32"}},
		{"text after a comma", "1.2.3.4,443,online\n", []string{"1.2.3.4/32"}},
		{"a comment after a space", "1.2.3.0/24 ; SBL1\n", []string{"1.2.3.0/24"}},
		{"a comment without a space before it", "1.2.3.4#c2\n1.2.3.5;c2\n", []string{"1.2.3.4/32", "1.2.3.5/32"}},
		{"a line of a megabyte", "1.2.3.4 " + strings.Repeat("x", 1<<20) + "\n5.6.7.8\n", []string{"1.2.3.4/32", "5.6.7.8/32"}},
		{"a megabyte without a newline", "5.6.7.8\n1.2.3.4 " + strings.Repeat("x", 1<<20), []string{"5.6.7.8/32", "1.2.3.4/32"}},
		{"the same entry twice", "1.2.3.4\n1.2.3.4\n", []string{"1.2.3.4/32", "1.2.3.4/32"}},
		{"an empty file", "", nil},
		{"only comments", "# no entries\n", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			prefixes, skipped, err := ParsePlain(strings.NewReader(tt.text), "list.txt")
			require.NoError(t, err)
			assert.Zero(t, skipped)
			assert.Equal(t, tt.want, textsOf(prefixes))
		})
	}
}

func TestParsePlainSkipsInvalidEntries(t *testing.T) {
	for _, tt := range []struct {
		name  string
		value string
		want  string
	}{
		{"a host name", "evil.example.com", `list.txt:2: "evil.example.com" is not an address or CIDR`},
		{"an octet too high", "1.2.3.256", `list.txt:2: "1.2.3.256" is not an address or CIDR`},
		{"an octet too few", "1.2.3", `list.txt:2: "1.2.3" is not an address or CIDR`},
		{"an octet with a leading zero", "01.2.3.4", `list.txt:2: "01.2.3.4" is not an address or CIDR`},
		{"a range", "1.2.3.4-1.2.3.9", `list.txt:2: "1.2.3.4-1.2.3.9" is not an address or CIDR`},
		{"an invalid port", "1.2.3.4:port", `list.txt:2: "1.2.3.4:port" is not an address or CIDR`},
		{"a zone", "fe80::1%eth0", `list.txt:2: "fe80::1%eth0" is not an address or CIDR`},
		{"a zone in a CIDR", "fe80::1%eth0/64", `list.txt:2: "fe80::1%eth0/64" is not a CIDR`},
		{"a prefix that is too long", "1.2.3.4/33", `list.txt:2: "1.2.3.4/33" is not a CIDR`},
		{"an IPv6 prefix that is too long", "2001:db8::/129", `list.txt:2: "2001:db8::/129" is not a CIDR`},
		{"a netmask", "1.2.3.0/255.255.255.0", `list.txt:2: "1.2.3.0/255.255.255.0" is not a CIDR`},
		{"a prefix that is wider than /8", "130.0.0.0/7", `list.txt:2: "130.0.0.0/7" is wider than /8`},
		{"all of IPv4", "0.0.0.0/0", `list.txt:2: "0.0.0.0/0" is wider than /8`},
		{"an IPv4-mapped prefix that is wider than /8", "::ffff:130.0.0.0/103", `list.txt:2: "::ffff:130.0.0.0/103" is wider than /8`},
		{"an IPv4-mapped prefix that holds more than IPv4", "::ffff:0.0.0.0/90", `list.txt:2: "::ffff:0.0.0.0/90" is wider than /8`},
		{"an IPv6 prefix that is wider than /19", "2001::/18", `list.txt:2: "2001::/18" is wider than /19`},
		{"all of IPv6", "::/0", `list.txt:2: "::/0" is wider than /19`},
		{"binary data", "\x1f\x8b\x08", `list.txt:2: "\x1f\x8b\b" is not an address or CIDR`},
		{"a word of a megabyte", strings.Repeat("x", 1<<20), `list.txt:2: "` + strings.Repeat("x", 64) + `" is not an address or CIDR`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			prefixes, skipped, err := ParsePlain(strings.NewReader("1.2.3.4\n"+tt.value+" text\n5.6.7.8\n"), "list.txt")
			require.NoError(t, err)
			assert.Equal(t, []string{"1.2.3.4/32", "5.6.7.8/32"}, textsOf(prefixes))
			assert.Equal(t, 1, skipped.Count)
			require.Len(t, skipped.First, 1)
			assert.EqualError(t, skipped.First[0], tt.want)
		})
	}
}

func TestParsePlainKeepsTheFirstTenSkippedEntries(t *testing.T) {
	for _, tt := range []struct{ lines, wantFirst int }{{9, 9}, {10, 10}, {11, 10}, {1000, 10}} {
		_, skipped, err := ParsePlain(strings.NewReader(strings.Repeat("bad\n", tt.lines)), "list.txt")
		require.NoError(t, err)
		assert.Equal(t, tt.lines, skipped.Count)
		assert.Len(t, skipped.First, tt.wantFirst)
		assert.Equal(t, 1, skipped.First[0].Line)
	}
}

func TestParsePlainReturnsTheEntriesBeforeAReadError(t *testing.T) {
	r := io.MultiReader(strings.NewReader("1.2.3.4\n"), iotest.ErrReader(errors.New("disk on fire")))
	prefixes, _, err := ParsePlain(r, "list.txt")
	require.EqualError(t, err, "threat list list.txt: after line 1: disk on fire")
	assert.Equal(t, []string{"1.2.3.4/32"}, textsOf(prefixes))

	r = io.MultiReader(strings.NewReader("1.2.3.4 "+strings.Repeat("x", 1<<20)), iotest.ErrReader(errors.New("disk on fire")))
	_, _, err = ParsePlain(r, "list.txt")
	require.EqualError(t, err, "threat list list.txt: after line 1: disk on fire", "within a long line")
}

func TestReadFileNamesTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "threats.txt")
	require.NoError(t, os.WriteFile(path, []byte("# own\n1.2.3.4\noops\n"), 0o600))
	prefixes, skipped, err := ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, []string{"1.2.3.4/32"}, textsOf(prefixes))
	require.Equal(t, 1, skipped.Count)
	require.EqualError(t, skipped.First[0], path+`:3: "oops" is not an address or CIDR`)

	_, _, err = ReadFile(path + ".missing")
	require.ErrorIs(t, err, os.ErrNotExist)
	require.ErrorContains(t, err, "threat list: open "+path+".missing")

	_, _, err = ReadFile(filepath.Dir(path))
	assert.ErrorContains(t, err, "threat list "+filepath.Dir(path)+": ", "a folder can be opened but not read")
}

func textsOf(prefixes []netip.Prefix) []string {
	var texts []string
	for _, p := range prefixes {
		texts = append(texts, p.String())
	}
	return texts
}
