// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import "strings"

// exportTimestamp is the pattern of the timestamp that CloudWatch Logs writes before each line of an export to S3. Each
// `0` stands for a digit.
const exportTimestamp = "0000-00-00T00:00:00.000Z "

// hasExportTimestamp reports whether the first line of text starts with a timestamp.
func hasExportTimestamp(text string) bool {
	text = strings.TrimLeft(text, " \t\r\n\ufeff")
	if len(text) < len(exportTimestamp) {
		return false
	}
	for i := range len(exportTimestamp) {
		c := text[i]
		if isDigit := '0' <= c && c <= '9'; isDigit != (exportTimestamp[i] == '0') || !isDigit && c != exportTimestamp[i] {
			return false
		}
	}
	return true
}

// trimExportTimestamp removes the timestamp of a line, if it has one.
func trimExportTimestamp(line string) string {
	if !hasExportTimestamp(line) {
		return line
	}
	return Trim(line[len(exportTimestamp):])
}
