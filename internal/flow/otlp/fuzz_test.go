// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"bytes"
	"cmp"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow/flowtest"
)

// maxSeed bounds the seeds, in bytes. With long seeds, the fuzzer spends its time on minimizing them.
const maxSeed = 1000

func FuzzLine(f *testing.F) {
	for _, seed := range lineSeeds(f) {
		f.Add(seed.names, seed.line)
	}
	f.Fuzz(func(t *testing.T, names, line string) {
		format, err := flow.ParseFormat(names)
		if err != nil {
			t.Skip()
		}
		again, err := flow.ParseFormat(format.String())
		require.NoError(t, err)
		require.Equal(t, format.String(), again.String())
		if !isRecordLine(line) {
			t.Skip()
		}
		assertFlowsAgree(t, format, line)
	})
}

// isRecordLine reports whether text is one line of a block that is decoded as a record.
func isRecordLine(text string) bool {
	return !flow.IsHeader(flow.Trim(text)) && flow.Trim(text) != "" && !strings.Contains(text, "\n")
}

// lineSeed is a line and the field names of its format.
type lineSeed struct{ names, line string }

// lineSeeds returns the record lines of the samples, bad lines, and junk.
func lineSeeds(tb testing.TB) (seeds []lineSeed) {
	tb.Helper()
	names := flow.Default.String()
	for _, line := range flowtest.SampleLines(tb) {
		if header, ok := flow.ParseHeader(line); ok {
			names = header.String()
			continue
		}
		seeds = append(seeds, lineSeed{names, line})
	}
	for _, test := range flowtest.BadLines {
		seeds = append(seeds, lineSeed{cmp.Or(test.Names, flow.Default.String()), test.Line})
	}
	for _, line := range flowtest.Junk {
		seeds = append(seeds, lineSeed{flow.Default.String(), line})
	}
	return seeds
}

func TestFuzzLineSkipsFewSeeds(t *testing.T) {
	var skipped []string
	seeds := lineSeeds(t)
	for _, seed := range seeds {
		if !isRecordLine(seed.line) {
			skipped = append(skipped, seed.line)
		}
	}
	assert.Greater(t, len(seeds), 100)
	assert.Less(t, len(skipped), 10, "%q", skipped)
}

func FuzzDecode(f *testing.F) {
	for _, file := range flowtest.SampleFiles(f) {
		data, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(data[:min(len(data), maxSeed)])
	}
	for _, line := range flowtest.Junk {
		f.Add([]byte(line))
		f.Add([]byte(flow.Default.String() + "\n" + line + "\n" + flowtest.ExampleV2))
	}
	f.Fuzz(func(t *testing.T, block []byte) {
		logs, counts := decodeAs(flow.Default, block)
		assertFormatAfter(t, block)
		lines, bad := 0, 0
		for line := range strings.Lines(string(block)) {
			if flow.Trim(line) != "" {
				lines++
			}
		}
		for _, count := range counts.Bad {
			bad += count
		}
		assert.Equal(t, lines, counts.Records+counts.Headers+bad)
		assert.Equal(t, counts.Records, logs.LogRecordCount())
		assert.Equal(t, bad > 0, counts.FirstBad != nil)
		flowtest.AssertValidText(t, logs)
	})
}

// assertFormatAfter checks that the format after a block is found without decoding, and without searching lines that
// cannot be headers.
func assertFormatAfter(t *testing.T, block []byte) {
	t.Helper()
	_, _, next := Decoder{Scope: testScope}.Decode(flow.Default, "", block, observed)
	assert.Equal(t, next.String(), new(flow.BlockScanner).FormatAfter(flow.Default, string(block)).String())
	mayHaveHeader := false
	for rest := block; len(rest) > 0; {
		mayHaveHeader = mayHaveHeader || flow.MayBeHeader(rest)
		_, rest, _ = bytes.Cut(rest, []byte{'\n'})
	}
	if !mayHaveHeader {
		assert.Same(t, flow.Default, next)
	}
}

func FuzzRecord(f *testing.F) {
	for _, logs := range recordSeeds(f) {
		data, err := (&plog.ProtoMarshaler{}).MarshalLogs(logs)
		require.NoError(f, err)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		logs, err := (&plog.ProtoUnmarshaler{}).UnmarshalLogs(data)
		if err != nil {
			t.Skip()
		}
		reader := NewRecordReader(flow.Default)
		for record := range All(logs) {
			assertReadTwice(t, reader, record)
		}
	})
}

// assertReadTwice reads a record, and checks that reading it again gives the same flow.
func assertReadTwice(t *testing.T, reader *RecordReader, record LogRecord) {
	t.Helper()
	var first, second flow.Flow
	err := reader.Flow(record, &first)
	var bad *flow.LineError
	switch {
	case errors.As(err, &bad):
		assert.NotEmpty(t, bad.Reason)
	case err != nil:
		require.ErrorIs(t, err, ErrHeader)
	default:
		require.NoError(t, reader.Flow(record, &second))
		assert.Equal(t, first, second)
		assert.False(t, first.Src.Is4In6() || first.Dst.Is4In6() || first.Local.Is4In6() || first.Intermediate.Is4In6())
		assert.GreaterOrEqual(t, first.Time, int64(0))
	}
}

// recordSeeds returns some sample lines as decoded records and as bodies, and records of other decoders.
func recordSeeds(tb testing.TB) []plog.Logs {
	tb.Helper()
	var seeds []plog.Logs
	seed := func(fill func(plog.LogRecord)) {
		logs := plog.NewLogs()
		fill(logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty())
		seeds = append(seeds, logs)
	}
	format := flow.TransitGateway
	for i, line := range flowtest.SampleLines(tb) {
		logs, counts, next := Decoder{Scope: testScope}.Decode(format, "", []byte(line), observed)
		format = next
		if counts.Records == 1 && i%4 == 0 {
			seeds = append(seeds, logs)
		}
	}
	for _, line := range append(flowtest.Junk, flowtest.ExampleV2, flowtest.ExampleV5, flowtest.FormatV5) {
		seed(func(record plog.LogRecord) { record.Body().SetStr(strings.ToValidUTF8(line, "?")) })
		seed(func(record plog.LogRecord) { record.Body().SetEmptyBytes().FromRaw([]byte(line)) })
	}
	for _, attributes := range []map[string]any{
		{"source.address": "10.0.0.1", "aws.vpc.flow.start": "2025-03-21T15:14:49Z", "network.protocol.name": "tcp"},
		ecsRecord,
		{"source.ip": "10.0.0.1", "aws.vpcflow.pkt_srcaddr": "::ffff:10.0.0.1", "network.iana_number": 6.5, "event.start": "-"},
		{"source.address": 5, "source.port": "https", "aws.vpc.flow.start": -1},
		{"source.address": []any{"10.0.0.1"}, "aws.vpc.flow.action": map[string]any{"a": 1}, "network.tcp.flags": 2.5},
	} {
		seed(func(record plog.LogRecord) { require.NoError(tb, record.Attributes().FromRaw(attributes)) })
	}
	return seeds
}
