// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package scenario

import (
	"fmt"
	"net/netip"
	"os"
	"strings"
)

// CountryTable maps networks to country codes.
type CountryTable map[netip.Prefix]string

// ReadCountries reads a file with one network per line: a CIDR, a tab and a country code.
func ReadCountries(path string) (CountryTable, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	table := CountryTable{}
	for line := range strings.Lines(string(content)) {
		network, code, _ := strings.Cut(strings.TrimSpace(line), "\t")
		prefix, err := netip.ParsePrefix(network)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		table[prefix] = code
	}
	return table, nil
}

// Country returns the code of the narrowest network that contains the address. It returns the empty string if there is
// none or if the code is ZZ, which means unknown.
func (t CountryTable) Country(a netip.Addr) string {
	code, bits := "", -1
	for prefix, c := range t {
		if prefix.Contains(a) && prefix.Bits() > bits {
			code, bits = c, prefix.Bits()
		}
	}
	if code == "ZZ" {
		return ""
	}
	return code
}
