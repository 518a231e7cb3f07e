// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package kafkastorageextension

// cache keeps the newest chunks up to a number of bytes, by their offsets.
type cache struct {
	max    int64
	size   int64
	values map[int64][]byte
	order  []int64 // oldest first
}

func newCache(maximum int64) *cache { return &cache{max: maximum, values: map[int64][]byte{}} }

func (c *cache) add(offset int64, value []byte) {
	if _, ok := c.values[offset]; ok || int64(len(value)) > c.max {
		return
	}
	c.values[offset] = value
	c.order = append(c.order, offset)
	c.size += int64(len(value))
	for c.size > c.max {
		c.size -= int64(len(c.values[c.order[0]]))
		delete(c.values, c.order[0])
		c.order = c.order[1:]
	}
}

// get returns a chunk; ok is false if it is not in the cache.
func (c *cache) get(offset int64) (value []byte, ok bool) {
	value, ok = c.values[offset]
	return value, ok
}
