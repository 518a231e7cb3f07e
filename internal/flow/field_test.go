// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"math"
	"net/netip"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestNumbersAreDigitsWithinTheirRange(t *testing.T) {
	for name, test := range map[string]struct {
		text     string
		greatest int64
		want     int64
		reason   Reason
	}{
		"zero is a number":                                 {text: "0", greatest: maxPort},
		"the greatest port is a number":                    {text: "65535", greatest: maxPort, want: 65535},
		"one more is out of range":                         {text: "65536", greatest: maxPort, reason: BadValue},
		"the greatest byte is a number":                    {text: "255", greatest: maxByte, want: 255},
		"one more than a byte is out of range":             {text: "256", greatest: maxByte, reason: BadValue},
		"leading zeros do no harm":                         {text: "00443", greatest: maxPort, want: 443},
		"leading zeros do no harm however many they are":   {text: "0000000000000000000000443", greatest: maxPort, want: 443},
		"the greatest int64 is a number":                   {text: "9223372036854775807", greatest: maxInt64, want: math.MaxInt64},
		"one more than int64 is out of range":              {text: "9223372036854775808", greatest: maxInt64, reason: BadValue},
		"what overflows to a small number is out of range": {text: "18446744073709551617", greatest: maxInt64, reason: BadValue},
		"a number of thirty digits is out of range":        {text: "123456789012345678901234567890", greatest: maxInt64, reason: BadValue},
		"eighteen digits are a number":                     {text: "999999999999999999", greatest: maxInt64, want: 999999999999999999},
		"nineteen digits are a number":                     {text: "1000000000000000000", greatest: maxInt64, want: 1000000000000000000},
		"a sign is none":                                   {text: "-1", greatest: maxInt64, reason: NotANumber},
		"a plus is none":                                   {text: "+1", greatest: maxInt64, reason: NotANumber},
		"a point is none":                                  {text: "1.5", greatest: maxInt64, reason: NotANumber},
		"an underscore is none":                            {text: "1_000", greatest: maxInt64, reason: NotANumber},
		"hexadecimal is none":                              {text: "0x10", greatest: maxInt64, reason: NotANumber},
		"a word is none":                                   {text: "fifty", greatest: maxInt64, reason: NotANumber},
		"nothing is none":                                  {text: "", greatest: maxInt64, reason: NotANumber},
		"a number with letters after many digits is none":  {text: "12345678901234567890x", greatest: maxInt64, reason: NotANumber},
		"digits of another script are none":                {text: "٣", greatest: maxInt64, reason: NotANumber},
	} {
		t.Run(name, func(t *testing.T) {
			n, reason := ParseNumber(test.text, test.greatest)
			assert.Equal(t, test.reason, reason)
			assert.Equal(t, test.want, n)

			column := Field{Kind: KindNumber, Max: test.greatest}
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

func TestAddressesAreWhatNetipTakesWithoutAZone(t *testing.T) {
	for _, text := range []string{
		"0.0.0.0", "255.255.255.255", "172.31.16.139", "1.2.3.4", "::", "::1", "2001:db8::1", "::ffff:10.0.0.1", "FE80::1",
		"", ".", "...", "1.2.3", "1.2.3.", ".1.2.3", "1..2.3", "1.2.3.4.5", "1.2.3.4.", "256.0.0.1", "1.2.3.256", "999.1.1.1",
		"01.2.3.4", "1.2.3.04", "00.0.0.0", "0000.0.0.0", "1.2.3.0004", "1.2.3.4567", "1.2.3.4/8", "1.2.3.x", "1,2,3,4", " 1.2.3.4",
		"1.2.3.4294967297", "fe80::1%eth0", "::ffff:1.2.3.4%1", "2001:db8::g", "10.0.0.555", "localhost",
	} {
		t.Run(text, func(t *testing.T) {
			assertLikeNetip(t, text)
		})
	}
}

func TestAddressesOfAllLengthsAreWhatNetipTakes(t *testing.T) {
	pieces := []string{"0", "9", "10", "99", "100", "199", "249", "250", "255", "256", "300", "00", "1000", ""}
	for _, a := range pieces {
		for _, b := range pieces {
			for _, c := range pieces {
				assertLikeNetip(t, a+"."+b+"."+c+"."+a)
			}
		}
	}
}

// assertLikeNetip compares ParseAddress with what it saves time over.
func assertLikeNetip(t *testing.T, text string) {
	t.Helper()
	addr, reason := ParseAddress(text)
	want, err := netip.ParseAddr(text)
	if err != nil || want.Zone() != "" {
		assert.Equal(t, BadAddress, reason, text)
		assert.False(t, addr.IsValid(), text)
		return
	}
	assert.Empty(t, reason, text)
	assert.Equal(t, want.Unmap(), addr, text)
}

func TestTimesAboveTheLimitCountMilliseconds(t *testing.T) {
	const limit = int64(1) << 33
	for name, test := range map[string]struct{ time, seconds, nanoseconds int64 }{
		"seconds stay seconds":               {1418530010, 1418530010, 1418530010e9},
		"the limit is in seconds":            {limit, limit, limit * 1e9},
		"one more is in milliseconds":        {limit + 1, 8589934, (limit + 1) * 1e6},
		"milliseconds are rounded down":      {1745899200999, 1745899200, 1745899200999e6},
		"the greatest time is in nanosecond": {MaxTime, limit, limit * 1e9},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.seconds, Seconds(test.time))
			assert.Equal(t, test.nanoseconds, nanoseconds(test.time))
		})
	}
	_, reason := ParseNumber(strconv.FormatInt(MaxTime+1, 10), MaxTime)
	assert.Equal(t, BadValue, reason)
}
