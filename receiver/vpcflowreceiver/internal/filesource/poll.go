// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package filesource

import (
	"context"
	"path/filepath"
	"sync"
	"time"

	"go.uber.org/zap"
)

// poll looks for new files, checks those that may have changed, and reads their new lines.
func (s *Source) poll(ctx context.Context) {
	now := s.ingester.Now()
	checked := s.check(now, s.find(ctx, now))
	jobs := s.renamedAway()
	isGone := len(jobs) > 0
	for _, c := range checked {
		if s.needsReading(c, now) {
			jobs = append(jobs, match{path: c.path, info: c.info, id: c.id, fromEnd: s.fromEnd})
		}
	}
	s.read(ctx, jobs)
	if ctx.Err() == nil {
		if s.isOther || isGone {
			s.known.removeGone(func(id identity) bool { return s.present[id] != nil })
		}
		s.isOther, s.fromEnd = false, false
		s.logger.Debug("files polled", zap.Int("files", len(s.candidates)), zap.Int("files_checked", len(checked)),
			zap.Int("files_read", len(jobs)))
	}
}

// find updates the candidates. It returns the folders and paths whose files may have been replaced.
func (s *Source) find(ctx context.Context, now time.Time) (replaced map[string]bool) {
	replaced, isOther := s.lister.list(now)
	paths := s.lister.paths
	if err := s.lister.err; len(paths) > 0 && err != nil {
		s.ingester.LogFailure(ctx, "", "list files", err)
	}
	if len(paths) == 0 && !s.noMatch {
		s.logger.Warn("no file matches files::include", zap.Strings("include", s.config.Include))
	}
	s.noMatch = len(paths) == 0
	if !isOther {
		return replaced
	}
	s.isOther = true
	known := make(map[string]*candidate, len(s.candidates))
	for _, c := range s.candidates {
		known[c.path] = c
	}
	s.candidates = make([]*candidate, 0, len(paths))
	for _, path := range paths {
		c := known[path]
		if c == nil {
			c = &candidate{path: path}
		}
		s.candidates = append(s.candidates, c)
	}
	return replaced
}

// check checks the files that may have been replaced, and those whose time has come. It returns them.
func (s *Source) check(now time.Time, replaced map[string]bool) (checked []*candidate) {
	for _, c := range s.candidates {
		if c.next.After(now) && (len(replaced) == 0 || !replaced[c.path] && !replaced[filepath.Dir(c.path)]) {
			continue
		}
		checked = append(checked, c)
		if !c.check(now) {
			continue
		}
		s.isOther = true
		if c.isSpecial() {
			s.logger.Warn("pipe, socket or device skipped", zap.String("file", c.path))
		}
	}
	if s.isOther {
		s.present = make(map[identity]*candidate, len(s.candidates))
		for _, c := range s.candidates {
			if c.isRegular() && s.present[c.id] == nil {
				s.present[c.id] = c
			}
		}
	}
	return checked
}

// renamedAway returns the open files that no longer match, so that lines written before they were renamed or removed are
// read.
func (s *Source) renamedAway() (gone []match) {
	for _, input := range s.kept.takeMissing(func(id identity) bool { return s.present[id] != nil }) {
		info, err := input.Stat()
		if err != nil {
			_ = input.Close()
			continue
		}
		m := match{path: input.Name(), info: info, id: identify(input.Name(), info), input: input}
		if s.known.live(m.id).isSettled(info) {
			_ = input.Close()
			continue
		}
		gone = append(gone, m)
	}
	return gone
}

// needsReading reports whether a file may have new lines, and sets the time of its next check. It also reports empty files.
// A file with several paths is read from the first one.
func (s *Source) needsReading(c *candidate, now time.Time) bool {
	c.schedule(now, s.maxInterval)
	if s.present[c.id] != c {
		return false
	}
	f := s.known.live(c.id)
	if c.info.Size() == 0 {
		if f.isNewlyEmpty(now, s.emptyAfter) {
			s.report.empty(c.path)
		}
		if !f.isEmptyReported {
			c.next = now
		}
		return false
	}
	f.isEmpty = false
	if !f.isSettled(c.info) || f.isDue(now, s.config.FlushPeriod) {
		c.next = now // It is checked at the next poll, because it may be written.
		return true
	}
	if due := f.unfinishedSince.Add(s.config.FlushPeriod); f.isUnfinished && s.config.FlushPeriod > 0 && due.Before(c.next) {
		c.next = due
	}
	return false
}

// read reads files, as many at a time as there are workers. Their records are sent in the order of the files.
func (s *Source) read(ctx context.Context, jobs []match) {
	type job struct {
		match
		// sent is closed when the records of this file and of those before it have been sent.
		sent chan struct{}
	}
	queue := make(chan job)
	var running sync.WaitGroup
	for _, w := range s.workers[:min(len(s.workers), len(jobs))] {
		running.Go(func() {
			for j := range queue {
				w.read(ctx, j.match)
				<-j.turn
				close(j.sent)
			}
		})
	}
	turn := make(chan struct{})
	close(turn)
	for _, m := range jobs {
		m.turn = turn
		turn = make(chan struct{})
		queue <- job{m, turn}
	}
	close(queue)
	running.Wait()
}
