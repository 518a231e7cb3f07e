// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// maxRecord is the longest record, as base64, in bytes; it also bounds all else in a request. Firehose itself has 1,000
// KiB before base64, and 10 MiB where it reads from Kinesis.
const maxRecord = 16 << 20

// records are those of one request, read one by one. Only one is in memory at a time.
type records struct {
	id string
	// max bounds a record, and all else.
	max   int
	input window
	json  *json.Decoder
	// begun says that the document is entered, inside that the list of records is, seen that it was.
	begun, inside, seen bool
	// count and bytes are of the records that were read, without base64.
	count int
	bytes int64
	// err is why there are no more: it is given again to who asks again.
	err error
}

func newRecords(body io.Reader, id string) *records {
	r := &records{id: id, max: maxRecord, input: window{input: body}}
	r.json = json.NewDecoder(&r.input)
	return r
}

// next gives the next record. Its errors are io.EOF at the end of the request, a *refusal, and those of the body.
func (r *records) next() (data []byte, _ error) {
	for data == nil && r.err == nil {
		r.input.left, r.input.max = r.max, r.max
		data, r.err = r.step()
		if r.err != nil && r.input.err != nil {
			// It is not the JSON that is at fault.
			r.err = r.input.err
		}
	}
	return data, r.err
}

// step reads the next record, or else what comes next.
func (r *records) step() ([]byte, error) {
	switch {
	case !r.begun:
		r.begun = true
		return nil, r.expect(json.Delim('{'), "the body must be a JSON object")
	case r.inside && r.json.More():
		return r.record()
	case r.inside:
		r.inside = false
		return nil, r.expect(json.Delim(']'), "the list of records must end")
	case r.json.More():
		return nil, r.member()
	}
	if err := r.expect(json.Delim('}'), "the body is cut off or no JSON"); err != nil {
		return nil, err
	}
	if !r.seen {
		return nil, malformed("the body has no records")
	}
	if _, err := r.json.Token(); !errors.Is(err, io.EOF) {
		return nil, malformed("something follows on the JSON object")
	}
	return nil, io.EOF
}

// record reads a record.
func (r *records) record() ([]byte, error) {
	var record struct {
		Data *string `json:"data"`
	}
	number := r.count + 1
	if err := r.json.Decode(&record); err != nil || record.Data == nil {
		return nil, malformed("record %d is cut off, or no JSON object with data that is text", number)
	}
	data, err := base64.StdEncoding.DecodeString(*record.Data)
	if err != nil {
		return nil, malformed("the data of record %d is not base64", number)
	}
	r.count++
	r.bytes += int64(len(data))
	return data, nil
}

// member reads a member of the document, and enters the list of records.
func (r *records) member() error {
	name, err := r.json.Token()
	if err != nil {
		return malformed("the body is cut off or no JSON: %v", err)
	}
	switch name {
	case "records":
		r.inside, r.seen = true, true
		return r.expect(json.Delim('['), "records must be a list")
	case "requestId":
		var id string
		if err := r.json.Decode(&id); err != nil || id != r.id {
			return malformed("the requestId must be that of the header %s", headerRequestID)
		}
	default:
		var other json.RawMessage
		if err := r.json.Decode(&other); err != nil {
			return malformed("%q is cut off or no JSON: %v", name, err)
		}
	}
	return nil
}

func (r *records) expect(want json.Token, text string) error {
	if got, err := r.json.Token(); err != nil || got != want {
		return malformed("%s", text)
	}
	return nil
}

// window reads so many bytes and no more, until it is told to go on. err is why it did not, other than at the end.
type window struct {
	input     io.Reader
	left, max int
	err       error
}

func (w *window) Read(p []byte) (int, error) {
	if w.left == 0 {
		w.err = tooLarge(int64(w.max))
		return 0, w.err
	}
	n, err := w.input.Read(p[:min(len(p), w.left)])
	w.left -= n
	if err != nil && !errors.Is(err, io.EOF) {
		w.err = err
	}
	return n, err
}

func malformed(format string, args ...any) error {
	return &refusal{requestMalformed, fmt.Sprintf(format, args...)}
}

func tooLarge(limit int64) error {
	return &refusal{requestTooLarge, fmt.Sprintf("the body, or a record in it, has more than %d bytes", limit)}
}
