// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/go-viper/mapstructure/v2"
	"go.opentelemetry.io/collector/confmap"
)

// mistakes gathers what is wrong in a configuration, each named by its YAML key and value.
type mistakes []string

func (m *mistakes) add(key, format string, args ...any) {
	*m = append(*m, key+": "+fmt.Sprintf(format, args...))
}

// err is one error in one line: the collector puts what it knows of the place before it.
func (m *mistakes) err() error {
	if len(*m) == 0 {
		return nil
	}
	return errors.New(strings.Join(*m, "; "))
}

// decode fills the target with what is given. Keys are those below the prefix.
func (m *mistakes) decode(prefix string, given map[string]any, target any) {
	if len(given) == 0 {
		return // to decode nothing would be to set everything to zero
	}
	m.plainValues(prefix, given)
	if err := confmap.NewFromStringMap(given).Unmarshal(target); err != nil {
		m.addDecoding(prefix, given, "", err)
	}
}

// addDecoding adds what stands in a tree of decoding errors: each tells the path of a value, as in ignore[0].port[1],
// and what is wrong with it.
func (m *mistakes) addDecoding(prefix string, given map[string]any, path string, err error) {
	switch e := err.(type) { //nolint:errorlint // each branch of the tree is looked at
	case *mapstructure.DecodeError:
		m.addDecoding(prefix, given, cmp.Or(e.Name(), path), e.Unwrap())
		return
	case interface{ Unwrap() []error }:
		for _, each := range e.Unwrap() {
			m.addDecoding(prefix, given, path, each)
		}
		return
	}
	if _, ok := errors.AsType[*mapstructure.DecodeError](err); ok {
		m.addDecoding(prefix, given, path, errors.Unwrap(err))
		return
	}
	key := prefix + strings.ReplaceAll(path, ".", "::")
	if names, ok := strings.CutPrefix(err.Error(), "has invalid keys: "); ok {
		m.addUnknown(prefix, key, names)
		return
	}
	m.add(key, "%s", reason(err, find(given, path)))
}

// addUnknown names keys that are none. The outermost place has the name of its Go type.
func (m *mistakes) addUnknown(prefix, place, names string) {
	below := place + "::"
	if strings.HasPrefix(place, prefix+"vpcdetectionprocessor::") {
		below = prefix
	}
	for name := range strings.SplitSeq(names, ", ") {
		m.add(below+name, "there is no such setting")
	}
}

// reason says in the user's words why a value could not be taken.
func reason(err error, value any) string {
	if unfit, ok := errors.AsType[*mapstructure.UnconvertibleTypeError](err); ok {
		return show(value) + " is not " + kindOf(unfit.Expected.Kind())
	}
	switch text := err.Error(); {
	case strings.HasPrefix(text, "time: "):
		return show(value) + " is not a duration such as 90s or 10m"
	case strings.HasPrefix(text, "netip.ParsePrefix"):
		return show(value) + " is not a CIDR such as 10.0.0.0/8"
	case strings.Contains(text, "must be an array or slice"):
		return show(value) + " is not a list"
	case strings.Contains(text, "expected a map or struct"):
		return show(value) + " is not a map of settings"
	default:
		return text // of our own types, which name the value
	}
}

func kindOf(kind reflect.Kind) string {
	switch kind {
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "text"
	default:
		return "a number"
	}
}

func show(value any) string {
	if text, ok := value.(string); ok {
		return strconv.Quote(text)
	}
	return fmt.Sprint(value)
}

// find returns the value at a path, nil when there is none.
func find(value any, path string) any {
	for _, step := range strings.FieldsFunc(path, func(r rune) bool { return strings.ContainsRune(".[]", r) }) {
		switch inner := value.(type) {
		case map[string]any:
			value = inner[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(inner) {
				return nil
			}
			value = inner[i]
		}
	}
	return value
}
