// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingesttest"
)

// anObject is a kind of object with the records of Lines or ShortLines.
type anObject struct {
	key  string
	make func(t testing.TB, first, last int) string
}

// forms are the kinds of objects that flow logs are delivered in.
var forms = map[string]anObject{
	"gzip": {"a.log.gz", func(t testing.TB, first, last int) string {
		return ingesttest.Gzip(t, ingesttest.ShortHeader+ingesttest.ShortLines(first, last))
	}},
	"text": {"a.log", func(_ testing.TB, first, last int) string {
		return ingesttest.ShortHeader + ingesttest.ShortLines(first, last)
	}},
	"envelopes": {"a.json", func(t testing.TB, first, last int) string {
		return ingesttest.CloudWatch(t, "123456789010", ingesttest.Lines(first, (first+last)/2)) + ingesttest.CloudWatch(t, "123456789010", ingesttest.Lines((first+last)/2+1, last))
	}},
	"zipped envelopes": {"a.json.gz", func(t testing.TB, first, last int) string {
		return ingesttest.Gzip(t, ingesttest.CloudWatch(t, "123456789010", ingesttest.Lines(first, last)))
	}},
	"JSON objects": {"a.json", func(_ testing.TB, first, last int) string {
		return ingesttest.JSONRecords(ingesttest.DefaultHeader, ingesttest.Lines(first, last))
	}},
	"CSV": {"a.csv", func(_ testing.TB, first, last int) string {
		return ingesttest.CSV(ingesttest.DefaultHeader, ingesttest.Lines(first, last))
	}},
	"zipped CSV": {"a.csv.gz", func(t testing.TB, first, last int) string {
		return ingesttest.Gzip(t, ingesttest.CSV(ingesttest.DefaultHeader, ingesttest.Lines(first, last)))
	}},
	"Parquet":              {"a.log.parquet", ingesttest.ParquetRows},
	"Parquet without name": {"a", ingesttest.ParquetRows},
}

// reads reads an object and checks the outcome.
func (r *fixture) reads(o *objectReader, obj object, want ingest.Outcome) {
	r.t.Helper()
	result, err := o.read(r.t.Context(), obj, nil)
	require.NoError(r.t, err)
	assert.Equal(r.t, want, result.outcome)
}

func TestObjectIsRead(t *testing.T) {
	for name, form := range forms {
		t.Run(name, func(t *testing.T) {
			e, r := newS3Emulator(t), newFixture(t)
			r.readsFrom(e)
			r.reads(r.reader(e), e.put(form.key, form.make(t, 1, 3000)), ingest.OutcomeRead)
			r.RequirePorts(ingesttest.PortRange(1, 3000)...)
			r.RequireCounter("s3.objects", map[string]int64{"read": 1})
			r.RequireCounter("bad_lines", map[string]int64{})
		})
	}
}

func TestObjectIsReadOnce(t *testing.T) {
	for name, form := range forms {
		t.Run(name, func(t *testing.T) {
			e, r := newS3Emulator(t), newFixture(t)
			r.readsFrom(e)
			o := r.reader(e)
			obj := e.put(form.key, form.make(t, 1, 30))
			r.reads(o, obj, ingest.OutcomeRead)
			r.reads(o, obj, outcomeKnown)
			// New content under the same key is another object.
			r.reads(o, e.put(form.key, form.make(t, 31, 60)), ingest.OutcomeRead)
			r.RequirePorts(ingesttest.PortRange(1, 60)...)
		})
	}
}

func TestBrokenConnectionIsResumed(t *testing.T) {
	for name, form := range forms {
		t.Run(name, func(t *testing.T) {
			e, r := newS3Emulator(t), newFixture(t)
			r.readsFrom(e)
			o := r.reader(e)
			content := form.make(t, 1, 20000)
			obj := e.put(form.key, content)
			e.cutOff(form.key, int64(len(content)/10), 4)
			r.reads(o, obj, ingest.OutcomeRead)
			r.RequirePorts(ingesttest.PortRange(1, 20000)...)
			resumed := int64(4)
			if name == "Parquet without name" {
				resumed-- // The first connection is closed when the content turns out to be Parquet.
			}
			r.RequireCounter("s3.resumed", map[string]int64{"": resumed})
		})
	}
}

