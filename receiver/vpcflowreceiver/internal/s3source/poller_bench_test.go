// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"context"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingesttest"
)

// manyKeys lists a bucket with an object for each minute and flow log in every folder.
type manyKeys struct {
	layouts  []layout
	flowLogs int
	lists    atomic.Int64
}

// ListObjectsV2 returns a page. The token is the number of the next key.
func (m *manyKeys) ListObjectsV2(_ context.Context, in *s3.ListObjectsV2Input, _ ...func(*s3.Options)) (*s3.ListObjectsV2Output, error) {
	m.lists.Add(1)
	out := &s3.ListObjectsV2Output{IsTruncated: aws.Bool(false)}
	for _, l := range m.layouts {
		below, ok := strings.CutPrefix(l.folder(), *in.Prefix)
		if ok && below != "" {
			next := *in.Prefix + below[:strings.IndexByte(below, '/')+1]
			if !slices.ContainsFunc(out.CommonPrefixes, func(p types.CommonPrefix) bool { return *p.Prefix == next }) {
				out.CommonPrefixes = append(out.CommonPrefixes, types.CommonPrefix{Prefix: &next})
			}
		}
		date, ok := strings.CutPrefix(*in.Prefix, l.folder())
		if !ok {
			continue
		}
		begin, err := time.Parse("2006/01/02/", date)
		if err != nil {
			return nil, err
		}
		first, _ := strconv.Atoi(aws.ToString(in.ContinuationToken))
		for i := first; i < m.flowLogs*24*60; i++ {
			if i == first+1000 {
				out.IsTruncated, out.NextContinuationToken = aws.Bool(true), aws.String(strconv.Itoa(i))
				break
			}
			key := l.key(begin.Add(time.Duration(i%(24*60))*time.Minute), i)
			out.Contents = append(out.Contents, types.Object{Key: &key, Size: aws.Int64(1), ETag: aws.String(`"e"`), LastModified: &begin})
		}
	}
	return out, nil
}

// BenchmarkListing lists a month with a million objects and reports the size of the heap. A day has more objects than are
// kept in memory.
func BenchmarkListing(b *testing.B) {
	bucket := &manyKeys{flowLogs: 4}
	for n := range 6 {
		bucket.layouts = append(bucket.layouts, layout{account: fmt.Sprintf("%012d", n), region: "eu-west-1", id: "fl-1234abcd"})
	}
	begin := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	l := &objectLister{
		pageLister: pageLister{client: bucket, bucket: bucketName, logger: zap.NewNop()}, level: levelBucket, max: maxListed, workers: 4,
		skipped: &skipCounter{},
	}
	objects, peak := 0, uint64(0)
	for b.Loop() {
		before := position{}
		for object, err := range l.list(b.Context(), position{Time: begin}, begin.AddDate(0, 0, 30), begin.AddDate(1, 0, 0)) {
			require.NoError(b, err)
			if object.compare(before) <= 0 {
				b.Fatal("out of order:", object.Key)
			}
			before = object.position
			if objects++; objects%100_000 == 0 {
				runtime.GC()
				peak = max(peak, heap())
			}
		}
	}
	require.Equal(b, b.N*6*4*24*60*30, objects)
	b.ReportMetric(float64(objects)/b.Elapsed().Seconds(), "objects/s")
	b.ReportMetric(float64(bucket.lists.Load())/float64(b.N), "lists/op")
	b.ReportMetric(float64(peak)/(1<<20), "MiB-in-use")
}

