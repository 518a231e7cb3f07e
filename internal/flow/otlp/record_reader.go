// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"errors"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
)

// ErrHeader says that the body of a log record was a header line: no flow, and no fault either.
var ErrHeader = errors.New("the record is a header line")

// unknownTime marks a Flow, while it is being read, that has had no time so far.
const unknownTime = -1

// RecordReader makes a Flow of a log record: of its attributes, or of the one line in its body. It is for one goroutine
// at a time; Clone makes one for another goroutine.
type RecordReader struct {
	streams *streams
	// names and named are the format that the scope of the last record named.
	names string
	named *Format
	last  *Format
	// guesses are what stood at each place among the attributes of the last record: records of one stream look alike.
	guesses [32]*meaning
}

// NewRecordReader makes a RecordReader. The format is that of lines whose scope names none and that no header came
// before; nil means that such lines are faults.
func NewRecordReader(format *Format) *RecordReader {
	return &RecordReader{streams: newStreams(format)}
}

// Clone makes a RecordReader for another goroutine. What header lines tell one of the two, the other knows, too.
func (r *RecordReader) Clone() *RecordReader {
	return &RecordReader{streams: r.streams}
}

// Flow reads one log record into dst, whose strings then alias those of the record. What it does not take is ErrHeader
// or a *LineError, and dst is then unspecified.
func (r *RecordReader) Flow(resource pcommon.Map, scope pcommon.InstrumentationScope, record plog.LogRecord, dst *Flow) error {
	format, err := r.scopeFormat(scope)
	if err != nil {
		return err
	}
	r.last = format
	*dst = Flow{Time: unknownTime}
	found, wrong := r.attributes(record.Attributes(), dst)
	// Our own decoder names the format and leaves the body empty; what attributes it writes is up to the format.
	if found&evidence != 0 || format != nil && record.Body().Type() == pcommon.ValueTypeEmpty {
		if wrong != nil {
			return wrong
		}
		dst.Hop = dst.Hop || format != nil && format.passesOn(dst)
	} else if err := r.body(format, resource, scope, record.Body(), dst); err != nil {
		return err
	}
	if dst.Time == unknownTime {
		dst.Time = int64(record.Timestamp() / 1e9)
	}
	if dst.Account == "" {
		dst.Account = textOf(resource, keyAccount)
	}
	if dst.Region == "" {
		dst.Region = textOf(resource, keyRegion)
	}
	return nil
}

// Format gives the format that the last record was decoded by, as far as is known: nil where somebody else decoded it.
func (r *RecordReader) Format() *Format { return r.last }

// scopeFormat gives the format that a scope names; nil where it names none.
func (r *RecordReader) scopeFormat(scope pcommon.InstrumentationScope) (*Format, error) {
	names := textOf(scope.Attributes(), keyFormat)
	if names == "" {
		return nil, nil
	}
	if names != r.names {
		format, err := r.streams.compile(names)
		if err != nil {
			return nil, fault(BadValue, keyFormat, names)
		}
		r.names, r.named = strings.Clone(names), format
	}
	return r.named, nil
}

// attributes reads what the attributes of a record say. Where none of them is evidence of a flow, what is wrong with one
// may be due to its meaning something else.
func (r *RecordReader) attributes(attributes pcommon.Map, dst *Flow) (found traits, wrong *LineError) {
	place := 0
	for key, value := range attributes.All() {
		m := r.meaning(place, key)
		place++
		if m == nil {
			continue
		}
		found |= m.traits
		if m.set == nil || wrong != nil {
			continue
		}
		if reason := m.set(dst, value); reason != "" {
			wrong = fault(reason, key, value.AsString())
		}
	}
	if found&packet != 0 {
		dst.resolvePacket()
	}
	return found, wrong
}

// meaning finds out what an attribute means. Records of one stream have the same attributes at the same places.
func (r *RecordReader) meaning(place int, key string) *meaning {
	if place >= len(r.guesses) {
		return meanings[key]
	}
	guess := r.guesses[place]
	if guess == nil || guess.key != key {
		guess = meanings[key]
		r.guesses[place] = guess
	}
	return guess
}

// body reads the line in the body of a record.
func (r *RecordReader) body(format *Format, resource pcommon.Map, scope pcommon.InstrumentationScope, body pcommon.Value, dst *Flow) error {
	line, ok := lineOf(body)
	if !ok {
		return fault(NotAFlow, "", "")
	}
	if r.streams.header(resource, scope, line) {
		return ErrHeader
	}
	if format == nil {
		format = r.streams.format(resource, scope)
	}
	if format == nil {
		return fault(NoFormat, "", line)
	}
	r.last = format
	timed, err := format.read(line, dst)
	if err != nil {
		return err
	}
	if !timed {
		dst.Time = unknownTime
	}
	return nil
}

// lineOf gives the text of a body; false where it has none.
func lineOf(body pcommon.Value) (string, bool) {
	line := ""
	switch body.Type() {
	case pcommon.ValueTypeStr:
		line = body.Str()
	case pcommon.ValueTypeBytes:
		line = string(body.Bytes().AsRaw())
	}
	line = trim(line)
	return line, line != ""
}

// textOf gives an attribute that is text; empty where there is none.
func textOf(attributes pcommon.Map, key string) string {
	value, ok := attributes.Get(key)
	if !ok {
		return ""
	}
	return value.Str()
}
