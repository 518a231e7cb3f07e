// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func FuzzParsePlain(f *testing.F) {
	for _, seed := range []string{
		"",
		"# test list\n130.239.200.66\n130.239.200.128/25\n2001:67c:2e8:bad::/64\n",
		"\ufeff; Spamhaus\r\n1.10.16.0/20 ; SBL256894\r\n",
		"1.2.3.4\t10\n::ffff:1.2.3.4,online\n::ffff:0.0.0.0/90\n",
		"0.0.0.0/0\n::/0\n10.0.0.0/8\nfe80::1%eth0\n1.2.3.4/33\n",
		"\x1f\x8b\x08\x00\x00", "\x00\n\x00", "//\n/\n/8\n//8\n", ",\n;\n \n\r\n\r",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		prefixes, skipped, err := ParsePlain(strings.NewReader(text), "list")
		require.NoError(t, err, "reading a string does not fail")
		assert.LessOrEqual(t, len(prefixes)+skipped.Count, strings.Count(text, "\n")+1, "a line has one entry")
		assert.Len(t, skipped.First, min(skipped.Count, maxFirst))

		var again strings.Builder
		for _, p := range prefixes {
			assert.True(t, p.IsValid())
			assert.Equal(t, p.Masked(), p, "no host bits")
			assert.False(t, p.Addr().Is4In6())
			if p.Addr().Is4() {
				assert.GreaterOrEqual(t, p.Bits(), 8)
			} else {
				assert.GreaterOrEqual(t, p.Bits(), 19)
			}
			again.WriteString(p.String() + "\n")
		}
		same, invalid, err := ParsePlain(strings.NewReader(again.String()), "list")
		require.NoError(t, err)
		assert.Zero(t, invalid.Count, "a valid entry stays valid")
		assert.Equal(t, prefixes, same)

		table := NewTable([]List{{Name: "list", Prefixes: prefixes}})
		for _, p := range prefixes {
			match, found := table.Lookup(p.Addr())
			assert.Equal(t, !neverMatched.Contains(p.Addr()), found, "%s", p)
			assert.True(t, !found || match.Entry.Contains(p.Addr()))
		}
	})
}
