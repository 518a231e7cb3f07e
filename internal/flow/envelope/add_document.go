// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package envelope

import (
	"bytes"
	"encoding/json"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// addDocument adds the lines of the document of the given length that starts here. It returns false if they do not fit
// into the block.
func (r *Reader) addDocument(length int) bool {
	data := r.data[r.end : r.end+length]
	r.records.begin()
	if !json.Valid(data) {
		r.addBad(data)
		r.end += length
		return true
	}
	if r.records.addObject(data) {
		return r.addRecords("", length)
	}
	d, ok := parseDocument(data)
	switch {
	case ok && d.MessageType == controlMessage:
		r.counts.Controls++
	case ok && r.addMessages(&d):
		return r.addRecords(string(d.Owner), length)
	case ok && d.isBlank() && r.findRecords(data):
		return r.addRecords(string(d.Owner), length)
	case ok && !r.setContent(string(d.Owner), nil):
		return false
	case ok:
		r.block = d.appendLines(r.block)
	case r.findRecords(data):
		return r.addRecords("", length)
	default:
		r.addBad(data)
	}
	r.end += length
	return true
}

// addMessages adds the messages of a document as records if the first one is a record. Others among them are bad.
func (r *Reader) addMessages(d *document) bool {
	isFirst := true
	for message := range d.messages {
		switch added := r.addText([]byte(message)); {
		case !added && isFirst:
			return false
		case !added:
			r.records.others++
		}
		isFirst = false
	}
	return !r.records.isEmpty()
}

// addText adds text if it is a JSON object that is a record.
func (r *Reader) addText(text []byte) bool {
	text = bytes.TrimSpace(text)
	return len(text) > 0 && text[0] == '{' && json.Valid(text) && r.records.addObject(text)
}

// findRecords adds the records anywhere in a document: in its lists, its objects, and the results of Logs Insights.
func (r *Reader) findRecords(value []byte) bool {
	switch value[0] {
	case '{':
		if r.records.addObject(value) {
			break
		}
		members(value, func(_, member []byte) bool {
			r.findRecords(member)
			return true
		})
	case '[':
		if r.records.addPairs(value) {
			break
		}
		elements(value, func(element []byte) { r.findRecords(element) })
	}
	return !r.records.isEmpty()
}

// addRecords adds the collected records to the block, and moves behind their text. It returns false if their format or
// account differs from those of the block.
func (r *Reader) addRecords(account string, length int) bool {
	format := r.records.compile()
	if !r.setContent(account, format) {
		return false
	}
	if format != r.reported {
		r.reported, r.counts.Unknown = format, format.Unknown()
	}
	var bad int
	data := r.data[r.end : r.end+length]
	r.block, bad = r.records.appendLines(r.block)
	for range bad {
		r.addBad(data)
	}
	r.end += length
	return true
}

// setContent reports whether lines of an account and a format may be added to the block: all lines of a block have the same.
func (r *Reader) setContent(account string, format *flow.Format) bool {
	if len(r.block) == 0 {
		r.account, r.format = account, format
	}
	return r.account == account && r.format == format
}
