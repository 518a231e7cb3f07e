// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package network

import (
	"net/netip"

	"github.com/phuslu/iploc"
)

// Countries knows which country an address is in.
type Countries interface {
	// Country returns the code of two letters by ISO 3166-1, empty when the country is not known. It is called for
	// each flow, and does not allocate.
	Country(a netip.Addr) string
}

// BuiltIn returns the table that is part of the program, made from IP2Location LITE data. It is as old as the
// program, and needs no file.
func BuiltIn() Countries {
	return builtIn{}
}

type builtIn struct{}

func (builtIn) Country(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	country := iploc.IPCountry(a)
	if country == "ZZ" { // private, reserved or nobody's
		return ""
	}
	return country
}
