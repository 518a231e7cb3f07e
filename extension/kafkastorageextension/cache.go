// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package kafkastorageextension

import "sync"

// cache keeps the newest chunks of all clients up to a number of bytes. It is safe for concurrent use.
type cache struct {
	max int64

	mu     sync.Mutex
	size   int64
	values map[place][]byte
	order  []place // oldest first
}

// place is where a chunk is in the topic.
type place struct {
	partition int32
	offset    int64
}

func newCache(maximum int64) *cache { return &cache{max: maximum, values: map[place][]byte{}} }

func (c *cache) add(p place, value []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.values[p]; ok || int64(len(value)) > c.max {
		return
	}
	c.values[p] = value
	c.order = append(c.order, p)
	c.size += int64(len(value))
	for c.size > c.max {
		c.size -= int64(len(c.values[c.order[0]]))
		delete(c.values, c.order[0])
		c.order = c.order[1:]
	}
}

// get returns a chunk; ok is false if it is not in the cache.
func (c *cache) get(p place) (value []byte, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	value, ok = c.values[p]
	return value, ok
}
