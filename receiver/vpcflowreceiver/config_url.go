// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"net/url"
	"strings"
)

// hidden stands for what may be secret, as it does where configopaque hides something.
const hidden = "[REDACTED]"

func isHTTP(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

// redacted is a URL for a message, without what may be secret in it: who logs in, and the query. It goes by the text alone,
// as what is shown is mostly no URL.
func redacted(text string) string {
	scheme := ""
	for _, prefix := range []string{"http://", "https://"} {
		if rest, ok := strings.CutPrefix(text, prefix); ok {
			scheme, text = prefix, rest
		}
	}
	if at := strings.LastIndexByte(text, '@'); at >= 0 {
		text = hidden + text[at:]
	}
	if query := strings.IndexAny(text, "?#"); query >= 0 {
		text = text[:query+1] + hidden
	}
	return scheme + text
}