func TestInterruptedObjectContinuesAfterTheLastAcceptedRecord(t *testing.T) {
	for name, form := range forms {
		t.Run(name, func(t *testing.T) {
			e, r := newS3Emulator(t), newFixture(t)
			r.storage = ingesttest.OpenFileStorage(t)
			r.readsFrom(e)
			r.Config.MaxBatchSize = 10
			obj := e.put(form.key, form.make(t, 1, 300))
			ctx, cancel := context.WithCancel(t.Context())
			batches := 0
			r.Next = ingesttest.Consumer(t, func(ctx context.Context, logs plog.Logs) error {
				if batches++; batches == 20 {
					cancel()
					return errors.New("not now")
				}
				return r.Sink.ConsumeLogs(ctx, logs)
			})
			result, err := r.reader(e).read(ctx, obj, nil)
			require.ErrorIs(t, err, context.Canceled)
			assert.Empty(t, result)
			assert.InDelta(t, 190, r.Sink.LogRecordCount(), 1) // A header is a line of the batch.
			r.stop()

			r.Next = r.Sink
			r.reads(r.reader(e), obj, ingest.OutcomeRead)
			r.RequirePorts(ingesttest.PortRange(1, 300)...)
			r.stop()

			r.reads(r.reader(e), obj, outcomeKnown)
			r.RequirePorts(ingesttest.PortRange(1, 300)...)
		})
	}
}

func TestOutcomeSaysWhyAnObjectCannotBeRead(t *testing.T) {
	good := ingesttest.Gzip(t, ingesttest.Lines(1, 1000))
	answer := func(status int) func(http.ResponseWriter, *http.Request, string) bool {
		return func(w http.ResponseWriter, _ *http.Request, _ string) bool {
			w.WriteHeader(status)
			return true
		}
	}
	for name, test := range map[string]struct {
		key, content string
		change       func(*object)
		before       func(http.ResponseWriter, *http.Request, string) bool
		want         ingest.Outcome
	}{
		"missing":           {content: good, want: outcomeMissing, change: func(o *object) { o.key += "x" }},
		"unknown size":      {content: good, want: outcomeMissing, change: func(o *object) { o.key, o.size = o.key+"x", -1 }},
		"denied":            {content: good, want: outcomeDenied, before: answer(http.StatusForbidden)},
		"changed":           {content: good, want: outcomeChanged, before: answer(http.StatusPreconditionFailed)},
		"replaced":          {content: good, want: outcomeChanged, change: func(o *object) { o.etag = "x" }},
		"other size":        {content: good, want: outcomeChanged, change: func(o *object) { o.size++ }},
		"failing":           {content: good, want: outcomeUnreadable, before: answer(http.StatusInternalServerError)},
		"truncated":         {content: good[:len(good)/2], want: ingest.OutcomeTruncated},
		"corrupt":           {content: good[:100] + "xxxxxxxx" + good[108:], want: ingest.OutcomeCorrupt},
		"not gzip":          {content: "\x1f\x8bxxxxxxxxxxxxxxxxxx", want: ingest.OutcomeCorrupt},
		"binary":            {content: "\x00\x01\x02", want: ingest.OutcomeBinary},
		"other text":        {content: strings.Repeat("Hello\n", 10), want: ingest.OutcomeUndecodable},
		"truncated Parquet": {key: "b.parquet", content: ingesttest.ParquetRows(t, 1, 10)[:100], want: ingest.OutcomeIncomplete},
		"not Parquet":       {key: "b.parquet", content: "Hello", want: ingest.OutcomeCorrupt},
		"denied Parquet":    {key: "b.parquet", content: ingesttest.ParquetRows(t, 1, 10), want: outcomeDenied, before: answer(http.StatusForbidden)},
		"other Parquet":     {key: "b.parquet", content: ingesttest.Parquet(t, []struct{ A int }{{1}}), want: ingest.OutcomeUndecodable},
	} {
		t.Run(name, func(t *testing.T) {
			e, r := newS3Emulator(t), newFixture(t)
			r.readsFrom(e)
			o := r.reader(e)
			if test.key == "" {
				test.key = "b.log"
			}
			bad, fine := e.put(test.key, test.content), e.put("c.log", ingesttest.Lines(5001, 5003))
			if test.change != nil {
				test.change(&bad)
			}
			e.intercept(test.before)
			r.reads(o, bad, test.want)
			logged := r.Logs.FilterMessage("fail to read object").All()
			require.Len(t, logged, 1)
			assert.Equal(t, bad.key, logged[0].ContextMap()["key"])
			assert.Equal(t, testBucket, logged[0].ContextMap()["bucket"])
			assert.NotEmpty(t, logged[0].ContextMap()["reason"])

			e.intercept(nil)
			r.reads(o, fine, ingest.OutcomeRead)
			ports := ingesttest.SourcePorts(r.Sink.AllLogs())
			assert.Equal(t, ingesttest.PortRange(5001, 5003), ports[len(ports)-3:])
			assert.Subset(t, ingesttest.PortRange(1, 1000), ports[:len(ports)-3])
		})
	}
}

