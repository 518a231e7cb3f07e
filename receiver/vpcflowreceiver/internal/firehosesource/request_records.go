// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package firehosesource

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
)

// maxRecord bounds a base64 record, and anything between two records, in bytes. Records of Firehose have at most 1,000 KiB
// before base64, and 10 MiB if the stream reads from Kinesis.
const maxRecord = 16 << 20

// requestRecords reads the records of a request one by one. Only one is in memory at a time.
type requestRecords struct {
	id string
	// max bounds a record, and anything between two records.
	max   int
	input limitedReader
	json  *json.Decoder
	// started means that the start of the JSON object was read, inList that reading is inside its list of records, and
	// hasList that the list was found.
	started, inList, hasList bool
	// count is the number of records read, and bytes their length without base64.
	count int
	bytes int64
	// err is why there are no more records.
	err error
}

// newRequestRecords reads a body. id is the ID in the header. An ID in the body must be the same.
func newRequestRecords(body io.Reader, id string) *requestRecords {
	r := &requestRecords{id: id, max: maxRecord, input: limitedReader{input: body}}
	r.json = json.NewDecoder(&r.input)
	return r
}

// next returns the next record. Its errors are io.EOF at the end of the request, a *rejection, and the errors of
// reading the body.
func (r *requestRecords) next() (data []byte, _ error) {
	for data == nil && r.err == nil {
		r.input.left, r.input.max = r.max, r.max
		data, r.err = r.step()
		if r.err != nil && r.input.err != nil {
			r.err = r.input.err // The error is not caused by the JSON.
		}
	}
	return data, r.err
}

// step reads the next record, or the next part of the JSON object between records.
func (r *requestRecords) step() ([]byte, error) {
	switch {
	case !r.started:
		r.started = true
		return nil, r.expect(json.Delim('{'), "the body must be a JSON object")
	case r.inList && r.json.More():
		return r.readRecord()
	case r.inList:
		r.inList = false
		return nil, r.expect(json.Delim(']'), "the list of records has no end")
	case r.json.More():
		return nil, r.readMember()
	}
	if err := r.expect(json.Delim('}'), "the body is truncated or not JSON"); err != nil {
		return nil, err
	}
	if !r.hasList {
		return nil, malformed("the body has no records")
	}
	if _, err := r.json.Token(); !errors.Is(err, io.EOF) {
		return nil, malformed("the body continues after the JSON object")
	}
	return nil, io.EOF
}

func (r *requestRecords) readRecord() ([]byte, error) {
	var record struct {
		Data *string `json:"data"`
	}
	number := r.count + 1
	if err := r.json.Decode(&record); err != nil || record.Data == nil {
		return nil, malformed("record %d is truncated or not a JSON object with a string named data", number)
	}
	data, err := base64.StdEncoding.DecodeString(*record.Data)
	if err != nil {
		return nil, malformed("the data of record %d is not base64", number)
	}
	r.count++
	r.bytes += int64(len(data))
	return data, nil
}

// readMember reads a member of the JSON object, or enters the list of records.
func (r *requestRecords) readMember() error {
	name, err := r.json.Token()
	if err != nil {
		return malformed("the body is truncated or not JSON: %v", err)
	}
	switch name {
	case "records":
		r.inList, r.hasList = true, true
		return r.expect(json.Delim('['), "records must be a list")
	case "requestId":
		var id string
		if err := r.json.Decode(&id); err != nil || id != r.id {
			return malformed("requestId must be the same as in the header %s", headerRequestID)
		}
	default:
		var other json.RawMessage
		if err := r.json.Decode(&other); err != nil {
			return malformed("%q is truncated or not JSON: %v", name, err)
		}
	}
	return nil
}

func (r *requestRecords) expect(want json.Token, text string) error {
	if got, err := r.json.Token(); err != nil || got != want {
		return malformed("%s", text)
	}
	return nil
}

// limitedReader fails after left bytes. err is its last error other than io.EOF.
type limitedReader struct {
	input     io.Reader
	left, max int
	err       error
}

// Read implements io.Reader.
func (l *limitedReader) Read(p []byte) (int, error) {
	if l.left == 0 {
		l.err = tooLarge(int64(l.max))
		return 0, l.err
	}
	n, err := l.input.Read(p[:min(len(p), l.left)])
	l.left -= n
	if err != nil && !errors.Is(err, io.EOF) {
		l.err = err
	}
	return n, err
}
