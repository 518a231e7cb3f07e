// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"net/url"
	"strings"
	"unicode/utf8"
)

// UnescapeTag decodes a percent-encoded tag. A tag that cannot be decoded to text is returned unchanged, so that its
// record is not rejected.
func UnescapeTag(tag string) string {
	if !strings.Contains(tag, "%") {
		return tag
	}
	decoded, err := url.PathUnescape(tag)
	if err != nil || decoded == "" || !utf8.ValidString(decoded) {
		return tag
	}
	return decoded
}
