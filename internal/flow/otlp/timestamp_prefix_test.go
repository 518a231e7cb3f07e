// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestStampsOfExportsAreTakenOff(t *testing.T) {
	const at = "2015-05-20T15:43:54.000Z "
	for name, test := range map[string]struct {
		text         string
		records, bad int
	}{
		"of every line":                  {at + exampleV2 + "\n" + at + exampleV2, 2, 0},
		"with several blanks behind":     {at + "  " + exampleV2 + "\r\n", 1, 0},
		"of some lines only":             {at + exampleV2 + "\n" + exampleV2, 2, 0},
		"behind blank lines":             {"\n \n" + at + exampleV2, 1, 0},
		"behind a byte order mark":       {"\ufeff" + at + exampleV2, 1, 0},
		"but not behind a line that has": {exampleV2 + "\n" + at + exampleV2, 1, 1},
		"but not without a record":       {at + exampleV2 + "\n" + at + "\n", 1, 1},
		"but not of another form":        {"2015-05-20 15:43:54.000Z " + exampleV2, 0, 1},
		"but not with letters in it":     {"2015-05-20T15:43:5x.000Z " + exampleV2, 0, 1},
		"but not once more":              {at + at + exampleV2, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			logs, counts := NewDecoder(Default, testScope).Decode([]byte(test.text), observed)
			assert.Equal(t, test.records, counts.Records)
			bad := 0
			for _, n := range counts.Bad {
				bad += n
			}
			assert.Equal(t, test.bad, bad)
			if test.records > 0 {
				want, _ := NewDecoder(Default, testScope).Decode([]byte(strings.Repeat(exampleV2+"\n", test.records)), observed)
				assert.Equal(t, want, logs)
			}
		})
	}
	t.Run("where lines stay lines", func(t *testing.T) {
		decoder := NewDecoder(Default, testScope)
		decoder.EmitLines()
		logs, _ := decoder.Decode([]byte(at+exampleV2), observed)
		_, _, records := only(t, logs)
		assert.Equal(t, exampleV2, records.At(0).Body().Str())
	})
	t.Run("of a header", func(t *testing.T) {
		_, counts := NewDecoder(nil, testScope).Decode([]byte(at+"bytes packets\n"+at+"1 2"), observed)
		assert.Equal(t, Counts{Headers: 1, Records: 1}, counts)
	})
}

func TestTheAccountIsThatOfTheEnvelopeWhereTheLineHasNone(t *testing.T) {
	for name, test := range map[string]struct {
		names, line, want string
	}{
		"because the format has none": {"srcport dstport", "1 2", "999"},
		"because it is absent":        {"account-id srcport", "- 2", "999"},
		"but not otherwise":           {"account-id srcport", "123456789012 2", "123456789012"},
	} {
		for _, emit := range []func(*Decoder){func(*Decoder) {}, (*Decoder).EmitLines} {
			t.Run(name, func(t *testing.T) {
				decoder := NewDecoder(mustParse(t, test.names), testScope)
				emit(decoder)
				decoder.SetAccount("999")
				logs, _ := decoder.Decode([]byte(test.line), observed)
				resource, scope, records := only(t, logs)
				var got Flow
				require.NoError(t, NewRecordReader(nil).Flow(resource, scope, records.At(0), &got))
				assert.Equal(t, test.want, got.Account)
				decoder.SetAccount("")
				logs, _ = decoder.Decode([]byte("1 2"), observed)
				resource, _, _ = only(t, logs)
				assert.NotEqual(t, "999", textOf(resource, keyAccount), "the next block is of another account")
			})
		}
	}
}
