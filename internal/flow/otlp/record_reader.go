// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"errors"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// ErrHeader is returned for a log record whose body is a header line. It is not a failure.
var ErrHeader = errors.New("the record is a header line")

// RecordReader makes flows from log records: from their attributes, or from the line in their body. It is not safe for
// concurrent use; Clone makes a reader for another goroutine.
type RecordReader struct {
	streams *streamFormats
	// formatNames and format cache the format that the scope of the last record named.
	formatNames string
	format      *flow.Format
	// lastFormat is the format of the last record.
	lastFormat *flow.Format
	// guesses are the attributes of the last record by their position. Records of one stream are usually alike.
	guesses [32]*attribute
	// block is the last block of lines, with what its lines have in common.
	block common
}

// common is what all lines of a block have in common.
type common struct {
	block           *lineBlock
	format          *flow.Format // of the scope; nil if it names none
	err             error
	time            int64
	account, region string
}

// NewRecordReader makes a RecordReader. format is the format of lines without a header whose scope does not name one;
// nil means that such lines are bad.
func NewRecordReader(format *flow.Format) *RecordReader {
	return &RecordReader{streams: newStreamFormats(format)}
}

// Clone makes a RecordReader for another goroutine. The two share the formats of header lines.
func (r *RecordReader) Clone() *RecordReader {
	return &RecordReader{streams: r.streams}
}

// Read reads a log record into dst. It returns an empty reason, or the reason why the record is not a flow:
// flow.HeaderLine, or the reason of the error that Flow returns.
func (r *RecordReader) Read(record LogRecord, dst *flow.Flow) flow.Reason {
	err := r.Flow(record, dst)
	if err == nil {
		return ""
	}
	if bad, ok := errors.AsType[*flow.LineError](err); ok {
		return bad.Reason
	}
	return flow.HeaderLine
}

// Flow reads a log record into dst, whose strings then alias those of the record. An error is ErrHeader or a
// *flow.LineError, and dst is then unspecified.
func (r *RecordReader) Flow(record LogRecord, dst *flow.Flow) error {
	if record.block != nil {
		return r.blockLine(record, dst)
	}
	format, err := r.scopeFormat(record.Scope)
	if err != nil {
		return err
	}
	r.lastFormat = format
	*dst = flow.Flow{Time: unknownTime}
	found, badAttribute := r.attributes(record.Attributes(), dst)
	// Decoder names the format and leaves the body empty. Its records need not have an attribute that is specific to flows.
	if found&isFlow != 0 || format != nil && record.Body().Type() == pcommon.ValueTypeEmpty {
		if badAttribute != nil {
			return badAttribute
		}
		if format != nil {
			format.MarkHop(dst)
		}
	} else if err := r.body(format, record, dst); err != nil {
		return err
	}
	if dst.Time == unknownTime {
		dst.Time = timestamp(record)
	}
	resource := record.Resource.Attributes()
	if dst.Account == "" {
		dst.Account = textOf(resource, keyAccount)
	}
	if dst.Region == "" {
		dst.Region = textOf(resource, keyRegion)
	}
	return nil
}

// blockLine reads one line of a block.
func (r *RecordReader) blockLine(record LogRecord, dst *flow.Flow) error {
	c := &r.block
	if c.block != record.block {
		resource := record.Resource.Attributes()
		*c = common{block: record.block, time: timestamp(record), account: textOf(resource, keyAccount), region: textOf(resource, keyRegion)}
		c.format, c.err = r.scopeFormat(record.Scope)
	}
	if c.err != nil {
		return c.err
	}
	if err := r.line(c.format, record, record.line, c.time, dst); err != nil {
		return err
	}
	if dst.Account == "" {
		dst.Account = c.account
	}
	if dst.Region == "" {
		dst.Region = c.region
	}
	return nil
}

// Format returns the format of the last record. It is nil if the format is not known, because another component decoded
// the record.
func (r *RecordReader) Format() *flow.Format { return r.lastFormat }

// scopeFormat returns the format that a scope names; nil if it names none.
func (r *RecordReader) scopeFormat(scope pcommon.InstrumentationScope) (*flow.Format, error) {
	names := textOf(scope.Attributes(), keyFormat)
	if names == "" {
		return nil, nil
	}
	if names != r.formatNames {
		format, err := r.streams.parse(names)
		if err != nil {
			return nil, flow.NewLineError(flow.BadValue, keyFormat, names)
		}
		r.formatNames, r.format = strings.Clone(names), format
	}
	return r.format, nil
}

// attributes stores the attributes of a record in dst, and returns the traits of the record and the first bad
// attribute. A bad attribute is not an error if the record is not a flow, because the attribute then has another
// meaning.
func (r *RecordReader) attributes(attributes pcommon.Map, dst *flow.Flow) (found traits, bad *flow.LineError) {
	position := 0
	for key, value := range attributes.All() {
		a := r.attribute(position, key)
		position++
		if a == nil {
			continue
		}
		found |= a.traits
		if a.set == nil || bad != nil {
			continue
		}
		if reason := a.set(dst, value); reason != "" {
			bad = flow.NewLineError(reason, key, value.AsString())
		}
	}
	if found&hasPacketAddress != 0 {
		resolvePacketAddresses(dst)
	} else if found&(hasLocal|hasLocalSide) != 0 {
		resolveLocalSide(dst, found&hasLocalSide != 0)
	}
	return found, bad
}

// resolveLocalSide sets the side that the local address replaces, unless the record states it.
func resolveLocalSide(dst *flow.Flow, given bool) {
	switch {
	case !dst.Local.IsValid() || dst.Intermediate.IsValid():
		dst.LocalIsDst = false
	case !given:
		dst.LocalIsDst = flow.AssumedLocalSide(dst.Direction) == flow.Ingress
	}
}

// attribute looks up an attribute, first at the same position of the last record.
func (r *RecordReader) attribute(position int, key string) *attribute {
	if position >= len(r.guesses) {
		return attributes[key]
	}
	guess := r.guesses[position]
	if guess == nil || guess.key != key {
		guess = attributes[key]
		r.guesses[position] = guess
	}
	return guess
}

// body reads the line in the body of a record.
func (r *RecordReader) body(format *flow.Format, record LogRecord, dst *flow.Flow) error {
	line, ok := lineOf(record.Body())
	if !ok {
		return flow.NewLineError(flow.NotAFlow, "", "")
	}
	return r.line(format, record, line, timestamp(record), dst)
}

// line reads a line of a record.
func (r *RecordReader) line(format *flow.Format, record LogRecord, line string, fallback int64, dst *flow.Flow) error {
	if err := r.streams.parseHeader(record, line); err != nil {
		return err
	}
	if format == nil {
		format = r.streams.format(record)
	}
	if format == nil {
		return flow.NewLineError(flow.NoFormat, "", line)
	}
	r.lastFormat = format
	return format.FlowAt(line, fallback, dst)
}

// timestamp returns the time of a record in Unix seconds; zero if it has none.
func timestamp(record LogRecord) int64 { return int64(record.Timestamp() / 1e9) }

// lineOf returns the text of a body; false if there is none.
func lineOf(body pcommon.Value) (string, bool) {
	line := ""
	switch body.Type() {
	case pcommon.ValueTypeStr:
		line = body.Str()
	case pcommon.ValueTypeBytes:
		line = string(body.Bytes().AsRaw())
	}
	line = flow.Trim(line)
	return line, line != ""
}

// textOf returns a text attribute; empty if there is none.
func textOf(attributes pcommon.Map, key string) string {
	value, ok := attributes.Get(key)
	if !ok {
		return ""
	}
	return value.Str()
}
