// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package envelope extracts the lines of flow logs from the documents that contain them.
package envelope

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/klauspost/compress/gzip"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

const (
	// MaxDocument bounds a JSON document, in bytes. The whole document is in memory while it is read.
	MaxDocument = 16 << 20
	// blockSize is the amount of input from which a block is made, in bytes, unless a document is larger.
	blockSize = 128 << 10
	// maxSample bounds the text of a bad document in errors, in bytes.
	maxSample = 64
)

// separators may appear between documents: blanks, the characters of a JSON array, and a byte order mark.
const separators = " \t\r\n,[]\ufeff"

// rowSeparators may appear between rows of CSV, whose first value may be empty.
const rowSeparators = "\r\n\ufeff"

// Reader extracts lines from input that contains any mix of documents that CloudWatch Logs sends to subscribers, JSON
// objects with a `message` or with AWS field names, CSV with a header, and plain lines. The input may be compressed with
// gzip. A Reader is not safe for concurrent use.
type Reader struct {
	input io.Reader
	// err is the error that ended the input.
	err error
	// data is the input in memory. The last block was made from the bytes between begin and end.
	data       []byte
	begin, end int
	block      []byte
	account    string
	// format is the format of the lines in the block if they were made from objects or rows.
	format *flow.Format
	// reported is the format whose unknown fields were reported last.
	reported *flow.Format
	counts   flow.Counts
	// records converts objects and rows. table is the header of the rows, and values are those of one row.
	records records
	table   *table
	values  [][]byte
	// growing says that an unfinished item at the end of the input may still be completed.
	growing bool
	// skipping says that the start of the next document or line has to be found.
	skipping bool
}

// Is reports whether a text that begins with head contains documents, or is CSV.
func Is(head []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(head, separators), []byte{'{'}) || CSVHeader(head) != ""
}

// NewReader makes a Reader of one input: a file, an object, or the data of a request.
func NewReader(input io.Reader) *Reader {
	r := &Reader{data: make([]byte, 0, 2*blockSize)}
	buffered := bufio.NewReader(input)
	r.input = buffered
	if magic, _ := buffered.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		r.input, r.err = gzip.NewReader(buffered)
	}
	return r
}

// Follow prepares the reader for input that may grow, such as a file. It then neither reads nor counts as bad an
// unfinished document or line at the end.
func (r *Reader) Follow() { r.growing = true }

// ResumeCSV prepares the reader for input that starts after a CSV header.
func (r *Reader) ResumeCSV(header string) { r.table = parseTable(header) }

// CSVHeader returns the CSV header of the rows after the last block; empty if the input is not CSV.
func (r *Reader) CSVHeader() string {
	if r.table == nil {
		return ""
	}
	return r.table.header
}

// Next returns a block of whole lines with their line feeds. The block is valid until the next call, and may be empty.
// Invalid documents are skipped and counted; see Counts. Errors are io.EOF and errors of the input.
func (r *Reader) Next() ([]byte, error) {
	r.begin, r.block, r.account, r.counts = r.end, r.block[:0], "", flow.Counts{}
	r.format = nil
	for more := true; more && r.end-r.begin < blockSize; {
		more = r.item()
	}
	if r.end == r.begin {
		return nil, r.err
	}
	return r.block, nil
}

// Source returns the uncompressed part of the input that the last block was made from. The parts are contiguous. Each
// ends after a document or line, or within skipped input.
func (r *Reader) Source() []byte { return r.data[r.begin:r.end] }

// Account returns the account of the lines in the last block that do not contain one; empty if it is not known.
func (r *Reader) Account() string { return r.account }

// Format returns the format of the lines in the last block. It is nil for lines that were in the input as they are.
func (r *Reader) Format() *flow.Format { return r.format }

// Counts returns the control messages and bad documents in the last block. Bad lines are only found when the block is
// decoded.
func (r *Reader) Counts() flow.Counts { return r.counts }

