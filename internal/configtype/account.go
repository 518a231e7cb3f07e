// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package configtype

import (
	"fmt"
	"strings"
)

// Account is the ID of an AWS account, or what a flow log has in its place, such as unknown.
type Account string

// UnmarshalText refuses a number of other than 12 digits. YAML removes the zeros at the beginning of an ID without quotes,
// or reads it as an octal number.
func (a *Account) UnmarshalText(text []byte) error {
	id := string(text)
	if strings.Trim(id, "0123456789") == "" && len(id) != 12 {
		return fmt.Errorf("%q does not have 12 digits; put an account ID that begins with 0 in quotes", id)
	}
	*a = Account(id)
	return nil
}
