// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	exampleV2 = "2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK"
	formatV5  = "version srcaddr dstaddr srcport dstport protocol start end type packets bytes account-id vpc-id subnet-id instance-id interface-id region az-id sublocation-type sublocation-id action tcp-flags pkt-srcaddr pkt-dstaddr pkt-src-aws-service pkt-dst-aws-service traffic-path flow-direction log-status"
	exampleV5 = "5 52.95.128.179 10.0.0.71 80 34210 6 1616729292 1616729349 IPv4 14 15044 123456789012 vpc-abcdefab012345678 subnet-aaaaaaaa012345678 i-0c50d5961bcb2d47b eni-1235b8ca123456789 ap-southeast-2 apse2-az3 - - ACCEPT 19 52.95.128.179 10.0.0.71 S3 - - ingress OK"
)

// blockRecords is how many records a block of the benchmarks has; the receiver's default is the same.
const blockRecords = 1000

type sample struct {
	name, line string
	format     *Format
}

func samples(tb testing.TB) []sample {
	tb.Helper()
	v5, err := ParseFormat(formatV5)
	require.NoError(tb, err)
	return []sample{{"v2", exampleV2, Default}, {"v5", exampleV5, v5}}
}

// block repeats a line with a source port that changes.
func block(s sample) []byte {
	var b strings.Builder
	for i := range blockRecords {
		port := "20641"
		if s.name == "v5" {
			port = "34210"
		}
		b.WriteString(strings.Replace(s.line, port, strconv.Itoa(1024+i), 1))
		b.WriteByte('\n')
	}
	return []byte(b.String())
}

func perRecord(b *testing.B, records int) {
	b.Helper()
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*records), "ns/record")
	b.ReportMetric(float64(b.N*records)/b.Elapsed().Seconds(), "records/s")
}

func BenchmarkDecode(b *testing.B) {
	for _, s := range samples(b) {
		data := block(s)
		b.Run(fmt.Sprintf("%s/attributes", s.name), func(b *testing.B) {
			b.ReportAllocs()
			decoder := NewDecoder(s.format, Scope{Name: "bench"})
			for b.Loop() {
				logs, counts := decoder.Decode(data, 0)
				if counts.Records != blockRecords || logs.LogRecordCount() != blockRecords {
					b.Fatal(counts)
				}
			}
			perRecord(b, blockRecords)
		})
		b.Run(fmt.Sprintf("%s/reference", s.name), func(b *testing.B) {
			b.ReportAllocs()
			names := strings.Fields(s.format.String())
			for b.Loop() {
				logs, err := decodeObviously(names, data)
				if err != nil || logs.LogRecordCount() != blockRecords {
					b.Fatal(err)
				}
			}
			perRecord(b, blockRecords)
		})
		b.Run(fmt.Sprintf("%s/flow", s.name), func(b *testing.B) {
			b.ReportAllocs()
			var dst Flow
			for b.Loop() {
				if err := s.format.Flow(s.line, &dst); err != nil {
					b.Fatal(err)
				}
			}
			perRecord(b, 1)
		})
		b.Run(fmt.Sprintf("%s/record", s.name), func(b *testing.B) {
			b.ReportAllocs()
			logs, _ := NewDecoder(s.format, Scope{Name: "bench"}).Decode(data, 0)
			reader := NewRecordReader(nil)
			resource, scope, records := only(b, logs)
			var dst Flow
			for b.Loop() {
				for i := range records.Len() {
					if err := reader.Flow(resource, scope, records.At(i), &dst); err != nil {
						b.Fatal(err)
					}
				}
			}
			perRecord(b, blockRecords)
		})
	}
}