// item reads the next document, or the lines before it. It returns false if the block has to end before.
func (r *Reader) item() bool {
	if r.skipping && !r.skip() {
		return r.end-r.begin < blockSize && r.more()
	}
	between := separators
	if r.table != nil {
		between = rowSeparators
	}
	rest := bytes.TrimLeft(r.data[r.end:], between)
	r.end = len(r.data) - len(rest)
	switch {
	case len(rest) == 0:
		return r.more()
	case rest[0] == '{':
		return r.readDocument()
	case r.table != nil || mayBeTable(rest) && CSVHeader(rest) != "":
		return r.readRow(rest)
	}
	return r.readLines(rest)
}

// readDocument reads the document that starts here.
func (r *Reader) readDocument() bool {
	var s objectScanner
	for {
		object := r.data[r.end:min(len(r.data), r.end+MaxDocument)]
		switch s.scan(object) {
		case complete:
			return r.addDocument(s.length)
		case unfinished:
			if len(object) < MaxDocument && r.more() {
				continue
			}
			if len(object) < MaxDocument && !r.isComplete() {
				return false
			}
		}
		r.addBad(object)
		r.skipping = true
		return true
	}
}

// readLines adds the plain lines before the next document.
func (r *Reader) readLines(rest []byte) bool {
	if !r.setContent("", nil) {
		return false
	}
	length := linesLength(rest)
	switch {
	case length > 0:
	case len(rest) > flow.MaxLine:
		// One byte too many is enough for the decoder to reject the line as too long.
		length, r.skipping = flow.MaxLine+1, true
	case r.more():
		return true
	case r.isComplete():
		length = len(rest)
	default:
		return false
	}
	r.block = endLine(append(r.block, rest[:length]...))
	r.end += length
	return true
}

// linesLength returns the length of the whole lines in text before the first line that starts with a document.
func linesLength(text []byte) int {
	for next := 0; ; next++ {
		brace := bytes.IndexByte(text[next:], '{')
		if brace < 0 {
			return bytes.LastIndexByte(text, '\n') + 1
		}
		next += brace
		before := bytes.TrimRight(text[:next], separators)
		if line := bytes.IndexByte(text[len(before):next], '\n') + 1; line > 0 {
			return len(before) + line
		}
	}
}

// skip skips invalid input up to the start of a line or another document. It returns false if more input is needed.
func (r *Reader) skip() bool {
	rest := r.data[r.end:]
	line, object := bytes.IndexByte(rest, '\n'), bytes.Index(rest, []byte("}{"))
	if line < 0 && object < 0 {
		r.end += max(0, len(rest)-1)
		return false
	}
	if line < 0 || object >= 0 && object < line {
		line = object
	}
	r.end += line + 1
	r.skipping = false
	return true
}

func (r *Reader) addBad(document []byte) {
	sample := string(document[:min(len(document), maxSample)])
	r.counts.AddBad(flow.NewLineError(flow.BadEnvelope, "", sample), 0)
}

// isComplete reports whether the input has ended and will not grow.
func (r *Reader) isComplete() bool { return errors.Is(r.err, io.EOF) && !r.growing }

// more reads more input. It returns false if there is none.
func (r *Reader) more() bool {
	if r.err != nil {
		return false
	}
	if len(r.data) == cap(r.data) {
		r.compact()
	}
	var n int
	n, r.err = r.input.Read(r.data[len(r.data):cap(r.data)])
	r.data = r.data[:len(r.data)+n]
	return n > 0 || r.err == nil
}

// compact removes the input of earlier blocks from the buffer, and grows the buffer if that frees too little.
func (r *Reader) compact() {
	kept := r.data[r.begin:]
	if len(kept) > cap(r.data)/2 {
		r.data = make([]byte, 0, 2*cap(r.data))
	}
	r.data = append(r.data[:0], kept...)
	r.end -= r.begin
	r.begin = 0
}
