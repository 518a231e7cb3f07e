// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"errors"
	"io"
)

const (
	// rangeSize is the size of a requested range in bytes. Parquet columns are read alternately in small parts, and nearby
	// bytes are usually needed soon.
	rangeSize = 256 << 10
	// maxRanges is how many ranges are cached: more than a flow log can have columns. An object takes 16 MiB at most.
	maxRanges = 64
)

// rangeCache reads an object at any offset, as Parquet needs it, and caches the most recently used ranges. It is not safe
// for concurrent use.
type rangeCache struct {
	fetcher *objectFetcher
	cached  map[int64]*cachedRange
	// clock numbers the lookups.
	clock int64
	// err is why a range could not be fetched.
	err error
}

type cachedRange struct {
	data []byte
	// used is the clock of the last lookup.
	used int64
}

func newRangeCache(f *objectFetcher) *rangeCache {
	return &rangeCache{fetcher: f, cached: map[int64]*cachedRange{}}
}

// ReadAt implements io.ReaderAt. After a failed fetch only cached ranges can be read.
func (c *rangeCache) ReadAt(p []byte, offset int64) (n int, _ error) {
	if offset < 0 {
		return 0, errors.New("read before the beginning")
	}
	for n < len(p) {
		at := offset + int64(n)
		if at >= c.fetcher.object.size {
			return n, io.EOF
		}
		data, err := c.get(at / rangeSize)
		if err != nil {
			return n, err
		}
		n += copy(p[n:], data[at%rangeSize:])
	}
	return n, nil
}

// get returns a range by its number, counted from 0.
func (c *rangeCache) get(number int64) ([]byte, error) {
	c.clock++
	if cached, ok := c.cached[number]; ok {
		cached.used = c.clock
		return cached.data, nil
	}
	if c.err != nil {
		return nil, c.err
	}
	begin := number * rangeSize
	end := min(begin+rangeSize, c.fetcher.object.size)
	data := c.buffer(end - begin)
	input := c.fetcher.open(begin, end)
	defer input.Close()
	if _, err := io.ReadFull(input, data); err != nil {
		c.err = err
		return nil, err
	}
	c.cached[number] = &cachedRange{data, c.clock}
	return data, nil
}

// buffer returns a buffer for another range. A full cache evicts the least recently used range and reuses its buffer.
func (c *rangeCache) buffer(size int64) []byte {
	if len(c.cached) < maxRanges {
		return make([]byte, size)
	}
	var oldest int64
	used := c.clock
	for number, cached := range c.cached {
		if cached.used < used {
			oldest, used = number, cached.used
		}
	}
	data := c.cached[oldest].data[:cap(c.cached[oldest].data)]
	delete(c.cached, oldest)
	if int64(len(data)) < size {
		return make([]byte, size)
	}
	return data[:size]
}
