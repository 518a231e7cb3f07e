// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package configtype

import (
	"fmt"
	"strconv"
	"strings"
)

// PortRange is a range of ports, including both ends.
type PortRange struct {
	First uint16 `mapstructure:"-"`
	Last  uint16 `mapstructure:"-"`
}

// UnmarshalText parses a port such as 22 or a range such as 8000-8999.
func (r *PortRange) UnmarshalText(text []byte) error {
	low, high, isRange := strings.Cut(string(text), "-")
	if !isRange {
		high = low
	}
	first, err := strconv.ParseUint(strings.TrimSpace(low), 10, 16)
	last, err2 := strconv.ParseUint(strings.TrimSpace(high), 10, 16)
	if err != nil || err2 != nil || first > last {
		return fmt.Errorf("%q is neither a port from 0 to 65535 nor a range such as 8000-8999", text)
	}
	*r = PortRange{uint16(first), uint16(last)}
	return nil
}

// Contains reports whether the port is in the range.
func (r PortRange) Contains(port uint16) bool { return r.First <= port && port <= r.Last }
