// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package configcheckconverter

import (
	"fmt"
	"net/netip"
	"strings"
)

// checkNetworks finds allowlist entries whose CIDR has bits set beyond its length. vpc_detection ignores these bits, so that
// an entry for one address may cover a whole network.
func checkNetworks(config *configuration) (findings []finding) {
	for _, c := range config.used() {
		if c.id.Type().String() != "vpc_detection" {
			continue
		}
		walk(c.key, c.settings, func(key, name string, value any) {
			if name != "source" && name != "destination" || !strings.Contains(key, "::ignore[") {
				return
			}
			list, ok := value.([]any)
			if !ok {
				list = []any{value}
			}
			for _, entry := range list {
				text, _ := entry.(string)
				if prefix, err := netip.ParsePrefix(text); err == nil && prefix != prefix.Masked() {
					findings = append(findings, finding{key, fmt.Sprintf("%q has bits set beyond its length: it covers %s", text, prefix.Masked())})
				}
			}
		})
	}
	return findings
}
