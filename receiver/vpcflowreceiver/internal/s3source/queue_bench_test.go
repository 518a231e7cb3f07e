// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingesttest"
)

// benchObjects is the number of objects, of about benchSize bytes each.
const (
	benchObjects = 1000
	benchSize    = 1 << 20
)

// BenchmarkQueue reads a thousand objects of 1 MiB that a queue announces. The emulators of SQS and S3 use the same
// processors; a static server replaces the emulator of S3 to show the difference. Run it with -benchtime 1x.
func BenchmarkQueue(b *testing.B) {
	body := ingesttest.RandomLog(benchSize / 16)
	body = body[strings.IndexByte(body, '\n')+1:]
	// gzip compresses the text to about a third.
	plain, zipped := firstLines(body, benchSize), ingesttest.Gzip(b, firstLines(body, 3*benchSize))
	forms := map[string]func(beginning string) string{
		"text.log":    func(beginning string) string { return beginning + plain },
		"gzip.log.gz": func(beginning string) string { return ingesttest.Gzip(b, beginning) + zipped },
	}
	for name, content := range forms {
		objects, size := make([]string, benchObjects), 0
		for i := range objects {
			objects[i] = content(ingesttest.Lines(1024+i, 1024+i+11))
			size += len(objects[i])
		}
		records := benchObjects * strings.Count(objects[0], "\n")
		if strings.HasSuffix(name, ".gz") {
			records = benchObjects * (12 + strings.Count(firstLines(body, 3*benchSize), "\n"))
		}
		key := func(i int) string { return fmt.Sprintf("%d/%s", i, name) }
		for from, prepare := range map[string]func(r *fixture){
			"emulator": func(r *fixture) {
				e, q := newS3Emulator(b), newSQSEmulator(b, 3)
				r.usesQueue(e, q)
				for i, content := range objects {
					q.send(s3Notification(e.put(key(i), content)))
				}
			},
			"server": func(r *fixture) {
				e, q := newS3Emulator(b), newSQSEmulator(b, 3)
				r.usesQueue(e, q).Endpoint = serve(b, objects).URL
				for i, content := range objects {
					q.send(s3Notification(object{bucket: testBucket, key: key(i), etag: "e", size: int64(len(content))}))
				}
			},
		} {
			b.Run(name+"/"+from, func(b *testing.B) {
				b.SetBytes(int64(size))
				var cpu time.Duration
				for b.Loop() {
					b.StopTimer()
					r := newFixture(b)
					prepare(r)
					runtime.GC()
					cpu -= cpuTime(b)
					r.measure(b, records)
					cpu += cpuTime(b)
					b.StartTimer()
				}
				b.ReportMetric(cpu.Seconds()/float64(b.N), "cpu-s/op")
				b.ReportMetric(float64(records)*float64(b.N)/b.Elapsed().Seconds(), "records/s")
			})
		}
	}
}

// measure runs the source and the timer of the benchmark until all records are accepted.
func (r *fixture) measure(b *testing.B, records int) {
	var seen atomic.Int64
	done := make(chan struct{})
	next, err := consumer.NewLogs(func(_ context.Context, logs plog.Logs) error {
		if seen.Add(int64(logs.LogRecordCount())) == int64(records) {
			close(done)
		}
		return nil
	})
	require.NoError(b, err)
	r.Next = next
	r.build()
	b.StartTimer()
	r.run()
	<-done
	b.StopTimer()
	r.stop()
}

// cpuTime returns the processor time of this process. It is more stable than the time on a busy machine.
func cpuTime(b *testing.B) time.Duration {
	var usage syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// serve starts a server of objects, by the number at the start of their keys.
func serve(b *testing.B, objects []string) *httptest.Server {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i, err := strconv.Atoi(path.Base(path.Dir(r.URL.Path)))
		if err != nil {
			b.Error(err)
			return
		}
		w.Header().Set("ETag", `"e"`)
		w.Header().Set("Content-Length", strconv.Itoa(len(objects[i])))
		_, _ = w.Write([]byte(objects[i]))
	}))
	b.Cleanup(server.Close)
	return server
}

// firstLines returns the first lines of a text, up to about size bytes.
func firstLines(text string, size int) string {
	return text[:strings.LastIndexByte(text[:size], '\n')+1]
}
