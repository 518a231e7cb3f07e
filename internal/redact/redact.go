// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package redact removes secrets from texts before they are logged or shown.
package redact

import (
	"cmp"
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Mask replaces a secret. The Collector's configopaque writes the same.
const Mask = "[REDACTED]"

// minSecret is the shortest secret that is removed, in bytes. Shorter ones occur in every text.
const minSecret = 4

// Redactor removes known secrets and the paths of all URLs from texts. The zero value has no secrets. It is safe for
// concurrent use once all secrets have been added.
type Redactor struct{ secrets []string }

// Add adds a secret, and its forms in a URL. It ignores secrets of less than four bytes.
func (r *Redactor) Add(secret string) {
	if len(secret) < minSecret {
		return
	}
	r.secrets = append(r.secrets, secret)
	if escaped := url.QueryEscape(secret); escaped != secret {
		r.secrets = append(r.secrets, escaped)
	}
	if u, err := url.Parse(secret); err == nil && u.Host != "" && len(u.RequestURI()) > minSecret {
		r.secrets = append(r.secrets, u.RequestURI())
	}
	// The longest come first, because a secret may be part of another.
	slices.SortFunc(r.secrets, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
}

// webURL matches an HTTP URL. Only its scheme and host are public: Slack, Telegram and others have a token in the path.
var webURL = regexp.MustCompile(`(https?://)(?:[^\s/"@]*@)?([^\s/"?:]+(?::\d+)?)[^\s"]*`)

// Text returns the text without secrets. It reduces URLs to their scheme and host.
func (r *Redactor) Text(text string) string {
	for _, secret := range r.secrets {
		text = strings.ReplaceAll(text, secret, Mask)
	}
	return webURL.ReplaceAllString(text, "$1$2/"+Mask)
}

// Error returns an error with the text of err without secrets. It does not wrap err, which still contains them. It
// returns nil for nil.
func (r *Redactor) Error(err error) error {
	if err == nil {
		return nil
	}
	return errors.New(r.Text(err.Error()))
}
