// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"context"
	"sync"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/stanza/fileconsumer/matcher"
	"go.uber.org/zap"
)

// emptyInterval is how often empty files are looked for.
const emptyInterval = 10 * time.Second

// emptyFiles reports empty files, and that no file matches, which the file consumer passes over in silence.
type emptyFiles struct {
	include []string
	matcher *matcher.Matcher
	intake  *intake
	// lonely says that no file matched when last looked.
	lonely bool
	// reported are the files that were empty when last looked at.
	reported map[string]bool
	cancel   context.CancelFunc
	running  sync.WaitGroup
}

func newEmptyFiles(criteria matcher.Criteria, in *intake) (*emptyFiles, error) {
	m, err := matcher.New(criteria)
	return &emptyFiles{include: criteria.Include, matcher: m, intake: in}, err
}

func (e *emptyFiles) start() {
	var ctx context.Context
	ctx, e.cancel = context.WithCancel(context.Background())
	e.running.Go(func() {
		ticker := time.NewTicker(emptyInterval)
		defer ticker.Stop()
		for {
			e.look(ctx)
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
		}
	})
}

func (e *emptyFiles) stop() {
	if e.cancel != nil {
		e.cancel()
	}
	e.running.Wait()
}

// look reports the files that have become empty, or have come, since the last time, and that there is none at all.
func (e *emptyFiles) look(ctx context.Context) {
	paths, _ := e.matcher.MatchFiles()
	if len(paths) == 0 && !e.lonely {
		e.intake.logger.Warn("No file matches files::include so far", zap.Strings("include", e.include))
	}
	e.lonely = len(paths) == 0
	empty := map[string]bool{}
	for _, path := range paths {
		if fileSize(path) != 0 {
			continue
		}
		empty[path] = true
		if !e.reported[path] {
			add(ctx, e.intake.telemetry.files, 1, "outcome", string(outcomeEmpty))
			e.intake.logger.Info(outcomes[outcomeEmpty].message, zap.String("file", path))
		}
	}
	e.reported = empty
}
