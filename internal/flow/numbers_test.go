// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestParseNumber(t *testing.T) {
	for name, test := range map[string]struct {
		text   string
		limit  int64
		want   int64
		reason Reason
	}{
		"zero":                            {text: "0", limit: maxPort},
		"the largest port":                {text: "65535", limit: maxPort, want: 65535},
		"one more than the largest port":  {text: "65536", limit: maxPort, reason: BadValue},
		"the largest byte":                {text: "255", limit: maxByte, want: 255},
		"one more than the largest byte":  {text: "256", limit: maxByte, reason: BadValue},
		"leading zeros":                   {text: "00443", limit: maxPort, want: 443},
		"many leading zeros":              {text: "0000000000000000000000443", limit: maxPort, want: 443},
		"the largest int64":               {text: "9223372036854775807", limit: maxInt64, want: math.MaxInt64},
		"one more than the largest int64": {text: "9223372036854775808", limit: maxInt64, reason: BadValue},
		"an overflow to a small number":   {text: "18446744073709551617", limit: maxInt64, reason: BadValue},
		"thirty digits":                   {text: "123456789012345678901234567890", limit: maxInt64, reason: BadValue},
		"eighteen digits":                 {text: "999999999999999999", limit: maxInt64, want: 999999999999999999},
		"nineteen digits":                 {text: "1000000000000000000", limit: maxInt64, want: 1000000000000000000},
		"a minus sign":                    {text: "-1", limit: maxInt64, reason: NotANumber},
		"a plus sign":                     {text: "+1", limit: maxInt64, reason: NotANumber},
		"a decimal point":                 {text: "1.5", limit: maxInt64, reason: NotANumber},
		"an underscore":                   {text: "1_000", limit: maxInt64, reason: NotANumber},
		"hexadecimal":                     {text: "0x10", limit: maxInt64, reason: NotANumber},
		"a word":                          {text: "fifty", limit: maxInt64, reason: NotANumber},
		"empty":                           {text: "", limit: maxInt64, reason: NotANumber},
		"a letter after many digits":      {text: "12345678901234567890x", limit: maxInt64, reason: NotANumber},
		"digits of another script":        {text: "٣", limit: maxInt64, reason: NotANumber},
	} {
		t.Run(name, func(t *testing.T) {
			n, reason := ParseNumber(test.text, test.limit)
			assert.Equal(t, test.reason, reason)
			assert.Equal(t, test.want, n)

			column := Field{Kind: KindNumber, Max: test.limit}
			value, rest, n, reason := column.take(test.text + "  next")
			assert.Equal(t, test.reason, reason, "within a line")
			assert.Equal(t, test.text, value)
			assert.Equal(t, "next", rest)
			if reason == "" {
				assert.Equal(t, test.want, n, "within a line")
			}
		})
	}
}
