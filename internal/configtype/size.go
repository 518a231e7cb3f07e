// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package configtype

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Size is an amount of data, in bytes.
type Size int64

// sizeUnits lists the units from the largest to the smallest.
var sizeUnits = []struct {
	name  string
	bytes Size
}{{"TiB", 1 << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}}

// UnmarshalText parses a size such as 10GiB or 500MiB.
func (s *Size) UnmarshalText(text []byte) error {
	for _, unit := range sizeUnits {
		number, found := strings.CutSuffix(string(text), unit.name)
		if !found {
			continue
		}
		n, err := strconv.ParseUint(strings.TrimSpace(number), 10, 63)
		if err == nil && n <= uint64(math.MaxInt64/unit.bytes) {
			*s = Size(n) * unit.bytes
			return nil
		}
	}
	return fmt.Errorf("%q is not a size such as 10GiB; the units are MiB, GiB and TiB", text)
}

// String returns the size with the largest unit that divides it.
func (s Size) String() string {
	for _, unit := range sizeUnits {
		if s != 0 && s%unit.bytes == 0 {
			return fmt.Sprintf("%d%s", s/unit.bytes, unit.name)
		}
	}
	return fmt.Sprintf("%dB", int64(s))
}
