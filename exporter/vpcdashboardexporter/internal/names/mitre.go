// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package names

import "regexp"

const mitreURL = "https://attack.mitre.org/"

var (
	tacticID    = regexp.MustCompile(`^TA\d{4}$`)
	techniqueID = regexp.MustCompile(`^(T\d{4})(?:\.(\d{3}))?$`)
)

// TacticURL returns the MITRE ATT&CK page of a tactic. It returns an empty text for an invalid id.
func TacticURL(id string) string {
	if !tacticID.MatchString(id) {
		return ""
	}
	return mitreURL + "tactics/" + id + "/"
}

// TechniqueURL returns the MITRE ATT&CK page of a technique. It returns an empty text for an invalid id.
func TechniqueURL(id string) string {
	m := techniqueID.FindStringSubmatch(id)
	switch {
	case m == nil:
		return ""
	case m[2] == "":
		return mitreURL + "techniques/" + m[1] + "/"
	default:
		return mitreURL + "techniques/" + m[1] + "/" + m[2] + "/"
	}
}