// heap returns the size of the heap in bytes.
func heap() uint64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// BenchmarkPoller reads a thousand objects of 1 MiB by time, from a static server that uses the same processors. It reports
// the growth of the heap. Run it with -benchtime 1x.
func BenchmarkPoller(b *testing.B) {
	const objects, size = 1000, 1 << 20
	text := ingesttest.Lines(1024, 65535)
	text = strings.Repeat(text, 1+size/len(text))
	text = text[:strings.LastIndexByte(text[:size], '\n')+1]
	begin := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for name, form := range map[string]struct{ suffix, content string }{
		"text": {".log", text},
		"gzip": {".log.gz", ingesttest.Gzip(b, text+text+text)},
	} {
		records := objects * strings.Count(text, "\n")
		if name == "gzip" {
			records *= 3
		}
		contents, keys := map[string]string{}, []string{}
		for i := range objects {
			key := strings.TrimSuffix(layouts("")[0].key(begin.Add(time.Duration(i)*time.Minute), i), ".log.gz") + form.suffix
			head := ingesttest.Lines(1024+i, 1024+i+20)
			if name == "gzip" {
				head = ingesttest.Gzip(b, head)
			}
			contents[key], keys = head+form.content, append(keys, key)
		}
		records += objects * 21
		server := httptest.NewServer(&staticBucket{keys, contents})
		b.Cleanup(server.Close)
		for from, prepare := range map[string]func(r *fixture){
			"by time": func(r *fixture) {
				anonymousAWS(b)
				c := r.readsFrom(&s3Emulator{server: server})
				c.StartTime, c.EndTime = begin, begin.AddDate(0, 0, 1)
			},
		} {
			b.Run(name+"/"+from, func(b *testing.B) {
				peak, before, cpu := uint64(0), uint64(0), time.Duration(0)
				for b.Loop() {
					b.StopTimer()
					r := newFixture(b)
					prepare(r)
					var seen atomic.Int64
					done := make(chan struct{})
					r.Next = ingesttest.Consumer(b, func(_ context.Context, logs plog.Logs) error {
						n := seen.Add(int64(logs.LogRecordCount()))
						if n/1_000_000 != (n-int64(logs.LogRecordCount()))/1_000_000 {
							runtime.GC()
							peak = max(peak, heap())
						}
						if n == int64(records) {
							close(done)
						}
						return nil
					})
					r.build()
					runtime.GC()
					before = heap()
					cpu -= cpuTime(b)
					b.StartTimer()
					r.run()
					<-done
					b.StopTimer()
					cpu += cpuTime(b)
					r.stop()
					b.StartTimer()
				}
				b.ReportMetric(float64(records)*float64(b.N)/b.Elapsed().Seconds(), "records/s")
				b.ReportMetric(cpu.Seconds()/float64(b.N), "cpu-s/op")
				b.ReportMetric(float64(peak-min(peak, before))/(1<<20), "MiB-more")
			})
		}
	}
}

// staticBucket is a read-only bucket.
type staticBucket struct {
	keys     []string
	contents map[string]string
}

type listAnswer struct {
	XMLName        xml.Name `xml:"ListBucketResult"`
	Contents       []listedKey
	CommonPrefixes []listedPrefix
}

type (
	listedKey struct {
		Key, ETag, LastModified string
		Size                    int
	}
	listedPrefix struct{ Prefix string }
)

func (s *staticBucket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !isList(r) {
		content := s.contents[strings.TrimPrefix(r.URL.Path, "/"+testBucket+"/")]
		w.Header().Set("ETag", `"e"`)
		w.Header().Set("Content-Length", strconv.Itoa(len(content)))
		_, _ = w.Write([]byte(content))
		return
	}
	var answer listAnswer
	for _, key := range s.keys {
		prefix := r.URL.Query().Get("prefix")
		below, ok := strings.CutPrefix(key, prefix)
		inner, _, deeper := strings.Cut(below, "/")
		switch {
		case !ok:
		case !deeper:
			answer.Contents = append(answer.Contents, listedKey{key, `"e"`, "2026-03-02T00:00:00Z", len(s.contents[key])})
		case len(answer.CommonPrefixes) == 0:
			answer.CommonPrefixes = []listedPrefix{{prefix + inner + "/"}}
		}
	}
	_ = xml.NewEncoder(w).Encode(answer)
}
