// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/xpdata"
)

// Attributes that stand for no single field of a line.
const (
	keyProvider     = "cloud.provider"
	keyAccount      = "cloud.account.id"
	keyRegion       = "cloud.region"
	keyFormat       = "vpc_flow.format"
	keySource       = "source.address"
	keyDestination  = "destination.address"
	keyLocal        = "network.local.address"
	keyIntermediate = "aws.vpc.flow.destination.intermediate_address"
	keyProtocolName = "network.protocol.name"
)

// attribute is one that a record will have. It is a number where the text is empty.
type attribute struct {
	key, text string
	number    int64
}

// draft is what a line says, before a log record is made of it: a line that turns out bad has then cost nothing, and
// the record's attributes can be as many as they will be from the start.
type draft struct {
	attributes      []attribute
	addresses       addresses
	account, region string
	// end is the Unix time of the end in nanoseconds; zero where absent.
	end int64
}

// read takes the fields of a line.
func (d *draft) read(f *Format, line string) *LineError {
	*d = draft{attributes: d.attributes[:0]}
	rest, reason := checked(line)
	if reason != "" {
		return fault(reason, "", line)
	}
	for i := range f.columns {
		column := &f.columns[i]
		var value string
		if value, rest = cut(rest); value == absent {
			continue
		}
		n, reason := column.parse(value)
		if column.kind == address {
			reason = d.addresses.put(column.slot, value)
		}
		if reason != "" || value == "" {
			return f.fault(line, reason, column.name, value)
		}
		d.put(column, value, n)
	}
	if rest != "" {
		return f.fault(line, TooManyFields, "", rest)
	}
	d.putAddresses()
	return nil
}

// put notes the value of one field, of which n is the number that parse gave.
func (d *draft) put(column *field, value string, n int64) {
	switch column.kind {
	case text, digits:
		d.text(column.key, value)
	case number:
		d.number(column.key, n)
	case word:
		d.text(column.key, column.words[n].value)
	case lowered:
		d.text(column.key, lower(value))
	case tag:
		d.text(column.key, unescape(value))
	case account:
		d.account = value
	case region:
		d.region = value
	case startTime:
		d.number(column.key, seconds(n))
	case endTime:
		d.end = nanoseconds(n)
	case protocol:
		if name := ProtocolName(uint8(n)); name != "" {
			d.text(keyProtocolName, name)
		}
		d.number(column.key, n)
	}
}

// putAddresses notes the addresses by what they mean.
func (d *draft) putAddresses() {
	r := d.addresses.resolve()
	d.address(keySource, r.src)
	d.address(keyDestination, r.dst)
	d.address(keyLocal, r.local)
	d.address(keyIntermediate, r.intermediate)
}

func (d *draft) address(key string, s slot) {
	if s != slots {
		d.text(key, d.addresses.text[s])
	}
}

func (d *draft) text(key, value string) {
	d.attributes = append(d.attributes, attribute{key: key, text: value})
}

func (d *draft) number(key string, value int64) {
	d.attributes = append(d.attributes, attribute{key: key, number: value})
}

// into makes the attributes of a record.
func (d *draft) into(builder *xpdata.MapBuilder, attributes pcommon.Map) {
	builder.EnsureCapacity(len(d.attributes))
	for i := range d.attributes {
		a := &d.attributes[i]
		if a.text != "" {
			builder.AppendEmpty(a.key).SetStr(a.text)
		} else {
			builder.AppendEmpty(a.key).SetInt(a.number)
		}
	}
	builder.UnsafeIntoMap(attributes)
}

// unescape decodes a percent-encoded tag. One that is not well encoded, or not text then, stays as it is: a tag is not
// worth a record.
func unescape(value string) string {
	if !strings.Contains(value, "%") {
		return value
	}
	decoded, err := url.PathUnescape(value)
	if err != nil || decoded == "" || !utf8.ValidString(decoded) {
		return value
	}
	return decoded
}
