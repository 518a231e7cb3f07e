// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
)

// anObject is one form in which an object holds the records of v2 or short.
type anObject struct {
	key  string
	make func(t testing.TB, first, last int) string
}

// forms are those in which flow logs come.
var forms = map[string]anObject{
	"gzip": {"a.log.gz", func(t testing.TB, first, last int) string { return zip(t, shortHeader+short(first, last)) }},
	"text": {"a.log", func(_ testing.TB, first, last int) string { return shortHeader + short(first, last) }},
	"envelopes": {"a.json", func(t testing.TB, first, last int) string {
		return cloudWatch(t, "123456789010", v2(first, (first+last)/2)) + cloudWatch(t, "123456789010", v2((first+last)/2+1, last))
	}},
	"zipped envelopes": {"a.json.gz", func(t testing.TB, first, last int) string {
		return zip(t, cloudWatch(t, "123456789010", v2(first, last)))
	}},
	"Parquet":              {"a.log.parquet", parquetRows},
	"Parquet without name": {"a", parquetRows},
}

// reads reads an object and checks what comes of it.
func (r *rig) reads(o *objects, obj object, want outcome) {
	r.t.Helper()
	result, err := o.read(r.t.Context(), obj)
	require.NoError(r.t, err)
	assert.Equal(r.t, want, result)
}

func TestAnObjectIsRead(t *testing.T) {
	for name, form := range forms {
		t.Run(name, func(t *testing.T) {
			e, r := newS3Emulator(t), newRig(t)
			r.readsFrom(e)
			r.reads(r.objects(e), e.put(form.key, form.make(t, 1, 3000)), outcomeRead)
			r.ports(upTo(1, 3000)...)
			r.counted("s3.objects", map[string]int64{"read": 1})
			r.counted("bad_lines", map[string]int64{})
		})
	}
}

func TestAnObjectIsReadOnce(t *testing.T) {
	for name, form := range forms {
		t.Run(name, func(t *testing.T) {
			e, r := newS3Emulator(t), newRig(t)
			r.readsFrom(e)
			o := r.objects(e)
			obj := e.put(form.key, form.make(t, 1, 30))
			r.reads(o, obj, outcomeRead)
			r.reads(o, obj, outcomeKnown)
			// Another object in its place is another object.
			r.reads(o, e.put(form.key, form.make(t, 31, 60)), outcomeRead)
			r.ports(upTo(1, 60)...)
		})
	}
}

func TestReadingGoesOnWhereTheConnectionBroke(t *testing.T) {
	for name, form := range forms {
		t.Run(name, func(t *testing.T) {
			e, r := newS3Emulator(t), newRig(t)
			r.readsFrom(e)
			o := r.objects(e)
			content := form.make(t, 1, 20000)
			obj := e.put(form.key, content)
			e.cutOff(form.key, int64(len(content)/10), 4)
			r.reads(o, obj, outcomeRead)
			r.ports(upTo(1, 20000)...)
			resumed := int64(4)
			if name == "Parquet without name" {
				resumed-- // The first is given up when it is seen to be Parquet.
			}
			r.counted("s3.resumed", map[string]int64{"": resumed})
		})
	}
}

func TestAnObjectThatWasLeftIsReadOnBehindWhatWasAccepted(t *testing.T) {
	for name, form := range forms {
		t.Run(name, func(t *testing.T) {
			e, r := newS3Emulator(t), newRig(t)
			r.keepPositions()
			r.readsFrom(e)
			r.cfg.MaxBatchSize = 10
			obj := e.put(form.key, form.make(t, 1, 300))
			ctx, cancel := context.WithCancel(t.Context())
			batches := 0
			r.next = consumerOf(t, func(ctx context.Context, logs plog.Logs) error {
				if batches++; batches == 20 {
					cancel()
					return errors.New("not now")
				}
				return r.sink.ConsumeLogs(ctx, logs)
			})
			result, err := r.objects(e).read(ctx, obj)
			require.ErrorIs(t, err, context.Canceled)
			assert.Empty(t, result)
			assert.InDelta(t, 190, r.sink.LogRecordCount(), 1) // A header is a line of the batch.
			r.stop()

			r.next = r.sink
			r.reads(r.objects(e), obj, outcomeRead)
			r.ports(upTo(1, 300)...)
			r.stop()

			r.reads(r.objects(e), obj, outcomeKnown)
			r.ports(upTo(1, 300)...)
		})
	}
}

func consumerOf(t testing.TB, consume consumer.ConsumeLogsFunc) consumer.Logs {
	t.Helper()
	c, err := consumer.NewLogs(consume)
	require.NoError(t, err)
	return c
}

