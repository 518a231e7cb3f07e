// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package playbook

import "strings"

// Text formats steps as plain text. Titles and notes are shell comments, so that a block can be pasted as a whole.
func Text(steps []Step) string {
	var blocks []string
	for _, step := range steps {
		block := "# " + step.Title + "\n" + step.Command
		if step.Note != "" {
			block += "\n# " + step.Note
		}
		blocks = append(blocks, block)
	}
	return strings.Join(blocks, "\n\n")
}

// ParseText returns the steps of a text from [Text].
func ParseText(text string) (steps []Step) {
	if text == "" {
		return nil
	}
	for block := range strings.SplitSeq(text, "\n\n") {
		title, command, _ := strings.Cut(block, "\n")
		step := Step{Title: strings.TrimPrefix(title, "# "), Command: command}
		if i := strings.LastIndex(command, "\n# "); i >= 0 {
			step.Command, step.Note = command[:i], command[i+len("\n# "):]
		}
		steps = append(steps, step)
	}
	return steps
}
