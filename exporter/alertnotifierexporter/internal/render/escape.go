// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package render

import "strings"

// escapeSlack escapes Slack's markup: links, and mentions such as <!channel>. See
// https://docs.slack.dev/messaging/formatting-message-text. A zero-width space after @ prevents mentions by link_names,
// and a quote in place of a backtick keeps code blocks closed.
var escapeSlack = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "@", "@\u200B", "`", "'").Replace

// escapeMarkdown escapes Markdown. A zero-width space after @ prevents mentions.
var escapeMarkdown = strings.NewReplacer(markdownEscapes()...).Replace

func markdownEscapes() (pairs []string) {
	for _, r := range "\\`*_{}[]<>()#+!|~" {
		pairs = append(pairs, string(r), "\\"+string(r))
	}
	return append(pairs, "@", "@\u200B")
}
