// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package filesource

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow/parquet"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
)

// match is a regular file that matches the configuration.
type match struct {
	path string
	info fs.FileInfo
	id   identity
	// fromEnd means that the file is read from its end unless it is known.
	fromEnd bool
	// input is the open file; nil if it must be opened.
	input *os.File
	// turn is closed when the records of the file may be sent; nil means now.
	turn <-chan struct{}
}

// worker reads files, one after the other.
type worker struct {
	recognizer
	config *Config
	reader *ingest.Reader
	report *reporter
	kept   *openFiles
}

// read reads the new part of a file. Failures are logged, and the file is read again at the next poll.
func (w *worker) read(ctx context.Context, m match) {
	if ctx.Err() != nil {
		if m.input != nil {
			_ = m.input.Close()
		}
		return
	}
	isGone := m.input != nil
	if !isGone {
		err := m.open()
		if errors.Is(err, fs.ErrNotExist) {
			return
		}
		if err != nil {
			w.ingester.LogFailure(ctx, m.path, "open file", err)
			return
		}
	}
	err := w.readOpen(ctx, m)
	if err != nil {
		w.ingester.LogFailure(ctx, m.path, "read file", err)
	}
	if isGone {
		_ = m.input.Close()
	} else {
		w.kept.keep(m.id, m.input)
	}
}

// open opens the file. It does not block if the path has become a pipe.
func (m *match) open() error {
	input, err := os.OpenFile(m.path, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return err
	}
	info, err := input.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is not a regular file", m.path)
	}
	if err != nil {
		return errors.Join(err, input.Close())
	}
	m.input, m.info, m.id = input, info, identify(m.path, info)
	return nil
}

// readOpen reads an open file. It returns nil if the file was read to its end, or up to an invalid part.
func (w *worker) readOpen(ctx context.Context, m match) error {
	f := w.known.live(m.id)
	isDue := f.isDue(w.ingester.Now(), w.config.FlushPeriod) && f.unfinishedSize == m.info.Size()
	f.unsettle()
	c := content{input: m.input, size: m.info.Size()}
	kind := ingest.KindOf(c.magic())
	c.isGzip = kind == ingest.Gzip
	isParquet := kind == ingest.Parquet || strings.HasSuffix(m.path, ".parquet")

	var unread bool
	var rows *parquet.File
	var err error
	if isParquet {
		// readParquet reports the error as the outcome of the file.
		if rows, err = ingest.OpenParquet(c.input, c.size); err == nil {
			f = w.recognizeParquet(ctx, f, rows.Sum(), m.fromEnd)
		}
	} else if f, unread, err = w.recognize(ctx, f, c, m.fromEnd); err != nil {
		return err
	}
	f.path = m.path
	in, failed := w.input(f, m, c)
	switch {
	case failed != nil:
		return failed
	case isParquet:
		err = w.readParquet(ctx, in, f, rows, err)
	case unread:
		err = w.readText(ctx, in, f, c, isDue)
	}
	w.reader.Save(ctx, in)
	if err == nil {
		f.settle(m.info)
	}
	return err
}

// input returns a file as input for a Reader.
func (w *worker) input(f *file, m match, c content) (*ingest.Input, error) {
	// A file that no longer matches keeps its path, and therefore its attributes.
	if f.attributes == nil || f.attributesPath != f.path {
		resolved, err := w.config.Resolve(m.input)
		if err != nil {
			return nil, err
		}
		f.attributes, f.attributesPath = make(map[string]string, len(resolved)), f.path
		for key, value := range resolved {
			f.attributes[key] = fmt.Sprint(value)
		}
	}
	if f.track == nil {
		f.track = w.ingester.NewTrack(w.ingester.InputID("files", f.Input), f.Sequence,
			func(ctx context.Context, p ingest.Progress) error { return w.known.save(ctx, p.(*file)) })
	}
	in := &ingest.Input{
		Name:       f.path,
		Attributes: f.attributes,
		Checkpoint: &f.Checkpoint,
		Track:      f.track,
		Snapshot:   func() ingest.Progress { return w.known.note(f) },
		Passed:     &f.Content,
	}
	if !f.isIdentified {
		in.Begin = func(ctx context.Context) { w.identify(ctx, f, c) }
	}
	if m.turn != nil {
		in.Turn = ingest.TurnAfter(m.turn)
	}
	return in, nil
}

// identify stores what identifies a file before its first records are sent. After a crash, the file is then recognized, and
// the records that were counted before are skipped.
func (w *worker) identify(ctx context.Context, f *file, c content) {
	if !f.isParquet() && f.Head == nil {
		text, _ := c.head(headSize) // The part that can be read identifies the file.
		head := newFingerprint()
		_, _ = head.Write(text)
		f.Head = &head
	}
	f.isIdentified = true
	if err := f.track.StoreNow(ctx, w.known.note(f)); err != nil {
		w.ingester.LogFailure(ctx, f.path, "save checkpoint", err)
	}
}

// readText reads a file of lines, or of documents that contain lines, compressed or not.
func (w *worker) readText(ctx context.Context, in *ingest.Input, f *file, c content, isDue bool) error {
	var err error
	if c.isGzip {
		err = w.reader.ReadStream(ctx, in, c.raw())
	} else {
		in.Growing = !isDue
		err = w.reader.ReadText(ctx, in, io.NewSectionReader(c.input, f.Offset, c.size-f.Offset))
	}
	switch {
	case errors.Is(err, ingest.ErrShort):
		// The file is a shorter copy of text that was read, for example while gzip writes it.
		return nil
	case err == nil && !c.isGzip && f.endsInPartialLine(c.size):
		f.waitForEnd(w.ingester.Now(), c.size)
		return nil
	}
	return w.conclude(f, err)
}

// readParquet reads the rows of a Parquet file. err is the error of opening it. A file without a footer is still being
// written; it is opened again when it has grown.
func (w *worker) readParquet(ctx context.Context, in *ingest.Input, f *file, rows *parquet.File, err error) error {
	f.Parquet = true
	if f.Done {
		return nil
	}
	if err == nil {
		err = w.reader.ReadParquet(ctx, in, rows)
	}
	return w.conclude(f, err)
}

// conclude reports the outcome of a file that was read to its end or up to an invalid part. It returns all other errors;
// the file is then read again.
func (w *worker) conclude(f *file, err error) error {
	var fault *ingest.InputError
	var system *fs.PathError
	if err != nil && (!errors.As(err, &fault) || errors.As(err, &system)) {
		return err
	}
	w.report.outcome(f, f.Result(err), err)
	return nil
}
