// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
)

// junk is what finds its way into log files, and what is meant to break a decoder.
var junk = []string{
	"", " ", "-", "- -", "\x00", "\xff\xfe", "\ufeff", "\r", "{\"message\":\"2 1\"}", "\x1f\x8b\x08\x00", "PAR1", "version", "srcaddr version version-2 version",
	"2 123456789010 eni-1 ::ffff:1.2.3.4 fe80::1%x 1 2 6 1 1 1 1 ACCEPT OK", strings.Repeat("- ", 300), strings.Repeat("9", 400),
}

// maxSeed keeps seeds short, in bytes: the fuzzer spends its time on making long ones shorter.
const maxSeed = 1000

func FuzzLine(f *testing.F) {
	format := Default.String()
	for _, line := range sampleLines(f) {
		if header, ok := Header(line); ok {
			format = header.String()
		}
		f.Add(format, line)
	}
	for _, test := range faults {
		f.Add(test.names, test.line)
	}
	for _, line := range junk {
		f.Add(Default.String(), line)
	}
	f.Fuzz(func(t *testing.T, names, line string) {
		format, err := ParseFormat(names)
		if err != nil {
			t.Skip()
		}
		again, err := ParseFormat(format.String())
		require.NoError(t, err)
		require.Equal(t, format.String(), again.String())
		if _, ok := Header(line); ok || trim(line) == "" || strings.Contains(line, "\n") {
			t.Skip()
		}
		assertWaysAgree(t, format, line)
	})
}

func FuzzDecode(f *testing.F) {
	for _, file := range sampleFiles(f) {
		data, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(data[:min(len(data), maxSeed)])
	}
	for _, line := range junk {
		f.Add([]byte(line))
		f.Add([]byte(Default.String() + "\n" + line + "\n" + exampleV2))
	}
	f.Fuzz(func(t *testing.T, block []byte) {
		logs, counts := NewDecoder(Default, testScope).Decode(block, observed)
		lines, bad := 0, 0
		for line := range strings.Lines(string(block)) {
			if trim(line) != "" {
				lines++
			}
		}
		for _, count := range counts.Bad {
			bad += count
		}
		assert.Equal(t, lines, counts.Records+counts.Headers+bad)
		assert.Equal(t, counts.Records, logs.LogRecordCount())
		assert.Equal(t, bad > 0, counts.FirstBad != nil)
		assertText(t, logs)
	})
}

// assertText looks for strings that OTLP cannot carry, and for empty ones and attributes that stand twice.
func assertText(t *testing.T, logs plog.Logs) {
	t.Helper()
	check := func(attributes pcommon.Map) {
		seen := map[string]bool{}
		for key, value := range attributes.All() {
			assert.False(t, seen[key], "%s stands twice", key)
			seen[key] = true
			assert.True(t, utf8.ValidString(key))
			if value.Type() == pcommon.ValueTypeStr {
				assert.True(t, utf8.ValidString(value.Str()), "%s is not UTF-8", key)
				assert.NotEmpty(t, value.Str(), key)
			}
		}
	}
	for _, resourceLogs := range logs.ResourceLogs().All() {
		check(resourceLogs.Resource().Attributes())
		for _, scopeLogs := range resourceLogs.ScopeLogs().All() {
			check(scopeLogs.Scope().Attributes())
			for _, record := range scopeLogs.LogRecords().All() {
				check(record.Attributes())
			}
		}
	}
}

func FuzzEnvelope(f *testing.F) {
	for _, test := range envelopes {
		f.Add([]byte(test.input))
		f.Add([]byte(zipped(f, test.input)))
	}
	for _, line := range junk {
		f.Add([]byte(line))
		f.Add([]byte(cloudWatch("1", exampleV2) + line + cloudWatch("1", line)))
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		l := NewLines(bytes.NewReader(input))
		got, err := unpack(t, l)
		require.Error(t, err)
		assert.True(t, got.lines == "" || strings.HasSuffix(got.lines, "\n"))
		assert.LessOrEqual(t, cap(l.data), 2*envelopeBlock+2*len(got.source), "memory is bounded by the input")
		assert.Equal(t, got.bad > 0, got.firstBad != nil)
		if bytes.HasPrefix(input, []byte{0x1f, 0x8b}) {
			return
		}
		assert.True(t, bytes.HasPrefix(input, []byte(got.source)))
		assert.LessOrEqual(t, len(got.lines), 3*len(input)+1, "what is not UTF-8 grows threefold")
		again, _ := unpack(t, NewLines(iotest.OneByteReader(bytes.NewReader(input))))
		assert.Equal(t, withoutBlanks(got.lines), withoutBlanks(again.lines))
		assert.Equal(t, got.bad, again.bad)
	})
}

// withoutBlanks takes off what stands before lines and means nothing: whether it is passed over or taken for a part of
// the lines is up to how much of the input is at hand.
func withoutBlanks(lines string) (kept []string) {
	for line := range strings.Lines(lines) {
		if line = strings.Trim(line, between); line != "" {
			kept = append(kept, line)
		}
	}
	return kept
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
		reader := NewRecordReader(Default)
		for _, resourceLogs := range logs.ResourceLogs().All() {
			for _, scopeLogs := range resourceLogs.ScopeLogs().All() {
				for _, record := range scopeLogs.LogRecords().All() {
					assertReadsTheSameAgain(t, reader, resourceLogs.Resource().Attributes(), scopeLogs.Scope(), record)
				}
			}
		}
	})
}

func assertReadsTheSameAgain(t *testing.T, reader *RecordReader, resource pcommon.Map, scope pcommon.InstrumentationScope, record plog.LogRecord) {
	t.Helper()
	var first, second Flow
	err := reader.Flow(resource, scope, record, &first)
	var fault *LineError
	switch {
	case errors.As(err, &fault):
		assert.NotEmpty(t, fault.Reason)
	case err != nil:
		require.ErrorIs(t, err, ErrHeader)
	default:
		require.NoError(t, reader.Flow(resource, scope, record, &second))
		assert.Equal(t, first, second)
		assert.False(t, first.Src.Is4In6() || first.Dst.Is4In6() || first.Local.Is4In6() || first.Intermediate.Is4In6())
		assert.GreaterOrEqual(t, first.Time, int64(0))
	}
}

// recordSeeds are some of the sample lines as decoded records and as bodies, and records of other decoders.
func recordSeeds(tb testing.TB) []plog.Logs {
	tb.Helper()
	var seeds []plog.Logs
	seed := func(fill func(plog.LogRecord)) {
		logs := plog.NewLogs()
		fill(logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty())
		seeds = append(seeds, logs)
	}
	decoder := NewDecoder(TransitGateway, testScope)
	for i, line := range sampleLines(tb) {
		logs, counts := decoder.Decode([]byte(line), observed)
		if counts.Records == 1 && i%4 == 0 {
			seeds = append(seeds, logs)
		}
	}
	for _, line := range append(junk, exampleV2, exampleV5, formatV5) {
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
