// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package browsertest

import (
	"fmt"
	"strings"
)

// Violation is an accessibility rule of axe-core that a page violates.
type Violation struct {
	// ID is the id of the rule. Impact is minor, moderate, serious or critical.
	ID     string `json:"id"`
	Impact string `json:"impact"`
	Help   string `json:"help"`
	// Nodes are the elements that violate the rule.
	Nodes []struct {
		HTML    string `json:"html"`
		Summary string `json:"failureSummary"`
	} `json:"nodes"`
}

// String formats the violation for the message of a test.
func (v Violation) String() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s (%s): %s", v.ID, v.Impact, v.Help)
	for _, n := range v.Nodes {
		fmt.Fprintf(&text, "\n\t%s\n\t%s", n.HTML, n.Summary)
	}
	return text.String()
}

// Accessibility checks the page with axe-core, and returns all violations. It skips the test if axe-core is neither cached nor
// npm is installed, or fails it if CI is set.
func (tab *Tab) Accessibility() []Violation {
	tab.t.Helper()
	Value[bool](tab, axeScript(tab.t)+"; true")
	return Value[[]Violation](tab, `axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations)`)
}
