// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/stanza/fileconsumer"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/stanza/operator"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension/xextension/storage"
)

// fileKey is where we keep what we know of a file among the attributes that the file consumer has for it.
const fileKey = "vpc_flow.file"

// files is the source that reads files. The file consumer finds them, follows them through renames and truncation, and
// gives us their bytes as blocks of lines. Text is decoded from these blocks; of a gzip or Parquet file, and of one
// with lines inside of documents, they only tell that there is something to read (see gzip.go, parquet.go, envelope.go).
//
// The file consumer moves its own position whatever we return, and saves it only when all files have been looked at. So
// there is a second position, ours (see progress), which follows what the next consumer accepted; where the file
// consumer gives us again what stands before it, as after a crash, that is passed over.
type files struct {
	*reader
	manager   *fileconsumer.Manager
	positions *positions
	empty     *emptyFiles
	// hidePath says that only we want the path of a file, not the user.
	hidePath bool
	// mu lets one file speak at a time, also when the file consumer reads several at once.
	mu sync.Mutex
}

func newFiles(c fileconsumer.Config, decoder *decoder, maxBatch int, set component.TelemetrySettings, in *intake) (*files, error) {
	s := &files{reader: newReader(in, decoder, maxBatch), hidePath: !c.IncludeFilePath}
	s.reader.conclude = s.conclude
	if err := excludeSpecial(&c.Criteria, in.logger); err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	c.IncludeFilePath = true
	c.Compression = ""
	c.Encoding = "nop"
	// A block is never too long for the file consumer, which would cut it in the middle of a line.
	c.MaxLogSize = 2*maxBlock + c.InitialBufferSize
	var err error
	set.Logger = quiet(set.Logger)
	if s.manager, err = c.Build(set, s.emit, fileconsumer.WithSplitFunc(s.split)); err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	s.empty, err = newEmptyFiles(c.Criteria, in)
	return s, err
}

func (s *files) Start(ctx context.Context, _ component.Host, client storage.Client) error {
	var (
		store     keyValues = memory{}
		persister operator.Persister
		err       error
	)
	if client != nil {
		store, persister = client, operator.NewScopedPersister("files", client)
	}
	if s.positions, err = openPositions(ctx, store, "files"); err != nil {
		return err
	}
	s.store = s.positions.save
	if err := s.manager.Start(persister); err != nil {
		return fmt.Errorf("files: %w", err)
	}
	s.empty.start()
	return nil
}

func (s *files) Shutdown(context.Context) error {
	s.empty.stop()
	return s.manager.Stop()
}

// emit takes what the file consumer has read. It does not return when the file must stay where it is: the file consumer
// moves on whatever is returned, but not when its goroutine has ended. It waits for that goroutine's deferred functions,
// which run.
func (s *files) emit(ctx context.Context, stretches [][]byte, attributes map[string]any, _ int64, offsets []int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := newTokens(stretches, attributes, offsets, s.hidePath)
	if err := s.read(ctx, t); err != nil {
		if !errors.Is(err, errStay) {
			s.fault(ctx, t.path, err)
		}
		runtime.Goexit()
	}
	return nil
}

func (s *files) read(ctx context.Context, t tokens) error {
	f, known := s.known(ctx, t)
	// Also when the consumer refuses for so long that we are shut down, what it took before is not sent again.
	defer s.save(ctx, f, t.path)
	if !known {
		f.gzip = t.isGzip()
		f.Parquet = !f.gzip && t.isParquet()
		f.Enveloped = !f.gzip && !f.Parquet && t.isEnvelope()
	}
	switch {
	case f.gzip:
		return s.readGzip(ctx, f, t, known)
	case f.Parquet:
		return s.readParquet(ctx, f, t)
	case f.Enveloped:
		return s.readEnvelope(ctx, f, t, known)
	}
	return s.readText(ctx, f, t, known)
}

// known gives what the file consumer carries along with the file for us. It has not met the file before, or we have
// forgotten it, when known is false.
func (s *files) known(ctx context.Context, t tokens) (_ *file, known bool) {
	f := new(file)
	switch value := t.attributes[fileKey].(type) {
	case *file:
		f, known = value, true
	case string: // It was stored; see file.MarshalText.
		key, gzip := strings.CutPrefix(value, gzipMark)
		stored, err := s.positions.load(ctx, key)
		if err != nil {
			s.fault(ctx, t.path, err)
		}
		if stored != nil {
			f = stored
		}
		f.gzip, known = gzip, gzip || stored != nil
	}
	t.attributes[fileKey] = f
	return f, known
}
