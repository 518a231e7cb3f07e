// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package envelope

import (
	"strings"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

const (
	// maxExtraKeys bounds the keys that are not AWS field names and whose values are kept.
	maxExtraKeys = 32
	// maxExtraValue bounds the value of such a key, in bytes.
	maxExtraValue = 256
)

// messageKey is the column of CloudWatch Logs Insights that contains a whole line.
const messageKey = "@message"

// fieldsByKey finds fields by the spelling of loose.
var fieldsByKey = func() map[string]string {
	byKey := map[string]string{
		// Names that older table definitions of AWS and Logs Insights use.
		"account": "account-id", "sourceaddress": "srcaddr", "destinationaddress": "dstaddr", "sourceport": "srcport",
		"destinationport": "dstport", "numpackets": "packets", "numbytes": "bytes", "starttime": "start", "endtime": "end",
	}
	for _, field := range flow.Fields() {
		byKey[loose(field.Name)] = field.Name
	}
	return byKey
}()

// loose spells a name in lower case without hyphens and underscores.
func loose(name string) string {
	return strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(name))
}

// fieldOf returns the AWS field that a key of a JSON object or a CSV column stands for.
func fieldOf(key string) (field string, ok bool) {
	field, ok = fieldsByKey[loose(key)]
	return field, ok
}

// extraName returns the name of the field that keeps the values of another key. It is empty if there is none: such keys
// belong to CloudWatch Logs, contain the line itself, or are not names.
func extraName(key string) string {
	if strings.HasPrefix(key, "@") || key == "message" {
		return ""
	}
	name := strings.Map(func(c rune) rune {
		switch {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
			return c
		}
		return '-'
	}, strings.ToLower(key))
	if name = strings.Trim(name, "-"); !flow.IsFieldName(name) {
		return ""
	}
	return name
}

// isAddress reports whether a field is an address. Objects without an address are not records.
func isAddress(field string) bool {
	switch field {
	case "srcaddr", "dstaddr", "pkt-srcaddr", "pkt-dstaddr":
		return true
	}
	return false
}
