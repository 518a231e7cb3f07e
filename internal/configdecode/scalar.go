// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package configdecode

import (
	"encoding"
	"fmt"
	"math"
	"net/netip"
	"reflect"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/collector/config/configopaque"
)

// wanted describes the expected text for types of the standard library.
var wanted = map[reflect.Type]string{
	reflect.TypeFor[netip.Addr]():   "an address such as 10.0.0.1",
	reflect.TypeFor[netip.Prefix](): "a CIDR such as 10.0.0.0/8",
	reflect.TypeFor[time.Time]():    "a time such as 2026-04-01T00:00:00Z",
}

// duration rejects a number without a unit, which confmap would decode as nanoseconds.
func (c *checker) duration(key string, given any) bool {
	text, isText := given.(string)
	if !isText {
		number, ok := plain(given)
		if _, isBool := given.(bool); !ok || isBool {
			return c.refuse(key, "%s is not a duration such as 90s or 10m", show(given))
		}
		text = number
	}
	_, err := time.ParseDuration(text)
	if err == nil {
		return true
	}
	if _, notNumber := strconv.ParseFloat(text, 64); notNumber == nil {
		return c.refuse(key, "%s needs a unit, as in %ss or 10m", show(given), text)
	}
	hint := ""
	if strings.HasSuffix(text, "d") {
		hint = "; write days as hours"
	}
	return c.refuse(key, "%s is not a duration such as 90s or 10m%s", show(given), hint)
}

// text checks a value for a type that decodes itself from text, and returns it as text.
func (c *checker) text(key string, given any, t reflect.Type) (any, bool) {
	if _, ok := given.(time.Time); ok && t == reflect.TypeFor[time.Time]() {
		return given, true
	}
	want := wanted[t]
	text, ok := plain(given)
	if !ok {
		if want == "" {
			want = "text"
		}
		return nil, c.refuse(key, "%s is not %s", show(given), want)
	}
	unmarshaler, ok := reflect.TypeAssert[encoding.TextUnmarshaler](reflect.New(t))
	if !ok {
		return text, true
	}
	err := unmarshaler.UnmarshalText([]byte(text))
	if prefix, ok := unmarshaler.(*netip.Prefix); ok && *prefix != prefix.Masked() {
		return nil, c.refuse(key, "%q has bits set beyond its length; write %s", text, prefix.Masked())
	}
	switch {
	case err == nil && (text != "" || want == ""): // netip accepts an empty text as its zero value
		return text, true
	case want != "":
		return nil, c.refuse(key, "%q is not %s", text, want)
	case text != "" && strings.Contains(err.Error(), text):
		return nil, c.refuse(key, "%s", err)
	default:
		return nil, c.refuse(key, "%q is invalid: %s", text, err)
	}
}

// scalar checks a boolean, a text or a number.
func (c *checker) scalar(key string, given any, t reflect.Type) bool {
	value := reflect.ValueOf(given)
	if t == reflect.TypeFor[configopaque.String]() {
		return value.Kind() == reflect.String || c.refuse(key, "is not text; put it in quotes")
	}
	shown := show(given)
	switch {
	case t.Kind() == reflect.Bool:
		return value.Kind() == reflect.Bool || c.refuse(key, "%s is not true or false", shown)
	case t.Kind() == reflect.String:
		return value.Kind() == reflect.String || c.refuse(key, "%s is not text", shown)
	case !isNumber(t):
		return true
	case !isNumber(value.Type()):
		return c.refuse(key, "%s is not a number", shown)
	case t.Kind() == reflect.Float32 || t.Kind() == reflect.Float64:
		return true
	}
	return c.whole(key, value, t)
}

// whole checks a number for a type of whole numbers.
func (c *checker) whole(key string, given reflect.Value, t reflect.Type) bool {
	number := given.Convert(reflect.TypeFor[float64]()).Float()
	if number != math.Trunc(number) {
		return c.refuse(key, "%s is not a whole number", show(given.Interface()))
	}
	signed := t.Kind() >= reflect.Int && t.Kind() <= reflect.Int64
	if !signed && number < 0 {
		return c.refuse(key, "%s is less than 0", show(given.Interface()))
	}
	var fits bool
	switch {
	case given.CanFloat():
		// Above 2^53, a float may not be what the user wrote.
		fits = math.Abs(number) <= 1<<53 && (signed && !t.OverflowInt(int64(number)) || !signed && !t.OverflowUint(uint64(number)))
	case given.CanInt():
		fits = signed && !t.OverflowInt(given.Int()) || !signed && !t.OverflowUint(uint64(given.Int()))
	case signed:
		fits = given.Uint() <= math.MaxInt64 && !t.OverflowInt(int64(given.Uint()))
	default:
		fits = !t.OverflowUint(given.Uint())
	}
	return fits || c.refuse(key, "%s is too large", show(given.Interface()))
}

func isNumber(t reflect.Type) bool {
	return t.Kind() >= reflect.Int && t.Kind() <= reflect.Float64 && t.Kind() != reflect.Uintptr
}

// plain returns the text of a number, a date or a boolean, as a user writes it without quotes. It returns false for a
// map or a list.
func plain(given any) (string, bool) {
	switch given := given.(type) {
	case string:
		return given, true
	case time.Time:
		if day := given.UTC(); day.Equal(day.Truncate(24 * time.Hour)) {
			return day.Format(time.DateOnly), true
		}
		return given.Format(time.RFC3339Nano), true
	case float64:
		return strconv.FormatFloat(given, 'f', -1, 64), true
	case map[string]any, []any, nil:
		return "", false
	default:
		return fmt.Sprint(given), true
	}
}

// show formats a value for an error. It hides the content of maps and lists, which may hold secrets.
func show(given any) string {
	switch given := given.(type) {
	case string:
		return strconv.Quote(given)
	case map[string]any:
		return "a map"
	case []any:
		return "a list"
	default:
		text, _ := plain(given)
		return text
	}
}
