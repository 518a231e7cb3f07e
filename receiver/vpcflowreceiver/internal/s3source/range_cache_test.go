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
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/metric/noop"
)

// memoryObject is an object in memory.
type memoryObject struct {
	objectGetter
	content   []byte
	requested int
	err       error
}

func (h *memoryObject) GetObject(_ context.Context, in *s3.GetObjectInput, _ ...func(*s3.Options)) (*s3.GetObjectOutput, error) {
	h.requested++
	begin, end := 0, len(h.content)-1
	if in.Range != nil {
		if _, err := fmt.Sscanf(*in.Range, "bytes=%d-%d", &begin, &end); err != nil {
			return nil, err
		}
	}
	part := h.content[begin : end+1]
	return &s3.GetObjectOutput{Body: io.NopCloser(bytes.NewReader(part)), ETag: in.IfMatch, ContentLength: aws.Int64(int64(len(part)))}, h.err
}

func (h *memoryObject) ranges(t testing.TB) *rangeCache {
	t.Helper()
	counters, err := newTelemetry(noop.NewMeterProvider())
	require.NoError(t, err)
	return newRangeCache(&objectFetcher{
		ctx: t.Context(), client: h, object: object{size: int64(len(h.content))}, firstWait: time.Nanosecond, telemetry: counters,
	})
}

func TestReadAtReturnsTheContent(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int{1, rangeSize - 1, rangeSize, rangeSize + 1, 3*rangeSize + 7, (maxRanges + 10) * rangeSize} {
		h := &memoryObject{content: make([]byte, size)}
		for i := range h.content {
			h.content[i] = byte(random.Uint32())
		}
		whole, r := bytes.NewReader(h.content), h.ranges(t)
		for range 100 {
			offset := random.Int64N(int64(size) + 3)
			want, got := make([]byte, random.IntN(2*rangeSize)), make([]byte, 2*rangeSize)
			got = got[:len(want)]
			n, err := whole.ReadAt(want, offset)
			m, gotErr := r.ReadAt(got, offset)
			if len(want) > 0 {
				require.Equal(t, err, gotErr)
			}
			require.Equal(t, n, m)
			require.Equal(t, want, got)
			require.LessOrEqual(t, len(r.cached), maxRanges)
		}
		if size <= maxRanges*rangeSize {
			assert.LessOrEqual(t, h.requested, (size+rangeSize-1)/rangeSize)
		}
	}
}

// Forty columns are read alternately in small parts.
func TestRangesOfManyColumnsAreFetchedOnce(t *testing.T) {
	const columns, size = 40, 1 << 20
	h := &memoryObject{content: make([]byte, columns*size)}
	r := h.ranges(t)
	for offset := int64(0); offset < size; offset += 32 << 10 {
		for column := range int64(columns) {
			_, err := r.ReadAt(make([]byte, 32<<10), column*size+offset)
			require.NoError(t, err)
		}
	}
	assert.Equal(t, columns*size/rangeSize, h.requested)
}

func TestFailedRangeIsNotRequestedAgain(t *testing.T) {
	h := &memoryObject{content: make([]byte, 10), err: errors.New("refused")}
	r := h.ranges(t)
	for range 3 {
		_, err := r.ReadAt(make([]byte, 1), 0)
		require.ErrorContains(t, err, "refused")
	}
	assert.Equal(t, maxFailures, h.requested)
	require.ErrorContains(t, r.err, "5 requests failed in a row")
	_, err := r.ReadAt(make([]byte, 1), -1)
	assert.Error(t, err)
}
