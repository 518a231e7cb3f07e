// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alerttext

// serviceName returns the name of a port's service in parentheses, or nothing.
func serviceName(port uint16) string {
	name := map[uint16]string{22: "SSH", 53: "DNS", 80: "HTTP", 443: "HTTPS", 3389: "RDP"}[port]
	if name == "" {
		return ""
	}
	return " (" + name + ")"
}
