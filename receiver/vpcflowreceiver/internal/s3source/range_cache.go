// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"errors"
	"io"
)

const (
	// rangeSize is how much of a Parquet object is asked for at a time, in bytes: the columns are read side by side, each a
	// little at a time, and what lies beside that is soon wanted, too.
	rangeSize = 256 << 10
	// maxRanges is how many ranges are kept: more than a flow log can have columns. So 16 MiB are held of one object.
	maxRanges = 64
)

// ranges reads an object at any place, as Parquet is read, and keeps the ranges that were last looked at.
type ranges struct {
	open func(offset, end int64) *body
	size int64
	kept map[int64]*keptRange
	// clock numbers the looks.
	clock int64
	// err is why a range could not be fetched.
	err error
}

type keptRange struct {
	data []byte
	// used is when it was last looked at.
	used int64
}

// ReadAt reads what is there. Once a range could not be fetched, no other is.
func (r *ranges) ReadAt(p []byte, offset int64) (n int, _ error) {
	if offset < 0 {
		return 0, errors.New("read before the beginning")
	}
	for n < len(p) {
		at := offset + int64(n)
		if at >= r.size {
			return n, io.EOF
		}
		data, err := r.get(at / rangeSize)
		if err != nil {
			return n, err
		}
		n += copy(p[n:], data[at%rangeSize:])
	}
	return n, nil
}

// get gives a range by its number.
func (r *ranges) get(number int64) ([]byte, error) {
	r.clock++
	if kept, ok := r.kept[number]; ok {
		kept.used = r.clock
		return kept.data, nil
	}
	if r.err != nil {
		return nil, r.err
	}
	begin := number * rangeSize
	end := min(begin+rangeSize, r.size)
	data := r.room(end - begin)
	input := r.open(begin, end)
	defer input.Close()
	if _, err := io.ReadFull(input, data); err != nil {
		r.err = err
		return nil, err
	}
	r.kept[number] = &keptRange{data, r.clock}
	return data, nil
}

// room makes room for another range, in place of the one that was not looked at for longest where there are enough.
func (r *ranges) room(size int64) []byte {
	if len(r.kept) < maxRanges {
		return make([]byte, size)
	}
	var oldest int64
	used := r.clock
	for number, kept := range r.kept {
		if kept.used < used {
			oldest, used = number, kept.used
		}
	}
	data := r.kept[oldest].data[:cap(r.kept[oldest].data)]
	delete(r.kept, oldest)
	if int64(len(data)) < size {
		return make([]byte, size)
	}
	return data[:size]
}
