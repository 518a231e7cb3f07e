// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package playbook suggests the next steps for an alert: AWS commands and queries, ready to paste. Values from flow logs
// are checked or left out, so that a hostile name cannot become a command.
package playbook

import (
	"fmt"
	"regexp"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// Step is one recommended action.
type Step struct {
	// Title is the purpose of the step, in one phrase.
	Title string
	// Command is the text to paste: a shell command or a query. The user replaces words in capital letters, such as
	// ACL_ID. Each command that changes something has such a word, so that none works by accident.
	Command string
	// Note is a sentence about the limits or the effect of the command. It may be empty.
	Note string
}

// Steps returns the next steps for an alert, in the order in which to take them. The first ones only read.
func Steps(a *alert.Alert) []Step {
	n := newNetwork(a)
	steps := append(n.lookUps(), n.athena(), n.insights())
	if n.sourceInside && alert.Action(n.Rule) == flow.Reject {
		steps = append(steps, n.accepted())
	}
	return append(steps, n.changes()...)
}

// Credentials returns a sentence that says in which account to run the commands. It is empty if the account is unknown.
func Credentials(a *alert.Alert) string {
	if !accountID.MatchString(a.Account) {
		return ""
	}
	return fmt.Sprintf("Run the commands in account %s. Add --profile NAME if that is not your default.", a.Account)
}

// rulesURL is where the rules are documented.
const rulesURL = "https://github.com/vpcflow/otelcol-vpcflow/blob/main/docs/rules.md"

var ruleID = regexp.MustCompile(`^[a-z0-9_]{1,64}$`)

// RuleURL returns the address of a rule's documentation. For an invalid id, it returns the address of the whole page.
func RuleURL(rule string) string {
	if !ruleID.MatchString(rule) {
		return rulesURL
	}
	return rulesURL + "#" + rule
}
