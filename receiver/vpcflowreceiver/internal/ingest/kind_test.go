// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

func TestKindOf(t *testing.T) {
	for head, want := range map[string]Kind{
		"\x1f\x8b\x08\x00": Gzip, "\x1f\x8b": Gzip, "\x1f": Text, "PAR1": Parquet, "PAR": Text, "": Text, "2 12": Text, " PAR1": Text,
	} {
		assert.Equal(t, want, KindOf([]byte(head)), "%q", head)
	}
}

func TestBinaryFilesAreRecognized(t *testing.T) {
	const line = "2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 1 22 6 20 4249 1418530010 1418530070 ACCEPT OK\n"
	long := strings.Repeat("x", binaryCheck-1)
	for name, test := range map[string]struct {
		head string
		want bool
	}{
		"a line":                                 {line, false},
		"a byte order mark":                      {"\ufeff" + line, false},
		"UTF-16":                                 {"\xff\xfe2\x00 \x001\x00", true},
		"zero bytes":                             {"text\x00", true},
		"one zero byte in a line":                {"\x00" + line, false},
		"one invalid byte in a line":             {line[:20] + "\xff" + line, false},
		"bad bytes in a line before a record":    {strings.Repeat("\xff", 200) + "\n" + line, false},
		"bad bytes in a line before a header":    {strings.Repeat("\x00", 200) + "\nsrcaddr dstaddr\n", false},
		"bad bytes in all lines":                 {strings.Repeat("\xff\x00x\n", 200), true},
		"a character that is cut in two":         {long + "é", false},
		"a longer character that is cut":         {long[:binaryCheck-3] + "😀" + long, false},
		"half a character at the end":            {"x\xc3", true},
		"an invalid byte after valid characters": {long + "x\xff", false},
		"nothing":                                {"", false},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.want, looksBinary([]byte(test.head)) && !hasFlow(test.head, flow.Default))
		})
	}
}
