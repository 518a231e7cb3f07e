// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package allowlist

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// Protocol is an IANA protocol number.
type Protocol uint8

// UnmarshalText parses tcp, TCP or 6.
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
