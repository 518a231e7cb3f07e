// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingest_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow/otlp"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingesttest"
)

var workerCounts = []int{1, 2, 3, 8}

var emits = []otlp.Emit{otlp.EmitAttributes, otlp.EmitLines, otlp.EmitBlocks}

// step is a part of an input that was accepted: its records, its text, and the checkpoint after it.
type step struct {
	records, text string
	checkpoint    ingest.Checkpoint
}

// result is what reading an input did.
type result struct {
	steps    []step
	badLines map[string]int64
	// badLine is the number of the first bad line.
	badLine int64
}

// readSimply reads a text that ends in a whole line unless isComplete, one batch after the other.
func readSimply(t *testing.T, text string, batch int, emit otlp.Emit, isComplete bool) result {
	t.Helper()
	var (
		r        = result{badLines: map[string]int64{}}
		c        ingest.Checkpoint
		format   = flow.Default
		decoder  = otlp.Decoder{Scope: otlp.Scope{Name: ingest.ScopeName}, Emit: emit}
		end      = strings.LastIndexByte(text, '\n') + 1
		lines    = slices.Collect(strings.Lines(text[:end]))
		batches  = slices.Collect(slices.Chunk(lines, batch))
		observed = pcommon.NewTimestampFromTime(now())
	)
	if isComplete && end < len(text) {
		batches = append(batches, []string{text[end:]})
	}
	for _, lines := range batches {
		block := strings.Join(lines, "")
		logs, counts, next := decoder.Decode(format, "", []byte(block), observed)
		if counts.FirstBad != nil && r.badLine == 0 {
			r.badLine = c.Lines + int64(counts.FirstBadLine)
		}
		for reason, n := range counts.Bad {
			r.badLines[string(reason)] += int64(n)
			c.BadLines += int64(n)
		}
		c.Records += int64(counts.Records)
		c.Headers += int64(counts.Headers)
		c.Offset += int64(len(block))
		c.Lines += int64(strings.Count(block, "\n"))
		if format = next; c.Headers > 0 {
			c.Format = next.String()
		}
		records := ""
		if counts.Records > 0 {
			records = textOf(t, logs)
		}
		r.steps = append(r.steps, step{records, block, c})
	}
	return r
}

func textOf(t *testing.T, logs plog.Logs) string {
	t.Helper()
	text, err := new(plog.JSONMarshaler).MarshalLogs(logs)
	require.NoError(t, err)
	return string(text)
}

func now() time.Time { return time.Unix(1_700_000_000, 0) }

// scenario is a text, and how it is read.
type scenario struct {
	text  string
	batch int
	emit  otlp.Emit
	// compressed is the text compressed and perhaps cut off; empty if it is read uncompressed.
	compressed string
	// seed gives the refusals, the cancellations and the sizes of reads.
	seed uint64
}

// read reads the text with a number of workers, from checkpoint to checkpoint, until its end or an error of the input.
func (s *scenario) read(t *testing.T, workers int) (result, error) {
	t.Helper()
	var (
		random  = rand.New(rand.NewPCG(s.seed, 1))
		h       = ingesttest.NewHarness(t)
		r       = result{badLines: map[string]int64{}}
		records string
		cancel  context.CancelFunc
	)
	h.Config.Workers, h.Config.MaxBatchSize, h.Config.Emit, h.Config.Now = workers, s.batch, s.emit, now
	h.Config.Retry.InitialInterval = 1
	h.Refuse(func(_ int, logs plog.Logs) error {
		kind := random.IntN(20)
		if kind < 2 {
			cancel()
		}
		if kind%2 == 0 && kind < 8 {
			logs.ResourceLogs().MoveAndAppendTo(plog.NewLogs().ResourceLogs())
			return errors.New("full")
		}
		records = textOf(t, logs)
		return nil
	})
	ingester := h.NewIngester()
	store, err := ingest.OpenStore(t.Context(), nil, "test", 10, nil)
	require.NoError(t, err)
	for restarts := 0; ; restarts++ {
		c := new(ingest.Checkpoint)
		_, err := store.Load(t.Context(), "key", c)
		require.NoError(t, err)
		var ctx context.Context
		ctx, cancel = context.WithCancel(t.Context())
		in := &ingest.Input{Name: "a.log", Checkpoint: c}
		in.Passed = writer(func(text []byte) {
			require.NoError(t, store.Save(t.Context(), "key", c))
			saved := ingest.Checkpoint{}
			_, err := store.Load(t.Context(), "key", &saved)
			require.NoError(t, err)
			r.steps = append(r.steps, step{records, string(text), exported(&saved)})
			records = ""
		})
		if random.IntN(2) == 0 {
			turn := make(chan struct{})
			close(turn)
			in.Turn = ingest.TurnAfter(turn)
		}
		reader := ingest.NewReader(ingester)
		if s.compressed != "" {
			err = reader.ReadStream(ctx, in, s.inPieces(strings.NewReader(s.compressed)))
		} else {
			err = reader.ReadText(ctx, in, s.inPieces(strings.NewReader(s.text[c.Offset:])))
		}
		cancel()
		if errors.Is(err, context.Canceled) {
			continue
		}
		h.RequireCounter("records", nonZero(c.Records))
		messages := h.Logs.FilterMessageSnippet("line cannot be decoded").All()
		require.LessOrEqual(t, len(messages), 1)
		if len(messages) > 0 {
			r.badLine = messages[0].ContextMap()["line"].(int64)
		}
		r.badLines = h.Counter("bad_lines")
		return r, err
	}
}

