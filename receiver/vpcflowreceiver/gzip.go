// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/klauspost/compress/gzip"
)

// readGzip reads a gzip file from where it was left, to its present end: uncompressed bytes are counted, so it is
// uncompressed from its beginning again each time it has grown. What the file consumer reads of the file itself is
// passed over.
func (s *files) readGzip(ctx context.Context, f *file, t tokens, known bool) error {
	if t.begin > 0 && t.end() <= f.compressed {
		return nil
	}
	input, size, err := t.open()
	if err != nil {
		return err
	}
	defer input.Close()
	if !known && t.begin > 0 {
		// The file consumer was told to start at the end.
		*f = s.unzip.skip(io.NewSectionReader(input, 0, t.begin))
		f.gzip = true
	}
	o, fault, err := s.unzipFile(ctx, f, t, io.NewSectionReader(input, 0, size))
	if err != nil {
		return err
	}
	f.compressed = size
	if o != "" {
		s.conclude(ctx, f, t.path, o, fault)
	}
	return nil
}

// unzipFile hands on the lines of a file. It gives the outcome, which is empty where there is nothing new to tell, and
// the reason for it where that is a fault of the file; err is that of accept.
func (s *files) unzipFile(ctx context.Context, f *file, t tokens, input io.Reader) (_ outcome, fault, err error) {
	if err := s.unzip.open(input); err != nil {
		return outcomeOf(err), err, nil
	}
	head, _ := s.unzip.text.Peek(headSize) // Its error comes again when that place is read.
	head = bytes.Clone(head)
	s.recognize(ctx, f, head, t.path)
	if _, err := s.unzip.text.Discard(int(f.Position)); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		// It is a shorter copy of what was read already, such as one that is being made.
		return "", nil, nil
	} else if err != nil {
		return outcomeCorrupt, err, nil
	}
	fault, err = s.readAll(ctx, f, head, t.origin())
	if fault != nil {
		return outcomeOf(fault), fault, err
	}
	return f.outcome(), nil, err
}

func outcomeOf(fault error) outcome {
	if errors.Is(fault, io.ErrUnexpectedEOF) {
		return outcomeTruncated
	}
	return outcomeCorrupt
}

// unzip keeps what reading gzip files needs, from one file to the next.
type unzip struct {
	raw    *bufio.Reader
	gzip   gzip.Reader
	text   *bufio.Reader
	buffer []byte
}

const unzipBuffer = 64 << 10

// open starts on another gzip file.
func (u *unzip) open(input io.Reader) error {
	u.reset(input)
	return u.begin()
}

// reset starts on another file, of which nothing is known.
func (u *unzip) reset(input io.Reader) {
	if u.raw == nil {
		u.raw = bufio.NewReaderSize(nil, unzipBuffer)
		u.text = bufio.NewReaderSize(nil, unzipBuffer)
		u.buffer = make([]byte, 2*unzipBuffer)
	}
	u.raw.Reset(input)
}

// begin makes text of what is gzip.
func (u *unzip) begin() error {
	if err := u.gzip.Reset(u.raw); err != nil {
		return err
	}
	u.text.Reset(&u.gzip)
	return nil
}

// lines cuts the text into blocks of whole lines. Only when the file ends as it should, the last line needs no line end.
func (u *unzip) lines(split bufio.SplitFunc) *bufio.Scanner {
	scanner := bufio.NewScanner(u.text)
	scanner.Buffer(u.buffer, 2*maxBlock)
	scanner.Split(func(data []byte, atEOF bool) (int, []byte, error) {
		advance, block, err := split(data, atEOF)
		if advance == 0 && atEOF && len(data) > 0 && scanner.Err() == nil {
			return len(data), data, nil
		}
		return advance, block, err
	})
	return scanner
}

// skip gives the position after the last whole line of what can be read.
func (u *unzip) skip(input io.Reader) file {
	if u.open(input) != nil {
		return file{}
	}
	head, _ := u.text.Peek(maxHeader)
	head = bytes.Clone(head)
	var read, position int64
	for {
		part, err := u.text.ReadSlice('\n')
		read += int64(len(part))
		if err == nil || errors.Is(err, io.EOF) {
			position = read
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return startAt(position, head)
		}
	}
}
