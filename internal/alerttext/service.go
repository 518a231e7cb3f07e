// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alerttext

import "github.com/vpcflow/otelcol-vpcflow/internal/flow"

// serviceName returns the name of a port's service in parentheses, or nothing.
func serviceName(port uint16) string {
	name := flow.ServiceName(port)
	if name == "" {
		return ""
	}
	return " (" + name + ")"
}
