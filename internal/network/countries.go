// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package network

import (
	"net/netip"

	"github.com/phuslu/iploc"
)

// Countries looks up the countries of addresses.
type Countries interface {
	// Country returns the ISO 3166-1 code of the country in two letters, or an empty text if it is unknown. It is called
	// for each flow and must not allocate.
	Country(a netip.Addr) string
}

// BuiltIn returns the table that is compiled into the program, from IP2Location LITE data. It needs no file, and it is
// as old as the program.
func BuiltIn() Countries {
	return builtIn{}
}

type builtIn struct{}

func (builtIn) Country(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	country := iploc.IPCountry(a)
	if country == "ZZ" { // private, reserved or unassigned
		return ""
	}
	return country
}
