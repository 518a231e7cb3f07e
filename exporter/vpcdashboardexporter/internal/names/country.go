// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package names returns the names and web pages of codes: countries, ports, and ids of MITRE ATT&CK.
package names

import (
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// Country returns the English name of an ISO 3166-1 code. It returns an empty text for other codes.
func Country(code string) string {
	region, err := language.ParseRegion(code)
	if err != nil {
		return ""
	}
	return display.English.Regions().Name(region)
}
