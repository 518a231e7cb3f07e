// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package filesource

import (
	"context"
	"os"
	"sync"

	"go.uber.org/zap"
)

// poll checks all files once and reads those that have changed.
func (s *Source) poll(ctx context.Context) {
	s.known.beginPoll()
	found := s.find(ctx)
	jobs := s.renamedAway(found)
	for _, m := range found {
		if f := s.known.live(m.id); s.needsReading(f, m) {
			jobs = append(jobs, m)
		}
	}
	s.read(ctx, jobs)
	if ctx.Err() == nil {
		s.known.removeGone()
		s.fromEnd = false
		s.logger.Debug("files polled", zap.Int("files", len(found)), zap.Int("files_read", len(jobs)))
	}
}

// find returns the files that match. It returns a file with several paths only once.
func (s *Source) find(ctx context.Context) []match {
	paths, err := s.matcher.MatchFiles()
	if len(paths) > 0 && err != nil {
		s.ingester.LogFailure(ctx, "", "list files", err)
	}
	if len(paths) == 0 && !s.noMatch {
		s.logger.Warn("no file matches files::include", zap.Strings("include", s.config.Include))
	}
	s.noMatch = len(paths) == 0
	found := make([]match, 0, len(paths))
	seen := make(map[identity]bool, len(paths))
	s.special.begin()
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil || info.IsDir() {
			continue // It was removed after MatchFiles, or is a folder.
		}
		if !info.Mode().IsRegular() {
			s.special.skip(path)
			continue
		}
		id := identify(path, info)
		if !seen[id] {
			seen[id] = true
			found = append(found, match{path: path, info: info, id: id, fromEnd: s.fromEnd})
		}
	}
	return found
}

// renamedAway returns the open files that no longer match, so that lines written before they were renamed or removed are
// read.
func (s *Source) renamedAway(found []match) (gone []match) {
	if s.kept.isEmpty() {
		return nil
	}
	present := make(map[identity]bool, len(found))
	for _, m := range found {
		present[m.id] = true
	}
	for _, input := range s.kept.takeMissing(present) {
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

// needsReading reports whether a file may have new lines. It also reports empty files.
func (s *Source) needsReading(f *file, m match) bool {
	now := s.ingester.Now()
	if m.info.Size() == 0 {
		if f.isNewlyEmpty(now, s.emptyAfter) {
			s.report.empty(m.path)
		}
		return false
	}
	f.isEmpty = false
	return !f.isSettled(m.info) || f.isDue(now, s.config.FlushPeriod)
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
