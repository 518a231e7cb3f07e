// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"bytes"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/xpdata"
)

const (
	exampleV2 = "2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK"
	exampleV5 = "5 52.95.128.179 10.0.0.71 80 34210 6 1616729292 1616729349 IPv4 14 15044 123456789012 vpc-abcdefab012345678 " +
		"subnet-aaaaaaaa012345678 i-0c50d5961bcb2d47b eni-1235b8ca123456789 ap-southeast-2 apse2-az3 - - ACCEPT 19 52.95.128.179 10.0.0.71 " +
		"S3 - - ingress OK"
	formatV5 = "version srcaddr dstaddr srcport dstport protocol start end type packets bytes account-id vpc-id subnet-id instance-id " +
		"interface-id region az-id sublocation-type sublocation-id action tcp-flags pkt-srcaddr pkt-dstaddr pkt-src-aws-service " +
		"pkt-dst-aws-service traffic-path flow-direction log-status"
)

// blockRecords is how many records the blocks of the benchmarks have: as many as a batch of the receiver.
const blockRecords = 1000

// sample is a line, of which port is the one that a block has many of.
type sample struct {
	name, line, port string
	format           *Format
}

func samples(tb testing.TB) []sample {
	tb.Helper()
	return []sample{
		{"v2", exampleV2, "20641", Default},
		{"v5", exampleV5, "34210", mustParse(tb, formatV5)},
	}
}

// block repeats a line with other ports.
func block(s sample) []byte {
	var lines strings.Builder
	for i := range blockRecords {
		lines.WriteString(strings.Replace(s.line, s.port, strconv.Itoa(1024+i), 1))
		lines.WriteByte('\n')
	}
	return []byte(lines.String())
}

// BenchmarkDecode measures the ways of a line: to a log record (attributes), to one that has just the line (lines), from there to a Flow (record), to a Flow
// from the body of a record (body), and straight to a Flow (flow). For comparison: a decoder as one would first write it
// (reference), and what pdata takes for records like those of attributes without any decoding (pdata).
func BenchmarkDecode(b *testing.B) {
	for _, s := range samples(b) {
		b.Run(s.name, func(b *testing.B) {
			b.Run("attributes", func(b *testing.B) { benchmarkAttributes(b, s) })
			b.Run("lines", func(b *testing.B) { benchmarkLines(b, s) })
			b.Run("gunzip", func(b *testing.B) { benchmarkGunzip(b, s) })
			b.Run("reference", func(b *testing.B) { benchmarkReference(b, s) })
			b.Run("pdata", func(b *testing.B) { benchmarkPdata(b, s) })
			b.Run("record", func(b *testing.B) { benchmarkRecord(b, s) })
			b.Run("body", func(b *testing.B) { benchmarkBody(b, s) })
			b.Run("flow", func(b *testing.B) { benchmarkFlow(b, s) })
		})
	}
}

// perRecord reports what one record takes, of so many in each loop.
func perRecord(b *testing.B, records int) {
	b.Helper()
	total := float64(b.N * records)
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/total, "ns/record")
	b.ReportMetric(total/b.Elapsed().Seconds(), "records/s")
}

func benchmarkAttributes(b *testing.B, s sample) {
	benchmarkDecoder(b, s, NewDecoder(s.format, testScope))
}

func benchmarkLines(b *testing.B, s sample) {
	decoder := NewDecoder(s.format, testScope)
	decoder.EmitLines()
	benchmarkDecoder(b, s, decoder)
}

// benchmarkGunzip takes the same text out of gzip, which the decoder needs first where files are compressed.
func benchmarkGunzip(b *testing.B, s sample) {
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	if _, err := zip.Write(block(s)); err != nil {
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
	perRecord(b, blockRecords)
}

func benchmarkDecoder(b *testing.B, s sample, decoder *Decoder) {
	b.ReportAllocs()
	data := block(s)
	for b.Loop() {
		if _, counts := decoder.Decode(data, observed); counts.Records != blockRecords {
			b.Fatal(counts.FirstBad)
		}
	}
	perRecord(b, blockRecords)
}

func benchmarkReference(b *testing.B, s sample) {
	b.ReportAllocs()
	data := block(s)
	names := strings.Fields(s.format.String())
	for b.Loop() {
		if _, err := decodeObviously(names, data); err != nil {
			b.Fatal(err)
		}
	}
	perRecord(b, blockRecords)
}

func benchmarkPdata(b *testing.B, s sample) {
	b.ReportAllocs()
	logs, _ := NewDecoder(s.format, testScope).Decode([]byte(s.line), observed)
	_, _, records := only(b, logs)
	var attributes []attribute
	for key, value := range records.At(0).Attributes().All() {
		attributes = append(attributes, attribute{key, value.Str(), value.Int()})
	}
	var builder xpdata.MapBuilder
	for b.Loop() {
		logs := plog.NewLogs()
		records := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
		for range blockRecords {
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
	perRecord(b, blockRecords)
}

// attribute is one that benchmarkPdata makes.
type attribute struct {
	key, text string
	number    int64
}

func benchmarkRecord(b *testing.B, s sample) {
	b.ReportAllocs()
	logs, _ := NewDecoder(s.format, testScope).Decode(block(s), observed)
	resource, scope, records := only(b, logs)
	reader := NewRecordReader(nil)
	var dst Flow
	for b.Loop() {
		for i := range records.Len() {
			if err := reader.Flow(resource, scope, records.At(i), &dst); err != nil {
				b.Fatal(err)
			}
		}
	}
	perRecord(b, records.Len())
}

func benchmarkBody(b *testing.B, s sample) {
	b.ReportAllocs()
	logs, _ := NewDecoder(s.format, testScope).Decode([]byte(s.line), observed)
	resource, scope, _ := only(b, logs)
	record := plog.NewLogRecord()
	record.Body().SetStr(s.line)
	reader := NewRecordReader(nil)
	var dst Flow
	for b.Loop() {
		if err := reader.Flow(resource, scope, record, &dst); err != nil {
			b.Fatal(err)
		}
	}
	perRecord(b, 1)
}

func benchmarkFlow(b *testing.B, s sample) {
	b.ReportAllocs()
	var dst Flow
	for b.Loop() {
		if err := s.format.Flow(s.line, &dst); err != nil {
			b.Fatal(err)
		}
	}
	perRecord(b, 1)
}
