// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingesttest

import (
	"encoding/json"
	"strings"
)

// DefaultHeader is the header of Lines.
const DefaultHeader = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status"

// JSONRecords returns lines of the format of a header as JSON objects, one per line. Absent values have no key.
func JSONRecords(header, lines string) string {
	names := strings.Fields(header)
	var text strings.Builder
	for line := range strings.Lines(lines) {
		object := map[string]string{}
		for i, value := range strings.Fields(line) {
			object[strings.ReplaceAll(names[i], "-", "_")] = value
		}
		encoded, _ := json.Marshal(object) // Text can always be encoded.
		text.Write(encoded)
		text.WriteByte('\n')
	}
	return text.String()
}

// CSV returns lines of the format of a header as CSV with quoted values, as Athena exports them. Absent values are empty.
func CSV(header, lines string) string {
	var text strings.Builder
	for line := range strings.Lines(strings.ReplaceAll(header, "-", "_") + "\n" + lines) {
		values := strings.Fields(line)
		for i, value := range values {
			if value == "-" {
				values[i] = ""
			}
		}
		text.WriteString(`"` + strings.Join(values, `","`) + "\"\n")
	}
	return text.String()
}