// The ranges of a larger Parquet object are fetched once, although its columns are read alternately.
func TestParquetRangesAreFetchedOnce(t *testing.T) {
	e, r := newS3Emulator(t), newFixture(t)
	r.readsFrom(e)
	random, rows := rand.New(rand.NewPCG(1, 2)), make([]ingesttest.ParquetRow, 100_000)
	for i := range rows {
		rows[i] = ingesttest.ParquetRow{
			Version: 5, AccountID: "123456789010", Srcaddr: fmt.Sprintf("10.%d.%d.%d", random.IntN(256), random.IntN(256), random.IntN(256)),
			Dstaddr: "10.0.0.1", Srcport: random.Int32N(65536), End: 1418530070 + random.Int64N(1e6), LogStatus: "OK",
		}
	}
	var out bytes.Buffer
	require.NoError(t, parquet.Write(&out, rows, parquet.MaxRowsPerRowGroup(50_000), parquet.Compression(&parquet.Gzip)))
	r.reads(r.reader(e), e.put("a.parquet", out.String()), ingest.OutcomeRead)
	assert.Equal(t, len(rows), r.Sink.LogRecordCount())
	assert.Equal(t, 1+(out.Len()-1)/rangeSize, e.requested("a.parquet"))
	assert.Greater(t, e.requested("a.parquet"), 2)
}

// A failing storage does not stop reading.
func TestObjectsAreReadWhileTheStorageFails(t *testing.T) {
	e, r := newS3Emulator(t), newFixture(t)
	r.readsFrom(e)
	broken := ingesttest.NewStorage(nil)
	broken.Break()
	r.build()
	o, err := r.source.newReader(t.Context(), e.client, broken)
	require.NoError(t, err)
	obj := e.put("a.log", ingesttest.Lines(1, 3))
	r.reads(o, obj, ingest.OutcomeRead)
	r.RequirePorts(1, 2, 3)
	assert.Positive(t, r.Logs.FilterMessageSnippet("fail to save checkpoint").Len())
}

// The objects that were read first are evicted first, and counted.
func TestOldestCheckpointsAreEvicted(t *testing.T) {
	e, r := newS3Emulator(t), newFixture(t)
	r.readsFrom(e)
	r.build()
	r.source.maxCheckpoints = 2
	kept := ingesttest.NewStorage(nil)
	o, err := r.source.newReader(t.Context(), e.client, kept)
	require.NoError(t, err)
	var all []object
	for i := range 3 {
		all = append(all, e.put(strconv.Itoa(i), ingesttest.Lines(i, i)))
		r.reads(o, all[i], ingest.OutcomeRead)
	}
	r.reads(o, all[2], outcomeKnown)
	r.reads(o, all[1], outcomeKnown)
	r.reads(o, all[0], ingest.OutcomeRead)
	assert.Len(t, kept.Values(), 5, "two objects, their slots, and the next sequence number")
	r.RequireCounter("s3.evicted", map[string]int64{"": 2})
}

// goneObject breaks the connection after a text. Then the object is missing.
type goneObject struct {
	objectGetter
	text string
	// requested is closed when the rest of the object is requested.
	requested chan struct{}
}

func (o *goneObject) GetObject(_ context.Context, in *s3.GetObjectInput, _ ...func(*s3.Options)) (*s3.GetObjectOutput, error) {
	if in.Range != nil {
		close(o.requested)
		return nil, &awshttp.ResponseError{ResponseError: &smithyhttp.ResponseError{
			Response: &smithyhttp.Response{Response: &http.Response{StatusCode: http.StatusNotFound}}, Err: errors.New("gone"),
		}}
	}
	body := io.NopCloser(io.MultiReader(strings.NewReader(o.text), failingReader{errors.New("connection reset")}))
	return &s3.GetObjectOutput{Body: body, ETag: in.IfMatch, ContentLength: aws.Int64(int64(len(o.text)) + 1)}, nil
}

func TestShutdownIsNotTheOutcomeOfAnObjectThatFailsLater(t *testing.T) {
	r := newFixture(t)
	r.firstWait = 1
	r.Config.Workers, r.Config.MaxBatchSize = 2, 10
	o := &goneObject{text: ingesttest.Lines(1, 15), requested: make(chan struct{})}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r.Next = ingesttest.Consumer(t, func(ctx context.Context, _ plog.Logs) error {
		<-o.requested // The object is read ahead.
		cancel()
		return ctx.Err()
	})
	r.build()
	reader, err := r.source.newReader(t.Context(), o, nil)
	require.NoError(t, err)
	_, err = reader.read(ctx, object{bucket: "b", key: "a.log", etag: "e", size: int64(len(o.text)) + 1}, nil)
	require.ErrorIs(t, err, context.Canceled)
}
