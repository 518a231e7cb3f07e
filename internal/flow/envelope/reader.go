// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/klauspost/compress/gzip"
)

const (
	// MaxDocument bounds a JSON document that holds lines, in bytes: all of it is in memory while it is read.
	MaxDocument = 16 << 20
	// envelopeBlock is of how much input a block is made, in bytes, if no document is larger.
	envelopeBlock = 128 << 10
)

// between is what may stand between documents: blanks, what makes an array of them, a byte order mark.
const between = " \t\r\n,[]\ufeff"

// Lines takes the lines of flow logs out of what they come in, gzip or not, one behind the other and in any mix:
// documents that CloudWatch Logs sends to subscribers, objects with a `message`, and lines as they are. It is not for
// concurrent use.
type Lines struct {
	input io.Reader
	// err is why there is no more input.
	err error
	// data is the input at hand, of which the bytes from begin to end have become the last block.
	data       []byte
	begin, end int
	block      []byte
	account    string
	counts     Counts
	// growing says that an unfinished end may still be finished, lost that the next document or line must be found.
	growing, lost bool
}

// IsEnvelope says, by its beginning, that a text holds lines inside of documents.
func IsEnvelope(head []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(head, between), []byte{'{'})
}

// NewLines makes Lines of one input: a file, an object, the data of a request.
func NewLines(input io.Reader) *Lines {
	l := &Lines{data: make([]byte, 0, 2*envelopeBlock)}
	buffered := bufio.NewReader(input)
	l.input = buffered
	if magic, _ := buffered.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		l.input, l.err = gzip.NewReader(buffered)
	}
	return l
}

// Follow is for input that may still grow, such as a file: a document or line that is unfinished at its end is not taken,
// and no fault.
func (l *Lines) Follow() { l.growing = true }

// Next gives a block of whole lines, each with its line end, which is valid until the next call. It may be empty, as when
// a document holds none. What is no document costs itself and nothing else: see Counts. Errors are io.EOF at the end, and
// those of the input.
func (l *Lines) Next() ([]byte, error) {
	l.begin, l.block, l.account, l.counts = l.end, l.block[:0], "", Counts{}
	for more := true; more && l.end-l.begin < envelopeBlock; {
		more = l.item()
	}
	if l.end == l.begin {
		return nil, l.err
	}
	return l.block, nil
}

// Source is the part of the input that the last block was made of, uncompressed. The parts follow each other without a
// gap, and each ends with a document or line, or inside of what is passed over.
func (l *Lines) Source() []byte { return l.data[l.begin:l.end] }

// Account is that of the last block's records where they do not say it themselves; empty where it is not known.
func (l *Lines) Account() string { return l.account }

// Counts says how many control messages were passed over in the last block, and what was bad there by itself; that lines
// are bad is only found by decoding them.
func (l *Lines) Counts() Counts { return l.counts }

// item takes the next document or lines; false where the block must end before.
func (l *Lines) item() bool {
	if l.lost && !l.find() {
		return l.end-l.begin < envelopeBlock && l.more()
	}
	rest := bytes.TrimLeft(l.data[l.end:], between)
	l.end = len(l.data) - len(rest)
	switch {
	case len(rest) == 0:
		return l.more()
	case rest[0] == '{':
		return l.document()
	}
	return l.text(rest)
}

// document takes the document that begins here.
func (l *Lines) document() bool {
	var f frame
	for {
		object := l.data[l.end:min(len(l.data), l.end+MaxDocument)]
		switch f.scan(object) {
		case whole:
			return l.open(f.length)
		case unfinished:
			if len(object) < MaxDocument && l.more() {
				continue
			}
			if len(object) < MaxDocument && !l.complete() {
				return false
			}
		}
		l.bad(object)
		l.lost = true
		return true
	}
}

// open takes the lines out of the document of so many bytes that begins here.
func (l *Lines) open(length int) bool {
	data := l.data[l.end : l.end+length]
	d, ok := parseDocument(data)
	switch {
	case !ok:
		l.bad(data)
	case d.MessageType == controlMessage:
		l.counts.Controls++
	case !l.owned(string(d.Owner)):
		return false
	default:
		l.block = d.appendLines(l.block)
	}
	l.end += length
	return true
}

// owned says that lines of an account may go into the block: all of its lines have the same.
func (l *Lines) owned(account string) bool {
	if len(l.block) == 0 {
		l.account = account
	}
	return l.account == account
}

// text takes lines as they are, up to where a document begins.
func (l *Lines) text(rest []byte) bool {
	if !l.owned("") {
		return false
	}
	length := textLength(rest)
	switch {
	case length > 0:
	case len(rest) > MaxLine:
		// As much of it as it takes to see that it is too long.
		length, l.lost = MaxLine+1, true
	case l.more():
		return true
	case l.complete():
		length = len(rest)
	default:
		return false
	}
	l.block = endLine(append(l.block, rest[:length]...))
	l.end += length
	return true
}

// textLength is how much of a text are whole lines before the first one that begins with a document.
func textLength(text []byte) int {
	for next := 0; ; next++ {
		brace := bytes.IndexByte(text[next:], '{')
		if brace < 0 {
			return bytes.LastIndexByte(text, '\n') + 1
		}
		next += brace
		before := bytes.TrimRight(text[:next], between)
		if line := bytes.IndexByte(text[len(before):next], '\n') + 1; line > 0 {
			return len(before) + line
		}
	}
}

// find passes over what is broken, up to where a line or another document begins; false where that is not at hand.
func (l *Lines) find() bool {
	rest := l.data[l.end:]
	line, object := bytes.IndexByte(rest, '\n'), bytes.Index(rest, []byte("}{"))
	if line < 0 && object < 0 {
		l.end += max(0, len(rest)-1)
		return false
	}
	if line < 0 || object >= 0 && object < line {
		line = object
	}
	l.end += line + 1
	l.lost = false
	return true
}

func (l *Lines) bad(sample []byte) {
	if l.counts.FirstBad == nil {
		l.counts.Bad = map[Reason]int{}
		l.counts.FirstBad = fault(BadEnvelope, "", string(sample[:min(len(sample), maxSample)]))
	}
	l.counts.Bad[BadEnvelope]++
}

// complete says that what is at hand is all that will ever come.
func (l *Lines) complete() bool { return errors.Is(l.err, io.EOF) && !l.growing }

// more reads on; false where there is no more.
func (l *Lines) more() bool {
	if l.err != nil {
		return false
	}
	if len(l.data) == cap(l.data) {
		l.room()
	}
	var n int
	n, l.err = l.input.Read(l.data[len(l.data):cap(l.data)])
	l.data = l.data[:len(l.data)+n]
	return n > 0 || l.err == nil
}

// room forgets what earlier blocks were made of, and makes the buffer larger where that does not help.
func (l *Lines) room() {
	kept := l.data[l.begin:]
	if len(kept) > cap(l.data)/2 {
		l.data = make([]byte, 0, 2*cap(l.data))
	}
	l.data = append(l.data[:0], kept...)
	l.end -= l.begin
	l.begin = 0
}
