// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"bytes"
	"cmp"
	"strings"
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/xpdata"
)

// Decoder makes log records of the lines of one stream: a file, an object, a request. It remembers the stream's current
// format from one block to the next. It is not for concurrent use.
type Decoder struct {
	format  *Format
	formats formats
	lines   bool
	account string
	scope   Scope
	cells   []cell
	builder xpdata.MapBuilder
	groups  groups
}

// Scope is the instrumentation scope of the records that a Decoder makes.
type Scope struct{ Name, Version string }

// Counts says what Decode found in a block. Blank lines do not count.
type Counts struct {
	// Records and Headers are the lines that were decoded, and those that named fields.
	Records, Headers int
	// Controls are the documents by which CloudWatch Logs only tries whether its messages arrive; see Lines.
	Controls int
	// Bad counts the other lines by reason; nil where there are none.
	Bad map[Reason]int
	// FirstBad is the fault of the first bad line, which is line FirstBadLine of the block, counted from 1; nil and
	// zero where there is none.
	FirstBad     *LineError
	FirstBadLine int
	// Unknown are the field names that AWS has not had so far, of headers that the stream had not had before.
	Unknown []string
}

// NewDecoder makes a Decoder for one stream. Without a format (nil), lines are bad until a header comes.
func NewDecoder(format *Format, scope Scope) *Decoder {
	return &Decoder{format: format, scope: scope}
}

// EmitLines makes records of lines as they are: the line is the body, and there is no attribute. What is wrong with a line
// is then found only by whoever reads the record.
func (d *Decoder) EmitLines() { d.lines = true }

// Format is the stream's current format; nil where there is none so far.
func (d *Decoder) Format() *Format { return d.format }

// SetFormat makes the stream go on with another format, as after a restart in the middle of a file.
func (d *Decoder) SetFormat(format *Format) { d.format = format }

// SetAccount gives the account of lines that do not tell it themselves; empty where it is not known.
func (d *Decoder) SetAccount(account string) { d.account = account }

// Decode makes log records of a block of whole lines, the last of which may lack its line end. The records are grouped
// by resource and by format, in the order in which these first appear; now is when they were observed. The block is
// copied once, and all strings of the records share that copy.
func (d *Decoder) Decode(block []byte, now pcommon.Timestamp) (plog.Logs, Counts) {
	var (
		counts Counts
		logs   = plog.NewLogs()
		text   = string(block)
		isText = utf8.ValidString(text)
		stamps = isStamped(text)
		number = 0
	)
	d.groups.reset(logs, d.scope, 1+bytes.Count(block, []byte{'\n'}))
	for line := range strings.Lines(text) {
		number++
		if line = trim(line); line == "" {
			continue
		}
		if stamps {
			line = unstamped(line)
		}
		if d.header(line, &counts) {
			continue
		}
		if err := d.record(line, isText, now); err != nil {
			counts.bad(err, number)
			continue
		}
		counts.Records++
	}
	d.groups.reset(plog.Logs{}, Scope{}, 0)
	return logs, counts
}

// header makes a line of field names the current format.
func (d *Decoder) header(line string, counts *Counts) bool {
	format, isNew, ok := d.formats.header(line)
	if !ok {
		return false
	}
	d.format = format
	counts.Headers++
	if isNew {
		counts.Unknown = append(counts.Unknown, format.unknown...)
	}
	return true
}

// record makes a log record of a line.
func (d *Decoder) record(line string, isText bool, now pcommon.Timestamp) *LineError {
	if d.format == nil {
		return fault(NoFormat, "", line)
	}
	if reason := refuse(line, isText); reason != "" {
		return fault(reason, "", line)
	}
	if d.lines {
		record := d.groups.find(group{account: d.account, names: d.format.names}).AppendEmpty()
		record.SetObservedTimestamp(now)
		record.Body().SetStr(line)
		return nil
	}
	draft := draft{line: line, format: d.format, cells: d.cells[:0]}
	err := draft.read()
	d.cells = draft.cells
	if err != nil {
		return err
	}
	record := d.groups.find(group{cmp.Or(draft.account, d.account), draft.region, d.format.names}).AppendEmpty()
	record.SetObservedTimestamp(now)
	draft.into(record, &d.builder)
	return nil
}

func (c *Counts) bad(err *LineError, line int) {
	if c.FirstBad == nil {
		c.Bad = map[Reason]int{}
		c.FirstBad, c.FirstBadLine = err, line
	}
	c.Bad[err.Reason]++
}
