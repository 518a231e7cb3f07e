// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import "testing"

// RunShardsConcurrently makes several shards run concurrently for the rest of a test, also for small batches.
func RunShardsConcurrently(t *testing.T) {
	before := minParallel
	minParallel = 2
	t.Cleanup(func() { minParallel = before })
}
