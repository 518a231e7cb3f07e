// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package configdecode

import (
	"cmp"
	"errors"
	"strings"
	"unicode"

	"github.com/go-viper/mapstructure/v2"
)

// addDecodeError adds the problems in a tree of errors of mapstructure. They come from types with an Unmarshal method.
// The path is the place of the error below the key, as in sort_by[0].regex.
func (p *problems) addDecodeError(key, path string, err error) {
	switch e := err.(type) { //nolint:errorlint // each branch of the tree is visited
	case *mapstructure.DecodeError:
		p.addDecodeError(key, cmp.Or(e.Name(), path), e.Unwrap())
		return
	case interface{ Unwrap() []error }:
		for _, each := range e.Unwrap() {
			p.addDecodeError(key, path, each)
		}
		return
	}
	if _, ok := errors.AsType[*mapstructure.DecodeError](err); ok {
		// The error is from a nested decoder, whose paths begin here.
		p.addDecodeError(join(key, path), "", errors.Unwrap(err))
		return
	}
	if names, ok := strings.CutPrefix(err.Error(), "has invalid keys: "); ok {
		if strings.ContainsFunc(path, unicode.IsUpper) {
			path = "" // It is the name of a Go type, as in confighttp.ServerConfig, at the root.
		}
		for name := range strings.SplitSeq(names, ", ") {
			p.add(under(join(key, path), name), "there is no such setting")
		}
		return
	}
	p.add(join(key, path), "%s", err)
}

// join returns the key of a place below a key.
func join(key, path string) string {
	if path == "" {
		return key
	}
	return under(key, strings.ReplaceAll(path, ".", "::"))
}
