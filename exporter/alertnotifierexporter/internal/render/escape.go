// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	"regexp"
	"strings"
)

// escapeSlack escapes Slack's markup: links, mentions such as <!channel>, and bold, italic and struck text. See
// https://docs.slack.dev/messaging/formatting-message-text. Slack has no escape for the last three, so similar
// characters replace those that begin or end them. A zero-width space after @ prevents mentions by link_names. Another
// one prevents Slack from turning web addresses into links.
func escapeSlack(text string) string {
	text = slackReplacer.Replace(text)
	text = slackItalic.ReplaceAllString(text, "${1}\u02CD")
	return slackLink.ReplaceAllString(text, "$1$3\u200B$2$4")
}

var (
	slackReplacer = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "@", "@\u200B", "`", "'", "*", "\u2217", "~", "\u223C")
	slackItalic   = regexp.MustCompile(`(^|[^0-9A-Za-z_])_`)
	slackLink     = regexp.MustCompile(`(?i)(:)(//)|(mailto:|[0-9a-z-]\.)([a-z])`)
)

// escapeCode escapes text for a code block in Slack, so that the text cannot end the block.
var escapeCode = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "@", "@\u200B", "```", "'''").Replace

// escapeMarkdown escapes Markdown. A zero-width space after @ prevents mentions.
var escapeMarkdown = strings.NewReplacer(markdownEscapes()...).Replace

func markdownEscapes() (pairs []string) {
	for _, r := range "\\`*_{}[]<>()#+!|~" {
		pairs = append(pairs, string(r), "\\"+string(r))
	}
	return append(pairs, "@", "@\u200B")
}
