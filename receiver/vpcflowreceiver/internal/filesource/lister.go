// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package filesource

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/stanza/fileconsumer/matcher"
)

// lister lists the paths that match the configuration.
type lister struct {
	criteria matcher.Criteria
	matcher  *matcher.Matcher
	folders  folders
	// read is when all folders were last read. Some file systems do not record when a folder changes.
	read time.Time
	// paths are the paths that matched, in the order in which their files are read. err is the error of listing others.
	paths []string
	err   error
}

func newLister(c matcher.Criteria) (*lister, error) {
	m, err := matcher.New(c)
	return &lister{criteria: c, matcher: m, folders: newFolders()}, err
}

// list updates the paths. It returns the folders and paths whose files may have been replaced, and whether the paths differ
// from those before.
func (l *lister) list(now time.Time) (replaced map[string]bool, isOther bool) {
	isFirst, all := l.read.IsZero(), now.Sub(l.read) >= maxInterval
	if all {
		l.read = now
	}
	replaced, isOther = l.folders.refresh(now, all)
	if !isOther && !isFirst && (!all || !l.isFiltered()) {
		return replaced, false
	}
	before := l.paths
	l.folders.begin()
	l.paths, l.err = l.glob(now)
	l.folders.end()
	if l.isFiltered() {
		l.paths, l.err = l.matcher.MatchFiles()
	}
	return replaced, !slices.Equal(before, l.paths)
}

// isFiltered reports whether the matcher chooses among the files, by their names or modification times.
func (l *lister) isFiltered() bool {
	return l.criteria.ExcludeOlderThan != 0 || len(l.criteria.OrderingCriteria.SortBy) > 0
}

// glob returns the paths that match, sorted.
func (l *lister) glob(now time.Time) (paths []string, errs error) {
	for _, include := range l.criteria.Include {
		found, err := l.globOne(include, now, doublestar.WithFailOnIOErrors())
		if err != nil {
			errs = errors.Join(errs, fmt.Errorf("find files with '%s' pattern: %w", include, err))
			found, _ = l.globOne(include, now) // The rest can still be read.
		}
		for _, path := range found {
			if !l.isExcluded(path) {
				paths = append(paths, path)
			}
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths), errs
}

// globOne does the same as doublestar.FilepathGlob, with the known folders.
func (l *lister) globOne(include string, now time.Time, options ...doublestar.GlobOption) ([]string, error) {
	base, pattern := doublestar.SplitPattern(filepath.ToSlash(filepath.Clean(include)))
	files := globFS{folders: &l.folders, base: filepath.FromSlash(base), now: now}
	paths, err := doublestar.Glob(files, pattern, append(options, doublestar.WithFilesOnly())...)
	for i, path := range paths {
		paths[i] = files.path(path)
	}
	return paths, err
}

func (l *lister) isExcluded(path string) bool {
	return slices.ContainsFunc(l.criteria.Exclude, func(glob string) bool {
		matches, _ := doublestar.PathMatch(glob, path) // matcher.New has checked the globs.
		return matches
	})
}