// exported returns the fields that are stored, except for the sequence number.
func exported(c *ingest.Checkpoint) ingest.Checkpoint {
	return ingest.Checkpoint{
		Offset: c.Offset, InLongLine: c.InLongLine, Lines: c.Lines, Headers: c.Headers, Records: c.Records, BadLines: c.BadLines,
		Format: c.Format,
	}
}

func nonZero(n int64) map[string]int64 {
	if n == 0 {
		return map[string]int64{}
	}
	return map[string]int64{"": n}
}

// inPieces returns a reader with the reads of the scenario.
func (s *scenario) inPieces(text io.Reader) io.Reader {
	switch s.seed % 4 {
	case 0:
		return iotest.OneByteReader(text)
	case 1:
		return iotest.HalfReader(text)
	case 2:
		return iotest.DataErrReader(text)
	}
	return text
}

type writer func(text []byte)

func (w writer) Write(text []byte) (int, error) {
	w(text)
	return len(text), nil
}

// randomLines returns lines of several formats, with headers between them, and lines that cannot be decoded.
func randomLines(random *rand.Rand, count int) string {
	formats := []struct{ header, line string }{
		{flow.Default.String(), "2 1 eni-1 10.0.0.1 10.0.0.2 %d 22 6 20 4249 1418530010 1418530070 ACCEPT OK"},
		{"srcport dstport srcaddr dstaddr protocol end", "%d 22 172.31.16.139 172.31.16.21 6 1418530070"},
		{"srcport new-field account-id", "%d x 2"},
		// These lines start like headers.
		{"region srcport account-id", "us-east-1 %d 3"},
		{"interface-id srcaddr srcport", "eni-1 10.0.0.1 %d"},
	}
	bad := []string{"", "  ", "x", "2 1", "\xff", "- - -", "version", "{}", "2 1 eni-1 - - - - - - - - - - NODATA"}
	format := formats[0]
	timestamp, end := "", "\n"
	if random.IntN(4) == 0 {
		timestamp = "2015-05-20T15:43:54.000Z "
	}
	if random.IntN(4) == 0 {
		end = "\r\n"
	}
	var text strings.Builder
	for n := range count {
		text.WriteString(timestamp)
		switch kind := random.IntN(20); {
		case n < 10:
			// The first lines decide whether the input is a flow log.
			fmt.Fprintf(&text, format.line, n+1)
		case kind == 0:
			format = formats[random.IntN(len(formats))]
			text.WriteString(format.header)
		case kind < 3:
			text.WriteString(bad[random.IntN(len(bad))])
		default:
			fmt.Fprintf(&text, format.line, n+1)
		}
		text.WriteString(end)
	}
	if random.IntN(2) == 0 {
		return strings.TrimSuffix(text.String(), end)
	}
	return text.String()
}

func TestAnyNumberOfWorkersGivesTheSameRecordsAndCheckpoints(t *testing.T) {
	for seed := range uint64(60) {
		random := rand.New(rand.NewPCG(seed, 0))
		s := scenario{text: randomLines(random, random.IntN(200)), batch: 1 + random.IntN(20), emit: emits[random.IntN(len(emits))], seed: seed}
		want := readSimply(t, s.text, s.batch, s.emit, true)
		for _, workers := range workerCounts {
			t.Run(fmt.Sprintf("seed %d, %d workers", seed, workers), func(t *testing.T) {
				got, err := s.read(t, workers)
				require.NoError(t, err)
				assert.Equal(t, want, got)
			})
		}
	}
}

