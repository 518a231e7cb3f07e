// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import "strings"

// stamp is what CloudWatch Logs writes before each line that it exports to S3, `0` for a digit.
const stamp = "0000-00-00T00:00:00.000Z "

// isStamped says that the first line of a text has a stamp: then all of them are taken to have one.
func isStamped(text string) bool {
	text = strings.TrimLeft(text, " \t\r\n\ufeff")
	if len(text) < len(stamp) {
		return false
	}
	for i := range len(stamp) {
		c := text[i]
		if isDigit := '0' <= c && c <= '9'; isDigit != (stamp[i] == '0') || !isDigit && c != stamp[i] {
			return false
		}
	}
	return true
}

// unstamped is a line without its stamp.
func unstamped(line string) string {
	if !isStamped(line) {
		return line
	}
	return trim(line[len(stamp):])
}
