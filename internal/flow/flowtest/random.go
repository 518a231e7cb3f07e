// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowtest

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// maxSeconds is the largest time that counts as seconds.
const maxSeconds = 1 << 33

// RandomFormat makes a format of random fields. It prefers fields that detection uses, and sometimes adds an unknown one.
func RandomFormat(tb testing.TB, random *rand.Rand) *flow.Format {
	tb.Helper()
	var names []string
	for _, f := range flow.Fields() {
		if random.IntN(100) < 20 || (f.Set != nil || f.Kind == flow.KindAddress) && random.IntN(100) < 40 {
			names = append(names, f.Name)
		}
	}
	if random.IntN(5) == 0 || len(names) == 0 {
		names = append(names, fmt.Sprintf("new-%d", random.IntN(9)))
	}
	random.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	format, err := flow.NewFormat(names)
	require.NoError(tb, err)
	return format
}

// RandomLine makes a line of a format. With errors, some values are bad, and some lines too short or too long.
func RandomLine(random *rand.Rand, format *flow.Format, errors bool) string {
	var line strings.Builder
	for i := range format.Len() {
		switch {
		case random.IntN(5) == 0:
			line.WriteString("-")
		case errors && random.IntN(30) == 0:
			line.WriteString([]string{"x", "-1", "65536", "1.2.3.4.5", "999", "DROP", "18446744073709551616", "é", "\xff"}[random.IntN(9)])
		case errors && random.IntN(100) == 0:
		default:
			line.WriteString(randomValue(random, format.Field(i)))
		}
		line.WriteString(strings.Repeat(" ", 1+random.IntN(10)/9))
	}
	if errors && random.IntN(50) == 0 {
		line.WriteString("more")
	}
	return line.String()
}

func randomValue(random *rand.Rand, f *flow.Field) string {
	switch f.Kind {
	case flow.KindNumber, flow.KindDigits, flow.KindProtocol:
		return strconv.FormatInt(f.Max>>random.IntN(64), 10)
	case flow.KindStart, flow.KindEnd:
		if random.IntN(3) == 0 {
			return strconv.FormatInt(1616729292000+random.Int64N(1e9), 10)
		}
		return strconv.FormatInt(random.Int64N(maxSeconds), 10)
	case flow.KindWord:
		for {
			if text := f.Words[random.IntN(len(f.Words))].Text; text != "" {
				return text
			}
		}
	case flow.KindAddress:
		return randomAddress(random)
	case flow.KindLowercase:
		return []string{"IPv4", "IPv6", "EFA", "Other"}[random.IntN(4)]
	case flow.KindTag:
		return []string{"a%20b", "50%", "%FF", "plain", "caf%C3%A9"}[random.IntN(5)]
	}
	return []string{"012345678901", "eni-1235b8ca123456789", "nat_gateway", "transit_gateway", "interface", "S3", "eu-west-1", "8"}[random.IntN(8)]
}

// randomAddress chooses from few addresses in several spellings, so that interface and packet addresses are often equal.
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
