// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"fmt"
	"strings"
)

// Words in the configuration that stand for a list of fields.
const (
	wordDefault        = "default"
	wordTransitGateway = "tgw"
)

// ChooseFormat compiles a format from the configuration: `default` (version 2), `tgw` (Transit Gateway), or a list of
// field names. A single unknown word is an error, because it is more likely a typing error than a format.
func ChooseFormat(names []string) (*Format, error) {
	names = strings.Fields(strings.Join(names, " "))
	if len(names) != 1 {
		return NewFormat(names)
	}
	switch names[0] {
	case wordDefault:
		return Default, nil
	case wordTransitGateway:
		return TransitGateway, nil
	}
	format, err := NewFormat(names)
	if err != nil || len(format.Unknown()) > 0 {
		return nil, fmt.Errorf("unknown value %q; want %s, %s or a list of field names", names[0], wordDefault, wordTransitGateway)
	}
	return format, nil
}
