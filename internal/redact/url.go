// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package redact

import (
	"errors"
	"net/url"
	"strings"
)

// URL returns a URL for a message, without its user info, query and fragment. The text may be malformed. The user info
// ends at the last @, since a password may contain any character, and includes any scheme but http and https.
func URL(text string) string {
	scheme, rest := "", text
	for _, known := range []string{"http://", "https://"} {
		if after, ok := strings.CutPrefix(text, known); ok {
			scheme, rest = known, after
		}
	}
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		rest = Mask + rest[at:]
	}
	if end := strings.IndexAny(rest, "?#"); end >= 0 {
		rest = rest[:end+1] + Mask
	}
	return scheme + rest
}

// Host returns the host of a URL, or "the URL" if it has none. It is for URLs whose path may hold a secret.
func Host(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return "the URL"
	}
	return u.Host
}

// Cause returns the cause of a failed request, without the URL that net/http adds to its errors.
func Cause(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		return wrapped.Err
	}
	return err
}
