// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"fmt"
	"strings"
)

// The words of a configured format that stand for a list of fields.
const (
	choiceDefault        = "default"
	choiceTransitGateway = "tgw"
)

// ChooseFormat compiles a format as users configure it: default (version 2), tgw (Transit Gateway), or the names of the
// fields. A single word that is no field is a mistake rather than a format of one field that AWS has not had so far.
func ChooseFormat(names []string) (*Format, error) {
	names = strings.Fields(strings.Join(names, " "))
	if len(names) != 1 {
		return NewFormat(names)
	}
	switch names[0] {
	case choiceDefault:
		return Default, nil
	case choiceTransitGateway:
		return TransitGateway, nil
	}
	format, err := NewFormat(names)
	if err != nil || len(format.Unknown()) > 0 {
		return nil, fmt.Errorf("unknown value %q; want %s, %s or a list of field names", names[0], choiceDefault, choiceTransitGateway)
	}
	return format, nil
}