func TestRecordsBeforeAnErrorAreDelivered(t *testing.T) {
	for seed := range uint64(40) {
		random := rand.New(rand.NewPCG(seed, 0))
		s := scenario{text: randomLines(random, 20+random.IntN(1000)), batch: 1 + random.IntN(50), seed: seed}
		whole := ingesttest.Gzip(t, s.text)
		s.compressed = whole[:20+random.IntN(len(whole)-20)]
		// The header of gzip has ten bytes.
		input, err := gzip.NewReader(strings.NewReader(s.compressed))
		require.NoError(t, err)
		readable, readErr := io.ReadAll(input)
		want := readSimply(t, string(readable), s.batch, otlp.EmitAttributes, readErr == nil)
		for _, workers := range workerCounts {
			t.Run(fmt.Sprintf("seed %d, %d workers", seed, workers), func(t *testing.T) {
				got, err := s.read(t, workers)
				var input *ingest.InputError
				require.ErrorAs(t, err, &input)
				require.ErrorIs(t, err, io.ErrUnexpectedEOF)
				assert.Equal(t, want, got)
			})
		}
	}
}

func TestLongLinesAndLargeBlocksAreTheSameWithAnyNumberOfWorkers(t *testing.T) {
	for seed := range uint64(6) {
		random := rand.New(rand.NewPCG(seed, 0))
		s := scenario{batch: []int{3, 1 << 20}[seed%2], seed: cmp.Or(seed%4, 3)}
		for range 6 {
			s.text += randomLines(random, random.IntN(300))
			s.text += strings.Repeat("x", random.IntN(3*flow.MaxLine)) + "\n"
		}
		want, err := s.read(t, 1)
		require.NoError(t, err)
		assert.Equal(t, s.text, text(want.steps))
		assert.Positive(t, want.badLines["too_long"])
		for _, workers := range workerCounts[1:] {
			t.Run(fmt.Sprintf("seed %d, %d workers", seed, workers), func(t *testing.T) {
				got, err := s.read(t, workers)
				require.NoError(t, err)
				assert.Equal(t, want, got)
			})
		}
	}
}

// text returns the text of all steps.
func text(steps []step) string {
	var all strings.Builder
	for i := range steps {
		all.WriteString(steps[i].text)
	}
	return all.String()
}

// countingReader counts the bytes that were read.
type countingReader struct {
	io.Reader
	n atomic.Int64
}

func (r *countingReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.n.Add(int64(n))
	return n, err
}

func TestFewBlocksAreReadAhead(t *testing.T) {
	const batch = 1000
	text := ingesttest.Lines(10_001, 40_000)
	size := int64(strings.Index(text, fmt.Sprint(" ", 10_001+batch)) / batch * batch)
	for name, test := range map[string]struct {
		workers, want int
		waits         bool
	}{
		"with one worker":                  {workers: 1, want: 1},
		"with two workers":                 {workers: 2, want: 3},
		"with eight workers":               {workers: 8, want: 9},
		"with eight workers before a turn": {workers: 8, want: 2, waits: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := ingesttest.NewHarness(t)
				h.Config.Workers, h.Config.MaxBatchSize = test.workers, batch
				proceed := make(chan struct{})
				h.Refuse(func(int, plog.Logs) error {
					<-proceed
					return nil
				})
				in := &ingest.Input{Checkpoint: new(ingest.Checkpoint)}
				if test.waits {
					in.Turn = ingest.TurnAfter(proceed)
				}
				input := countingReader{Reader: strings.NewReader(text)}
				ended := make(chan error)
				go func() { ended <- ingest.NewReader(h.NewIngester()).ReadText(t.Context(), in, &input) }()
				synctest.Wait()
				// Another block has been read, and perhaps a part of the one after it.
				assert.Greater(t, input.n.Load(), size*int64(test.want))
				assert.Less(t, input.n.Load(), size*int64(test.want+2))
				close(proceed)
				require.NoError(t, <-ended)
				assert.Equal(t, 30_000, h.Sink.LogRecordCount())
			})
		})
	}
}
