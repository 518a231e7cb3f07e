// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package mitre knows the tactics and techniques of the enterprise matrix of MITRE ATT&CK (attack.mitre.org), version 17.
package mitre

import (
	_ "embed"
	"strings"
)

//go:embed ids.txt
var ids string

// nameOf returns the name of an id, or nothing.
func nameOf(id string) string {
	for line := range strings.Lines(ids) {
		if known, name, _ := strings.Cut(strings.TrimSpace(line), " "); known == id {
			return name
		}
	}
	return ""
}

// Tactic returns the name of a tactic, such as TA0010. It is empty for any other text.
func Tactic(id string) string {
	if !strings.HasPrefix(id, "TA") {
		return ""
	}
	return nameOf(id)
}

// Technique returns the name of a technique, such as T1048 or T1048.003. It is empty for any other text.
func Technique(id string) string {
	if strings.HasPrefix(id, "TA") {
		return ""
	}
	return nameOf(id)
}
