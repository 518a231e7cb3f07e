// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// maxUnzipped is how much text one gzip record may give, in bytes. CloudWatch Logs puts up to 1 MiB into one.
const maxUnzipped = 64 << 20

// recordText is the text of all records of a request, one behind the other, uncompressed, each with its line end. What
// is wrong with the gzip of a record costs that record, from there on, as what is wrong with a line costs the line.
type recordText struct {
	records *records
	// bad is told of each record that cannot be unzipped; nil where nobody wants to know.
	bad  func(flow.Counts)
	data bytes.Reader
	gzip gzip.Reader
	// zipped says that the record is gzip, and left is how much text it may still give.
	zipped bool
	left   int
	// open says that the text does not end in a line end.
	open bool
}

func newRecordText(r *records) *recordText { return &recordText{records: r} }

// Read reads on. Its errors are those of records.next.
func (t *recordText) Read(p []byte) (int, error) {
	for {
		if n := t.read(p); n > 0 {
			t.open = p[n-1] != '\n'
			return n, nil
		}
		if t.open {
			t.open = false
			p[0] = '\n'
			return 1, nil
		}
		data, err := t.records.next()
		if err != nil {
			return 0, err
		}
		t.begin(data)
	}
}

// begin begins with another record.
func (t *recordText) begin(data []byte) {
	t.data.Reset(data)
	t.zipped, t.left = bytes.HasPrefix(data, gzipMagic), maxUnzipped
	if t.zipped {
		if err := t.gzip.Reset(&t.data); err != nil {
			t.end(err)
		}
	}
}

// read reads on in the record; nothing at its end.
func (t *recordText) read(p []byte) int {
	if !t.zipped {
		n, _ := t.data.Read(p) // Its only error is the end.
		return n
	}
	for t.zipped {
		if t.left == 0 {
			t.end(fmt.Errorf("it gives more than %d bytes", maxUnzipped))
			break
		}
		n, err := t.gzip.Read(p[:min(len(p), t.left)])
		t.left -= n
		if err != nil {
			t.end(err)
		}
		if n > 0 {
			return n
		}
	}
	return 0
}

// end ends a record, with io.EOF where that is its end.
func (t *recordText) end(err error) {
	t.zipped = false
	t.data.Reset(nil)
	if errors.Is(err, io.EOF) || t.bad == nil {
		return
	}
	reason := fmt.Sprintf("gzip in record %d: %v", t.records.count, err)
	t.bad(flow.Counts{
		Bad:      map[flow.Reason]int{flow.BadEnvelope: 1},
		FirstBad: &flow.LineError{Reason: flow.BadEnvelope, Value: reason},
	})
}