func TestAnObjectThatCannotBeReadSaysWhy(t *testing.T) {
	good := zip(t, v2(1, 1000))
	answer := func(status int) func(http.ResponseWriter, *http.Request, string) bool {
		return func(w http.ResponseWriter, _ *http.Request, _ string) bool {
			w.WriteHeader(status)
			return true
		}
	}
	for name, test := range map[string]struct {
		key, content string
		spoil        func(*object)
		before       func(http.ResponseWriter, *http.Request, string) bool
		want         outcome
	}{
		"missing":            {content: good, want: outcomeMissing, spoil: func(o *object) { o.key += "x" }},
		"of unknown size":    {content: good, want: outcomeMissing, spoil: func(o *object) { o.key, o.size = o.key+"x", -1 }},
		"denied":             {content: good, want: outcomeDenied, before: answer(http.StatusForbidden)},
		"changed":            {content: good, want: outcomeChanged, before: answer(http.StatusPreconditionFailed)},
		"another by now":     {content: good, want: outcomeChanged, spoil: func(o *object) { o.etag = "x" }},
		"of another size":    {content: good, want: outcomeChanged, spoil: func(o *object) { o.size++ }},
		"failing":            {content: good, want: outcomeUnreadable, before: answer(http.StatusInternalServerError)},
		"cut off":            {content: good[:len(good)/2], want: outcomeTruncated},
		"corrupt":            {content: good[:100] + "xxxxxxxx" + good[108:], want: outcomeCorrupt},
		"no gzip":            {content: "\x1f\x8bxxxxxxxxxxxxxxxxxx", want: outcomeCorrupt},
		"binary":             {content: "\x00\x01\x02", want: outcomeBinary},
		"something else":     {content: strings.Repeat("Hello\n", 10), want: outcomeUndecodable},
		"Parquet, cut off":   {key: "b.parquet", content: parquetRows(t, 1, 10)[:100], want: outcomeIncomplete},
		"no Parquet":         {key: "b.parquet", content: "Hello", want: outcomeCorrupt},
		"Parquet, denied":    {key: "b.parquet", content: parquetRows(t, 1, 10), want: outcomeDenied, before: answer(http.StatusForbidden)},
		"Parquet, something": {key: "b.parquet", content: parquetFile(t, []struct{ A int }{{1}}), want: outcomeUndecodable},
	} {
		t.Run(name, func(t *testing.T) {
			e, r := newS3Emulator(t), newRig(t)
			r.readsFrom(e)
			o := r.objects(e)
			if test.key == "" {
				test.key = "b.log"
			}
			bad, fine := e.put(test.key, test.content), e.put("c.log", v2(5001, 5003))
			if test.spoil != nil {
				test.spoil(&bad)
			}
			e.intercept(test.before)
			r.reads(o, bad, test.want)
			said := r.logs.FilterMessage("An object cannot be read").All()
			require.Len(t, said, 1)
			assert.Equal(t, bad.key, said[0].ContextMap()["key"])
			assert.Equal(t, testBucket, said[0].ContextMap()["bucket"])
			assert.NotEmpty(t, said[0].ContextMap()["reason"])

			e.intercept(nil)
			r.reads(o, fine, outcomeRead)
			ports := sourcePorts(r.sink.AllLogs())
			assert.Equal(t, upTo(5001, 5003), ports[len(ports)-3:])
			assert.Subset(t, upTo(1, 1000), ports[:len(ports)-3])
		})
	}
}

// The columns of a larger Parquet object are fetched once, whatever order they are read in.
func TestNoPartOfAParquetObjectIsFetchedTwice(t *testing.T) {
	e, r := newS3Emulator(t), newRig(t)
	r.readsFrom(e)
	random, rows := rand.New(rand.NewPCG(1, 2)), make([]parquetRow, 100_000)
	for i := range rows {
		rows[i] = parquetRow{5, "123456789010", fmt.Sprintf("10.%d.%d.%d", random.IntN(256), random.IntN(256), random.IntN(256)), "10.0.0.1", random.Int32N(65536), 1418530070 + random.Int64N(1e6), "OK"}
	}
	var out bytes.Buffer
	require.NoError(t, parquet.Write(&out, rows, parquet.MaxRowsPerRowGroup(50_000), parquet.Compression(&parquet.Gzip)))
	r.reads(r.objects(e), e.put("a.parquet", out.String()), outcomeRead)
	assert.Equal(t, len(rows), r.sink.LogRecordCount())
	assert.Equal(t, 1+(out.Len()-1)/rangeSize, e.asked("a.parquet"))
	assert.Greater(t, e.asked("a.parquet"), 2)
}

// While the storage fails, objects are read all the same.
func TestAStorageThatFailsKeepsNothingFromBeingRead(t *testing.T) {
	e, r := newS3Emulator(t), newRig(t)
	r.readsFrom(e)
	o := r.objects(e)
	o.positions.store = &failing{}
	obj := e.put("a.log", v2(1, 3))
	r.reads(o, obj, outcomeRead)
	r.ports(1, 2, 3)
	assert.Positive(t, r.logs.FilterMessageSnippet("met an error").Len())
}

// What was read longest ago is forgotten first, and counted.
func TestOnlySoManyObjectsAreRemembered(t *testing.T) {
	e, r := newS3Emulator(t), newRig(t)
	r.readsFrom(e)
	o := r.objects(e)
	o.positions.max = 2
	var all []object
	for i := range 3 {
		all = append(all, e.put(strconv.Itoa(i), v2(i, i)))
		r.reads(o, all[i], outcomeRead)
	}
	r.reads(o, all[2], outcomeKnown)
	r.reads(o, all[1], outcomeKnown)
	r.reads(o, all[0], outcomeRead)
	assert.Len(t, o.positions.store, 5, "two objects, their slots, and the number of the next")
	r.counted("s3.forgotten", map[string]int64{"": 2})
}
