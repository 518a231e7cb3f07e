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

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
)

// worker reads files, one after the other.
type worker struct {
	source *Source
	reader *ingest.Reader
}

// read reads what is new in a file. Failures are logged, and the file is read again at the next poll.
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
			w.source.ingester.LogFailure(ctx, m.path, "open file", err)
			return
		}
	}
	err := w.readOpen(ctx, m)
	if err != nil {
		w.source.ingester.LogFailure(ctx, m.path, "read file", err)
	}
	if isGone {
		_ = m.input.Close()
	} else {
		w.source.kept.keep(m.id, m.input)
	}
}

// open opens the file. It does not wait where the path leads to a pipe by now.
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

// readOpen reads an open file. It returns nil once all of the file has been read, or what of it can be.
func (w *worker) readOpen(ctx context.Context, m match) error {
	s := w.source
	f := s.known.live(m.id, s.polls)
	f.path = m.path
	isDue := s.isDue(f) && f.unfinishedSize == m.info.Size()
	f.unsettle()
	attributes, err := w.attributes(m.input)
	if err != nil {
		return err
	}
	c := content{input: m.input, size: m.info.Size()}
	magic := c.magic()
	if strings.HasSuffix(m.path, ".parquet") || ingest.KindOf(magic) == ingest.Parquet {
		f, err = w.readParquet(ctx, f, c, attributes)
	} else {
		c.isGzip = ingest.KindOf(magic) == ingest.Gzip
		f, err = w.readText(ctx, f, c, attributes, isDue)
	}
	if err == nil {
		f.settle(m.info)
	}
	return err
}

// attributes returns the attributes that the user wants to see on the records of a file.
func (w *worker) attributes(input *os.File) (map[string]string, error) {
	resolved, err := w.source.config.Resolve(input)
	if err != nil {
		return nil, err
	}
	attributes := make(map[string]string, len(resolved))
	for key, value := range resolved {
		attributes[key] = fmt.Sprint(value)
	}
	return attributes, nil
}

// input returns a file as input for a Reader.
func (w *worker) input(f *file, attributes map[string]string) *ingest.Input {
	return &ingest.Input{
		Name:       f.path,
		Attributes: attributes,
		Checkpoint: &f.Checkpoint,
		Save:       func(ctx context.Context) error { return w.source.known.save(ctx, f) },
		Passed:     &f.Content,
	}
}

// readText reads a file of lines, or of documents that contain lines, compressed or not. It returns what is known about the
// file now, as another file may have taken its place.
func (w *worker) readText(
	ctx context.Context, f *file, c content, attributes map[string]string, isDue bool,
) (*file, error) {
	f, unread, err := w.recognize(f, c)
	if err != nil {
		return f, err
	}
	in := w.input(f, attributes)
	defer w.reader.Save(ctx, in)
	if !unread {
		return f, nil
	}
	if c.isGzip {
		err = w.reader.ReadStream(ctx, in, c.raw())
	} else {
		in.Growing = !isDue
		err = w.reader.ReadText(ctx, in, io.NewSectionReader(c.input, f.Offset, c.size-f.Offset))
	}
	switch fault := (*ingest.InputError)(nil); {
	case errors.Is(err, ingest.ErrShort):
		// It is a shorter copy of what was read already, such as one that is being made.
		return f, nil
	case errors.As(err, &fault) && c.isGzip && !isUnreadable(err):
		w.source.report.outcome(f, f.Result(fault), fault)
		return f, nil
	case err != nil:
		return f, err
	}
	if !c.isGzip && f.isBehind(c.size) {
		f.waitForEnd(w.source.ingester.Now(), c.size)
		return f, nil
	}
	w.source.report.outcome(f, f.Result(nil), nil)
	return f, nil
}

// isUnreadable reports whether it is the file system that failed, and not the content of the file.
func isUnreadable(err error) bool {
	var failed *fs.PathError
	return errors.As(err, &failed)
}

// readParquet reads a Parquet file. As long as it has no footer it is being written, and read again when it has grown.
func (w *worker) readParquet(ctx context.Context, f *file, c content, attributes map[string]string) (*file, error) {
	rows, err := ingest.OpenParquet(c.input, c.size)
	if err == nil {
		f = w.source.known.parquet(f, rows.Sum())
		if w.source.fromEnd && f.isUnread() {
			f.Done = true
		}
		in := w.input(f, attributes)
		defer w.reader.Save(ctx, in)
		if f.Done {
			return f, nil
		}
		err = w.reader.ReadParquet(ctx, in, rows)
	}
	f.Parquet = true
	switch fault := (*ingest.InputError)(nil); {
	case err == nil:
		w.source.report.outcome(f, f.Result(nil), nil)
	case errors.As(err, &fault) && !isUnreadable(err):
		w.source.report.outcome(f, f.Result(fault), fault)
	default:
		return f, err
	}
	return f, nil
}
