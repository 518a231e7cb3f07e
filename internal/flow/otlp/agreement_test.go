// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A line must give the same Flow straight away and by way of the attributes of a log record. These tests try it with
// formats and records that nobody thought of.

func TestBothWaysToAFlowAgreeOnRandomRecords(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		format := randomFormat(t, random)
		for range 5 {
			assertWaysAgree(t, format, randomLine(random, format, false))
		}
	}
}

func TestBothWaysToAFlowAgreeOnWhatIsWrong(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	bad := 0
	for range 2000 {
		format := randomFormat(t, random)
		line := randomLine(random, format, true)
		var got Flow
		if format.Flow(line, &got) != nil {
			bad++
		}
		assertWaysAgree(t, format, line)
	}
	assert.Greater(t, bad, 200, "few bad lines were tried")
}

// assertWaysAgree reads a line directly, by attributes, and from the body of a record.
func assertWaysAgree(tb testing.TB, format *Format, line string) {
	tb.Helper()
	var direct, decoded, body Flow
	err := format.Flow(line, &direct)
	logs, counts := NewDecoder(format, testScope).Decode([]byte(line), observed)
	lines := made{scope: map[string]any{"vpc_flow.format": format.String()}, body: line}
	if err != nil {
		require.Equal(tb, err, counts.FirstBad, "%s\n%s", format, line)
		require.Equal(tb, 1, counts.Bad[counts.FirstBad.Reason])
		require.Equal(tb, err, lines.read(tb, NewRecordReader(nil), &body))
		return
	}
	require.Equal(tb, Counts{Records: 1}, counts, "%s\n%s", format, line)
	resource, scope, records := only(tb, logs)
	require.NoError(tb, NewRecordReader(nil).Flow(resource, scope, records.At(0), &decoded), "%s\n%s", format, line)
	require.Equal(tb, direct, decoded, "%s\n%s", format, line)
	require.NoError(tb, lines.read(tb, NewRecordReader(nil), &body))
	require.Equal(tb, direct, body, "%s\n%s", format, line)
}

// randomFormat takes some fields in any order, more often those that detection uses, and now and then an unknown one.
func randomFormat(tb testing.TB, random *rand.Rand) *Format {
	tb.Helper()
	var names []string
	for _, f := range fields {
		if random.IntN(100) < 20 || (f.set != nil || f.kind == address) && random.IntN(100) < 40 {
			names = append(names, f.name)
		}
	}
	if random.IntN(5) == 0 || len(names) == 0 {
		names = append(names, fmt.Sprintf("new-%d", random.IntN(9)))
	}
	random.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	format, err := NewFormat(names)
	require.NoError(tb, err)
	return format
}

// randomLine makes a record of a format. With mistakes, some values are wrong and some lines too short or too long.
func randomLine(random *rand.Rand, format *Format, mistakes bool) string {
	var line strings.Builder
	for i := range format.columns {
		switch {
		case random.IntN(5) == 0:
			line.WriteString("-")
		case mistakes && random.IntN(30) == 0:
			line.WriteString([]string{"x", "-1", "65536", "1.2.3.4.5", "999", "DROP", "18446744073709551616", "é", "\xff"}[random.IntN(9)])
		case mistakes && random.IntN(100) == 0:
		default:
			line.WriteString(randomValue(random, &format.columns[i]))
		}
		line.WriteString(strings.Repeat(" ", 1+random.IntN(10)/9))
	}
	if mistakes && random.IntN(50) == 0 {
		line.WriteString("more")
	}
	return line.String()
}

func randomValue(random *rand.Rand, f *field) string {
	switch f.kind {
	case number, digits, protocol:
		return strconv.FormatInt(f.greatest>>random.IntN(64), 10)
	case startTime, endTime:
		if random.IntN(3) == 0 {
			return strconv.FormatInt(1616729292000+random.Int64N(1e9), 10)
		}
		return strconv.FormatInt(random.Int64N(maxSeconds), 10)
	case word:
		for {
			if text := f.words[random.IntN(len(f.words))].text; text != "" {
				return text
			}
		}
	case address:
		return randomAddress(random)
	case lowered:
		return []string{"IPv4", "IPv6", "EFA", "Other"}[random.IntN(4)]
	case tag:
		return []string{"a%20b", "50%", "%FF", "plain", "caf%C3%A9"}[random.IntN(5)]
	}
	return []string{"012345678901", "eni-1235b8ca123456789", "nat_gateway", "transit_gateway", "interface", "S3", "eu-west-1", "8"}[random.IntN(8)]
}

// randomAddress takes few different addresses, so that those of interfaces and packets are often the same, in several
// spellings.
func randomAddress(random *rand.Rand) string {
	octets := [4]byte{10, 0, 0, byte(random.IntN(4))}
	switch random.IntN(6) {
	case 0:
		return "::ffff:" + netip.AddrFrom4(octets).String()
	case 1:
		return "2001:db8::" + strconv.Itoa(random.IntN(3))
	case 2:
		return "2001:0DB8:0::" + strconv.Itoa(random.IntN(3))
	}
	return netip.AddrFrom4(octets).String()
}
