// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"maps"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

const (
	untimelyMessage = "all flows of a scope are late or out of range; rules with a window do not evaluate them"
	// untimelyInterval is how often the warning is repeated for a scope.
	untimelyInterval = time.Hour
)

// The likely causes of untimely flows.
const (
	lateCause   = "old data was read after new data, the logs of other senders are delayed by more than allowed_lateness, or a sender's clock is ahead"
	futureCause = "the clock of a sender is ahead by more than max_future, or the clock of this machine is behind"
	pastCause   = "the times are before 2010: the columns of the format are in the wrong order, or the unit is not seconds"
)

// untimelyWarnings logs scopes without any flow that is in time, because they have no detection. It is safe for concurrent use.
type untimelyWarnings struct {
	log *zap.Logger
	now func() time.Time

	mu     sync.Mutex
	logged map[string]time.Time // by scope
}

func newUntimelyWarnings(log *zap.Logger, now func() time.Time) *untimelyWarnings {
	return &untimelyWarnings{log: log, now: now, logged: map[string]time.Time{}}
}

func (w *untimelyWarnings) check(scopes map[string]detect.Untimely) {
	if len(scopes) == 0 {
		return
	}
	now := w.now()
	w.mu.Lock()
	defer w.mu.Unlock()
	maps.DeleteFunc(w.logged, func(_ string, at time.Time) bool { return now.Sub(at) >= untimelyInterval })
	for scope, flows := range scopes {
		if _, recently := w.logged[scope]; recently {
			continue
		}
		w.logged[scope] = now
		w.log.Warn(untimelyMessage, zap.String("scope", scope), zap.Int64("flows", flows.Flows()), zap.Int64("late", flows.Late),
			zap.Int64("future", flows.Future), zap.Int64("past", flows.Past), zap.String("likely_cause", likelyCause(flows)))
	}
}

func likelyCause(flows detect.Untimely) string {
	var causes []string
	for _, each := range []struct {
		flows int64
		cause string
	}{{flows.Late, lateCause}, {flows.Future, futureCause}, {flows.Past, pastCause}} {
		if each.flows > 0 {
			causes = append(causes, each.cause)
		}
	}
	return strings.Join(causes, "; ")
}
