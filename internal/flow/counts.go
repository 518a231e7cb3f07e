// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

// Counts holds what was found in a block of lines or rows. Blank lines are not counted.
type Counts struct {
	// Records is the number of decoded lines, Headers the number of header lines.
	Records, Headers int
	// Controls is the number of test messages from CloudWatch Logs; see package envelope.
	Controls int
	// Bad counts the bad lines by reason. It is nil if there are none.
	Bad map[Reason]int
	// FirstBad is the error of the first bad line; nil if there is none.
	FirstBad *LineError
	// FirstBadLine is the number of that line in the block, counted from 1; zero if there is none.
	FirstBadLine int
	// Unknown lists the field names in headers of the block that are not in the field table, each once. Names in the
	// format that the block started with are left out.
	Unknown []string
}

// AddBad counts a bad line. Lines must be added in order.
func (c *Counts) AddBad(err *LineError, line int) {
	if c.FirstBad == nil {
		c.Bad = map[Reason]int{}
		c.FirstBad, c.FirstBadLine = err, line
	}
	c.Bad[err.Reason]++
}
