// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package filesource

import (
	"math/bits"
	"slices"
)

// contentIndex finds files by the hashes in their fingerprints.
type contentIndex struct {
	// last maps the last line hash and the last block hash of each file to the file. others maps some earlier hashes.
	last, others map[uint64][]*savedFile
}

// indexedMarks are the hashes under which a file is in the index.
type indexedMarks struct{ last, others []uint64 }

// marksOf returns the hashes under which a file is indexed: the last line and block, the lines 1, 2, 4 and 8, and all
// other blocks.
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

// add adds a file to the index, or moves it if it has grown.
func (x *contentIndex) add(s *savedFile) {
	marks := marksOf(s.known())
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

// candidates returns the files whose content may be a prefix of the given text, or may start with it.
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
	// Files that were read beyond the end of this text.
	if n := len(p.Lines); n > 0 {
		add(x.others[p.Lines[1<<(bits.Len(uint(n))-1)-1]])
	}
	if n := len(p.Blocks); n > 0 {
		add(x.others[p.Blocks[n-1]])
	}
	return files
}
