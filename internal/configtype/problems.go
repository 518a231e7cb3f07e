// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package configtype

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/vpcflow/otelcol-vpcflow/internal/redact"
)

// Problems collects the errors of a decoded configuration. The zero value is ready to use.
type Problems []error

// Add adds a problem with the value of a key. The format may contain %w.
func (p *Problems) Add(key, format string, args ...any) {
	*p = append(*p, fmt.Errorf("%s: "+format, append([]any{key}, args...)...))
}

// AddError adds an error that names its key itself. It ignores nil.
func (p *Problems) AddError(err error) {
	if err != nil {
		*p = append(*p, err)
	}
}

// OneOf adds a problem unless the value of a key is one of the allowed values.
func (p *Problems) OneOf(key, value string, allowed ...string) {
	if slices.Contains(allowed, value) {
		return
	}
	last := len(allowed) - 1
	p.Add(key, "%q is not %s or %s", value, strings.Join(allowed[:last], ", "), allowed[last])
}

// HTTPURL adds a problem unless the value of a key is an http or https URL with a host. The problem shows the example,
// and the value without its user info and query, which may be secret.
func (p *Problems) HTTPURL(key, value, example string) {
	if !IsHTTPURL(value) {
		p.Add(key, "%q is not a URL such as %s", redact.URL(value), example)
	}
}

// Err returns all problems as one error, with one problem per line. It returns nil if there are none.
func (p *Problems) Err() error { return errors.Join(*p...) }

// AtLeast adds a problem if the value of a key is less than the minimum.
func AtLeast[T cmp.Ordered](p *Problems, key string, value, minimum T) {
	if value < minimum {
		p.Add(key, "%v is less than %v", value, minimum)
	}
}

// InRange adds a problem if the value of a key is less than the minimum or more than the maximum.
func InRange[T cmp.Ordered](p *Problems, key string, value, minimum, maximum T) {
	if value < minimum || value > maximum {
		p.Add(key, "%v is not from %v to %v", value, minimum, maximum)
	}
}

// IsHTTPURL reports whether the text is an http or https URL with a host.
func IsHTTPURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}
