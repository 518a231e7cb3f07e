// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/xpdata"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow/flowtest"
)

// BenchmarkDecode measures these conversions:
//   - attributes: a line to a log record
//   - lines: a line to a log record, with EmitLines
//   - blocks: lines to one log record, with EmitBlocks
//   - record: a log record with attributes to a Flow
//   - body: a log record with a line to a Flow
//   - flow: a line to a Flow
//
// For comparison, it measures gzip decompression of the lines (gunzip), a straightforward decoder (reference), and
// making the log records without decoding (pdata).
func BenchmarkDecode(b *testing.B) {
	for _, s := range flowtest.Examples(b) {
		b.Run(s.Name, func(b *testing.B) {
			b.Run("attributes", func(b *testing.B) { benchmarkAttributes(b, s) })
			b.Run("lines", func(b *testing.B) { benchmarkLines(b, s) })
			b.Run("blocks", func(b *testing.B) { benchmarkBlocks(b, s) })
			b.Run("json", func(b *testing.B) { benchmarkJSON(b, s) })
			b.Run("csv", func(b *testing.B) { benchmarkCSV(b, s) })
			b.Run("ocsf", func(b *testing.B) { benchmarkOCSF(b, s) })
			b.Run("gunzip", func(b *testing.B) { benchmarkGunzip(b, s) })
			b.Run("reference", func(b *testing.B) { benchmarkReference(b, s) })
			b.Run("pdata", func(b *testing.B) { benchmarkPdata(b, s) })
			b.Run("record", func(b *testing.B) { benchmarkRecord(b, s) })
			b.Run("body", func(b *testing.B) { benchmarkBody(b, s) })
			b.Run("flow", func(b *testing.B) { benchmarkFlow(b, s) })
		})
	}
}

func benchmarkAttributes(b *testing.B, s flowtest.Example) {
	benchmarkDecoder(b, s, Decoder{Scope: testScope})
}

func benchmarkLines(b *testing.B, s flowtest.Example) {
	benchmarkDecoder(b, s, Decoder{Scope: testScope, Emit: EmitLines})
}

func benchmarkBlocks(b *testing.B, s flowtest.Example) {
	benchmarkDecoder(b, s, Decoder{Scope: testScope, Emit: EmitBlocks})
}

// benchmarkGunzip decompresses the lines, as is needed before decoding compressed files.
func benchmarkGunzip(b *testing.B, s flowtest.Example) {
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	if _, err := zip.Write(s.Block()); err != nil {
		b.Fatal(err)
	}
	if err := zip.Close(); err != nil {
		b.Fatal(err)
	}
	reader := new(gzip.Reader)
	for b.Loop() {
		if err := reader.Reset(bytes.NewReader(packed.Bytes())); err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, reader); err != nil {
			b.Fatal(err)
		}
	}
	flowtest.ReportPerRecord(b, flowtest.BlockRecords)
}

func benchmarkDecoder(b *testing.B, s flowtest.Example, decoder Decoder) {
	b.ReportAllocs()
	data := s.Block()
	for b.Loop() {
		if _, counts, _ := decoder.Decode(s.Format, "", data, observed); counts.Records != flowtest.BlockRecords {
			b.Fatal(counts.FirstBad)
		}
	}
	flowtest.ReportPerRecord(b, flowtest.BlockRecords)
}

func benchmarkReference(b *testing.B, s flowtest.Example) {
	b.ReportAllocs()
	data := s.Block()
	names := strings.Fields(s.Format.String())
	for b.Loop() {
		if _, err := decodeSimply(names, data); err != nil {
			b.Fatal(err)
		}
	}
	flowtest.ReportPerRecord(b, flowtest.BlockRecords)
}

func benchmarkPdata(b *testing.B, s flowtest.Example) {
	b.ReportAllocs()
	logs, _ := decodeAs(s.Format, []byte(s.Line))
	records := recordsOf(b, logs)
	var attributes []benchAttribute
	for key, value := range records[0].Attributes().All() {
		attributes = append(attributes, benchAttribute{key, value.Str(), value.Int()})
	}
	var builder xpdata.MapBuilder
	for b.Loop() {
		logs := plog.NewLogs()
		records := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
		for range flowtest.BlockRecords {
			builder.EnsureCapacity(len(attributes))
			for i := range attributes {
				a := &attributes[i]
				if a.text != "" {
					builder.AppendEmpty(a.key).SetStr(a.text)
				} else {
					builder.AppendEmpty(a.key).SetInt(a.number)
				}
			}
			builder.UnsafeIntoMap(records.AppendEmpty().Attributes())
		}
	}
	flowtest.ReportPerRecord(b, flowtest.BlockRecords)
}

// benchAttribute is an attribute that benchmarkPdata adds.
type benchAttribute struct {
	key, text string
	number    int64
}

func benchmarkRecord(b *testing.B, s flowtest.Example) {
	b.ReportAllocs()
	logs, _ := decodeAs(s.Format, s.Block())
	records := recordsOf(b, logs)
	reader := NewRecordReader(nil)
	var dst flow.Flow
	for b.Loop() {
		for i := range records {
			if err := reader.Flow(records[i], &dst); err != nil {
				b.Fatal(err)
			}
		}
	}
	flowtest.ReportPerRecord(b, len(records))
}

func benchmarkBody(b *testing.B, s flowtest.Example) {
	b.ReportAllocs()
	logs, _ := decodeAs(s.Format, []byte(s.Line))
	record := LogRecord{Resource: recordsOf(b, logs)[0].Resource, Scope: recordsOf(b, logs)[0].Scope, LogRecord: plog.NewLogRecord()}
	record.Body().SetStr(s.Line)
	reader := NewRecordReader(nil)
	var dst flow.Flow
	for b.Loop() {
		if err := reader.Flow(record, &dst); err != nil {
			b.Fatal(err)
		}
	}
	flowtest.ReportPerRecord(b, 1)
}

func benchmarkFlow(b *testing.B, s flowtest.Example) {
	b.ReportAllocs()
	var dst flow.Flow
	for b.Loop() {
		if err := s.Format.Flow(s.Line, &dst); err != nil {
			b.Fatal(err)
		}
	}
	flowtest.ReportPerRecord(b, 1)
}
