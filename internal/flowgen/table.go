// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"fmt"
	"strings"

	"github.com/vpcflow/otelcol-vpcflow/internal/humanize"
)

// table returns the content of attacks.md: the attacks and decoys for readers.
func (l Labels) table(written []Summary) string {
	var b strings.Builder
	b.WriteString("# Attacks and decoys in these flow logs\n\nWritten by `flowgen`. All times are in UTC.\n\n")
	for _, sum := range written {
		fmt.Fprintf(&b, "- Account %s, version %d: %s\n", sum.Account, sum.Version, humanize.Count(sum.Records, "record", "records"))
	}
	opened, updated := l.alerts()
	fmt.Fprintf(&b, "\n## Attacks\n\nThey cause %s: %d that open an episode, and %d updates. The end of an episode causes one more.\n",
		humanize.Count(opened+updated, "alert", "alerts"), opened, updated)
	writeTable(&b, "alerts", l.Attacks)
	b.WriteString("\n## Decoys\n\nThey look like attacks but must cause no alert. The last column names the rules that they almost trigger.\n")
	writeTable(&b, "must stay silent", l.Decoys)
	return b.String()
}

// alerts counts the alerts that the attacks cause.
func (l Labels) alerts() (opened, updated int) {
	for _, attack := range l.Attacks {
		for _, a := range attack.Alerts {
			opened += a.Opened
			updated += a.Updated
		}
	}
	return opened, updated
}

func writeTable(b *strings.Builder, rules string, labels []Label) {
	fmt.Fprintf(b, "\n| start | account | name | what happens | %s |\n|---|---|---|---|---|\n", rules)
	for _, label := range labels {
		fmt.Fprintf(b, "| %s | %s | `%s` | %s | %s |\n",
			label.Start.Format("Mon 15:04"), label.Account, label.Name, label.Summary, strings.Join(label.rules(), ", "))
	}
}

// rules returns the rules that the label names. It marks rules whose alert must be updated.
func (l Label) rules() []string {
	var rules []string
	for _, a := range l.Alerts {
		text := "`" + a.Rule + "`"
		if a.Updated > 0 {
			text += " (" + humanize.Count(a.Updated, "update", "updates") + ")"
		}
		rules = append(rules, text)
	}
	for _, rule := range l.Silent {
		rules = append(rules, "`"+rule+"`")
	}
	return rules
}
