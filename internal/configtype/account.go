// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package configtype

import (
	"fmt"
	"strings"
)

// Account is the ID of an AWS account, or a word that flow logs contain instead, such as unknown.
type Account string

// UnmarshalText rejects a number that does not have 12 digits. Without quotes, YAML removes leading zeros of an ID, or
// reads it as an octal number.
func (a *Account) UnmarshalText(text []byte) error {
	id := string(text)
	if strings.Trim(id, "0123456789") == "" && len(id) != 12 {
		return fmt.Errorf("%q does not have 12 digits; put an account ID that begins with 0 in quotes", id)
	}
	*a = Account(id)
	return nil
}
