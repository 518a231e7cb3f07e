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

// emptyFiles reports empty files, which the file consumer passes over in silence.
type emptyFiles struct {
	matcher *matcher.Matcher
	intake  *intake
	// reported are the files that were empty when last looked at.
	reported map[string]bool
	cancel   context.CancelFunc
	running  sync.WaitGroup
}

func newEmptyFiles(criteria matcher.Criteria, in *intake) (*emptyFiles, error) {
	m, err := matcher.New(criteria)
	return &emptyFiles{matcher: m, intake: in}, err
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

// look reports the files that have become empty, or have come, since the last time. That no file matches is no error.
func (e *emptyFiles) look(ctx context.Context) {
	paths, _ := e.matcher.MatchFiles()
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
