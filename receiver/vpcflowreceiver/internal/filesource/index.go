// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package filesource

import (
	"math/bits"
	"slices"
)

// contentIndex finds files by marks of their content.
type contentIndex struct {
	// last has files by their last marks, others by some marks before.
	last, others map[uint64][]*savedFile
}

// indexedMarks are the marks under which a file is in the index.
type indexedMarks struct{ last, others []uint64 }

// marksOf returns all marks of a text that the index uses: the last of each kind, and of the others those behind 1, 2, 4 and
// 8 lines and behind each block.
func marksOf(p *fingerprint) (m indexedMarks) {
	if n := len(p.Lines); n > 0 {
		m.last = append(m.last, p.Lines[n-1])
		for i := 1; i < n; i *= 2 {
			m.others = append(m.others, p.Lines[i-1])
		}
	}
	if n := len(p.Blocks); n > 0 {
		m.last = append(m.last, p.Blocks[n-1])
		m.others = append(m.others, p.Blocks[:n-1]...)
	}
	return m
}

func newContentIndex() contentIndex {
	return contentIndex{last: map[uint64][]*savedFile{}, others: map[uint64][]*savedFile{}}
}

// add puts a file into the index, or in another place there if it has grown.
func (x *contentIndex) add(s *savedFile) {
	marks := marksOf(&s.Content)
	if slices.Equal(marks.last, s.indexed.last) {
		return
	}
	x.remove(s)
	s.indexed = marks
	for _, mark := range marks.last {
		x.last[mark] = append(x.last[mark], s)
	}
	for _, mark := range marks.others {
		x.others[mark] = append(x.others[mark], s)
	}
}

func (x *contentIndex) remove(s *savedFile) {
	for _, mark := range s.indexed.last {
		removeFrom(x.last, mark, s)
	}
	for _, mark := range s.indexed.others {
		removeFrom(x.others, mark, s)
	}
	s.indexed = indexedMarks{}
}

func removeFrom(index map[uint64][]*savedFile, mark uint64, s *savedFile) {
	files := index[mark]
	if i := slices.Index(files, s); i >= 0 {
		files = slices.Delete(files, i, i+1)
	}
	if index[mark] = files; len(files) == 0 {
		delete(index, mark)
	}
}

// candidates returns the files whose content may be the beginning of a content with these marks, or may begin with it.
func (x *contentIndex) candidates(p *fingerprint) (files []*file) {
	seen := map[*savedFile]bool{}
	add := func(found []*savedFile) {
		for _, s := range found {
			if !seen[s] {
				seen[s] = true
				files = append(files, s.file)
			}
		}
	}
	for _, mark := range slices.Concat(p.Lines, p.Blocks) {
		add(x.last[mark])
	}
	// Files that were read further than this text goes.
	if n := len(p.Lines); n > 0 {
		add(x.others[p.Lines[1<<(bits.Len(uint(n))-1)-1]])
	}
	if n := len(p.Blocks); n > 0 {
		add(x.others[p.Blocks[n-1]])
	}
	return files
}
