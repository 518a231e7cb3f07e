// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"math"
	"slices"
	"unsafe"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/encode"
)

// step is an alert in the timeline of a host.
type step struct {
	t         int64
	stage     attackStage
	uid       string
	technique string // the id
	text      string
}

// steps are the alerts about a host in order of time, at most alert.MaxList.
type steps []step

// add inserts a step, after it has dropped the steps that are more than keep seconds older than the newest. If there are too
// many, it drops the oldest that is not the latest of its stage.
func (s *steps) add(added step, keep int64) {
	oldest := max(s.newest(), added.t) - keep
	*s = slices.DeleteFunc(*s, func(old step) bool { return old.t < oldest })
	if added.t < oldest || slices.ContainsFunc(*s, func(old step) bool { return old.uid == added.uid && old.stage == added.stage }) {
		return
	}
	at := len(*s)
	for at > 0 && (*s)[at-1].t > added.t {
		at--
	}
	*s = slices.Insert(*s, at, added)
	for i := 0; len(*s) > alert.MaxList; i++ {
		if slices.ContainsFunc((*s)[i+1:], func(later step) bool { return later.stage == (*s)[i].stage }) {
			*s = slices.Delete(*s, i, i+1)
		}
	}
}

// newest returns the time of the latest step, or 0 if there is none.
func (s steps) newest() int64 {
	if len(s) == 0 {
		return 0
	}
	return s[len(s)-1].t
}

// latest returns the latest step of each stage, in order of time.
func (s steps) latest() (list []step) {
	for i := range s {
		if !slices.ContainsFunc(s[i+1:], func(later step) bool { return later.stage == s[i].stage }) {
			list = append(list, s[i])
		}
	}
	return list
}

// fullestWindow returns the latest steps of stages in the window (end - length, end] that contains t and has the most
// stages, one of which must be access, discovery or lateral. Of equal windows, it returns the earliest. It returns nothing
// if there is no such window.
func (s steps) fullestWindow(t, length int64) (fullest []step) {
	latest := s.latest()
	from := 0
	for i, last := range latest {
		for latest[from].t <= last.t-length {
			from++
		}
		stages := latest[from : i+1]
		if last.t >= t && last.t < t+length && len(stages) > len(fullest) && hasEntry(stages) {
			fullest = stages
		}
	}
	return fullest
}

// upTo returns the steps in (end - length, end].
func (s steps) upTo(end, length int64) (list []step) {
	for _, each := range s {
		if each.t > end-length && each.t <= end {
			list = append(list, each)
		}
	}
	return list
}

func (s steps) bytes() int64 {
	n := int64(cap(s)) * int64(unsafe.Sizeof(step{}))
	for i := range s {
		n += int64(len(s[i].uid) + len(s[i].technique) + len(s[i].text))
	}
	return n
}

func (s steps) encode(e *encode.Encoder) {
	e.Uint(uint64(len(s)))
	for i := range s {
		e.Int(s[i].t)
		e.Uint(uint64(s[i].stage))
		e.Text(s[i].uid)
		e.Text(s[i].technique)
		e.Text(s[i].text)
	}
}

func decodeSteps(d *encode.Decoder) (s steps) {
	for range d.Count() {
		s = append(s, step{d.Int(), attackStage(d.UpTo(uint64(numStages - 1))), d.Text(), d.Text(), d.Text()})
	}
	if len(s) == 0 || !slices.IsSortedFunc(s, func(a, b step) int { return int(max(-1, min(1, a.t-b.t))) }) || len(s) > math.MaxUint8 {
		d.Fail()
	}
	return s
}
