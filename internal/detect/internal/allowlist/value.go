// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// Network is a CIDR, or one address.
type Network netip.Prefix

// UnmarshalText reads 10.0.0.0/8 or 10.0.9.5. Bits beyond the length are ignored.
func (n *Network) UnmarshalText(text []byte) error {
	if addr, err := netip.ParseAddr(string(text)); err == nil {
		addr = addr.Unmap()
		*n = Network(netip.PrefixFrom(addr, addr.BitLen()))
		return nil
	}
	prefix, err := netip.ParsePrefix(string(text))
	if err != nil {
		return fmt.Errorf("%q is neither an address nor a CIDR", text)
	}
	*n = Network(prefix.Masked())
	return nil
}

// PortRange is a range of ports, both ends in it.
type PortRange struct{ from, to uint16 }

// UnmarshalText reads 22 or 8000-8999.
func (r *PortRange) UnmarshalText(text []byte) error {
	low, high, ranged := strings.Cut(string(text), "-")
	if !ranged {
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

// Has tells whether the port is in the range.
func (r PortRange) Has(port uint16) bool { return r.from <= port && port <= r.to }

// Protocol is an IANA protocol number.
type Protocol uint8

// UnmarshalText reads tcp, TCP or 6.
func (p *Protocol) UnmarshalText(text []byte) error {
	if n, err := strconv.ParseUint(string(text), 10, 8); err == nil {
		*p = Protocol(n)
		return nil
	}
	n, ok := flow.ProtocolNumber(strings.ToLower(string(text)))
	if !ok {
		return fmt.Errorf("%q is neither an IANA protocol keyword nor a number from 0 to 255", text)
	}
	*p = Protocol(n)
	return nil
}

// Date is the first second of a day in UTC, in Unix seconds. Zero is no date.
type Date int64

// UnmarshalText reads 2027-06-30.
func (d *Date) UnmarshalText(text []byte) error {
	day, err := time.Parse(time.DateOnly, string(text))
	if err != nil {
		return fmt.Errorf("%q is not a date such as 2027-06-30", text)
	}
	*d = Date(day.Unix())
	return nil
}

// String writes the date as 2027-06-30.
func (d Date) String() string { return time.Unix(int64(d), 0).UTC().Format(time.DateOnly) }
