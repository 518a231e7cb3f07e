// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package filesource

import "go.uber.org/zap"

// specialFiles are the pipes, sockets and devices that match. They are not opened, because opening a pipe can block.
type specialFiles struct {
	logger *zap.Logger
	// known are the paths of the last poll, found are the paths of the current poll.
	known, found map[string]bool
}

// begin begins another poll.
func (s *specialFiles) begin() { s.known, s.found = s.found, map[string]bool{} }

// skip logs a warning for a file, once for as long as it exists.
func (s *specialFiles) skip(path string) {
	s.found[path] = true
	if !s.known[path] {
		s.logger.Warn("pipe, socket or device skipped", zap.String("file", path))
	}
}
