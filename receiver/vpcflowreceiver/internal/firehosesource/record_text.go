// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package firehosesource

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// maxUncompressed bounds the text of one gzip record in bytes. CloudWatch Logs sends records of up to 1 MiB.
const maxUncompressed = 64 << 20

var gzipMagic = []byte{0x1f, 0x8b}

// recordText is the uncompressed text of all records of a request. Each record ends in a line end. If a record cannot
// be decompressed, the rest of it is skipped and counted as one bad line.
type recordText struct {
	records *requestRecords
	// countBad counts a record that cannot be decompressed.
	countBad func(flow.Counts)
	// skipping means that the text was accepted before, and that its bad records were counted.
	skipping bool
	data     bytes.Reader
	gzip     gzip.Reader
	// compressed means that the current record is gzip; left is how much more text it may have, in bytes.
	compressed bool
	left       int
	// inLine means that the text so far does not end in a line end.
	inLine bool
}

func newRecordText(r *requestRecords, countBad func(flow.Counts)) *recordText {
	return &recordText{records: r, countBad: countBad}
}

// skip reads n bytes that were accepted before. It returns io.EOF if there are fewer.
func (t *recordText) skip(n int64) error {
	t.skipping = true
	_, err := io.CopyN(io.Discard, t, n)
	t.skipping = false
	return err
}

// Read implements io.Reader. It returns the errors of requestRecords.next.
func (t *recordText) Read(p []byte) (int, error) {
	for {
		if n := t.readRecord(p); n > 0 {
			t.inLine = p[n-1] != '\n'
			return n, nil
		}
		if t.inLine {
			t.inLine = false
			p[0] = '\n'
			return 1, nil
		}
		data, err := t.records.next()
		if err != nil {
			return 0, err
		}
		t.startRecord(data)
	}
}

func (t *recordText) startRecord(data []byte) {
	t.data.Reset(data)
	t.compressed, t.left = bytes.HasPrefix(data, gzipMagic), maxUncompressed
	if t.compressed {
		if err := t.gzip.Reset(&t.data); err != nil {
			t.endRecord(err)
		}
	}
}

// readRecord reads from the current record. It returns 0 at its end.
func (t *recordText) readRecord(p []byte) int {
	if !t.compressed {
		n, _ := t.data.Read(p) // The only error is io.EOF.
		return n
	}
	for t.compressed {
		if t.left == 0 {
			t.endRecord(fmt.Errorf("more than %d bytes", maxUncompressed))
			break
		}
		n, err := t.gzip.Read(p[:min(len(p), t.left)])
		t.left -= n
		if err != nil {
			t.endRecord(err)
		}
		if n > 0 {
			return n
		}
	}
	return 0
}

// endRecord ends a gzip record, at its end (io.EOF) or because of a fault.
func (t *recordText) endRecord(err error) {
	t.compressed = false
	t.data.Reset(nil)
	if errors.Is(err, io.EOF) || t.skipping {
		return
	}
	var counts flow.Counts
	counts.AddBad(&flow.LineError{Reason: flow.BadEnvelope, Value: fmt.Sprintf("gzip in record %d: %v", t.records.count, err)}, 0)
	t.countBad(counts)
}
