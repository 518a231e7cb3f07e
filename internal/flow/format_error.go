// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import "fmt"

// formatError says why the names of fields are not a format.
type formatError struct {
	// field is the field with the problem; empty if the problem is not one field.
	field   string
	problem string
}

// Error implements error.
func (e *formatError) Error() string {
	if e.field == "" {
		return e.problem
	}
	return fmt.Sprintf("field %q is %s", e.field, e.problem)
}
