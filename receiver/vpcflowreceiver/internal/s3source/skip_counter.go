// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"context"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/internal/samplelog"
)

// skipCounter counts each skipped object once, even though every pass lists the same folders again. An object counts in
// the first pass that starts after it was put into the bucket. It is safe for concurrent use, except for startPass.
type skipCounter struct {
	telemetry *telemetry
	logger    *zap.Logger
	now       func() time.Time
	log       samplelog.Sampler

	mu sync.Mutex
	// after and until bound the modification times of the objects that count in this pass.
	after, until time.Time
	count        int64
}

// startPass begins a pass over the bucket.
func (s *skipCounter) startPass(now time.Time) { s.after, s.until = s.until, now }

// add counts an object unless an earlier pass did.
func (s *skipCounter) add(ctx context.Context, o types.Object, reason skipReason) {
	if modified := aws.ToTime(o.LastModified); !modified.After(s.after) || modified.After(s.until) {
		return
	}
	s.telemetry.countSkipped(ctx, reason)
	s.mu.Lock()
	s.count++
	s.mu.Unlock()
	if since, ok := s.log.Allow(s.now(), 1); ok {
		s.logger.Info("object skipped",
			zap.String("key", *o.Key), zap.String("reason", string(reason)), zap.Int64("objects_since_last_message", since))
	}
}

// total returns how many objects were skipped so far.
func (s *skipCounter) total() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count
}
