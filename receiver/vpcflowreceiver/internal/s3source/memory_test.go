// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/receiver/receivertest"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingesttest"
)

// repeated is an object that repeats a text. It is never in memory as a whole.
type repeated struct {
	objectGetter
	text  string
	times int
}

func (o *repeated) size() int64 { return int64(len(o.text) * o.times) }

func (o *repeated) GetObject(_ context.Context, in *s3.GetObjectInput, _ ...func(*s3.Options)) (*s3.GetObjectOutput, error) {
	parts := make([]io.Reader, o.times)
	for i := range parts {
		parts[i] = strings.NewReader(o.text)
	}
	return &s3.GetObjectOutput{Body: io.NopCloser(io.MultiReader(parts...)), ETag: in.IfMatch, ContentLength: aws.Int64(o.size())}, nil
}

// heapOf returns the largest growth of the heap while objects are read.
func heapOf(t *testing.T, o *repeated, objects int) (most int64, records int) {
	t.Helper()
	cfg := NewDefaultConfig()
	inUse := func() int64 {
		runtime.GC()
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		return int64(stats.HeapAlloc)
	}
	var before int64
	batches := 0
	next := ingesttest.Consumer(t, func(_ context.Context, logs plog.Logs) error {
		records += logs.LogRecordCount()
		if batches++; batches%50 == 0 {
			most = max(most, inUse()-before)
		}
		return nil
	})
	// A fixture would keep the messages and the records.
	in, err := ingest.New(receivertest.NewNopSettings(component.MustNewType("vpc_flow")), ingest.Config{Format: flow.Default, MaxBatchSize: 500}, next)
	require.NoError(t, err)
	source, err := New(&cfg, in)
	require.NoError(t, err)
	reader, err := source.newReader(t.Context(), o, nil)
	require.NoError(t, err)
	before = inUse()
	for i := range objects {
		result, err := reader.read(t.Context(), object{bucket: "b", key: fmt.Sprint(i), etag: "e", size: o.size()}, nil)
		require.NoError(t, err)
		assert.Equal(t, ingest.OutcomeRead, result.outcome)
	}
	return most, records
}

func TestMemoryDoesNotGrowWithTheSizeOfAnObject(t *testing.T) {
	const few = 4 << 20
	text := ingesttest.Lines(10001, 20000)
	for name, text := range map[string]string{"text": text, "gzip": ingesttest.Gzip(t, text), "envelopes": ingesttest.CloudWatch(t, "1", ingesttest.Lines(10001, 15000)) + ingesttest.CloudWatch(t, "1", ingesttest.Lines(15001, 20000))} {
		t.Run(name, func(t *testing.T) {
			most, records := heapOf(t, &repeated{text: text, times: 8}, 1)
			assert.Equal(t, 80_000, records)
			assert.Less(t, most, int64(few))
		})
	}
}

func TestMemoryDoesNotGrowWithTheNumberOfObjects(t *testing.T) {
	text := ingesttest.Gzip(t, ingesttest.Lines(10001, 20000))
	few, _ := heapOf(t, &repeated{text: text, times: 1}, 10)
	many, records := heapOf(t, &repeated{text: text, times: 1}, 60)
	assert.Equal(t, 600_000, records)
	assert.Less(t, many-few, int64(1<<20))
}
