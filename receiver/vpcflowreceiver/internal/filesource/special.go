// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package filesource

import "go.uber.org/zap"

// specialFiles are the pipes, sockets and devices that match. They are not opened, as that could block until somebody
// writes to them.
type specialFiles struct {
	logger *zap.Logger
	// known are those of the last poll, found those of this one.
	known, found map[string]bool
}

// begin begins another poll.
func (s *specialFiles) begin() { s.known, s.found = s.found, map[string]bool{} }

// skip warns of a file, once as long as it is there.
func (s *specialFiles) skip(path string) {
	s.found[path] = true
	if !s.known[path] {
		s.logger.Warn("pipe, socket or device skipped", zap.String("file", path))
	}
}
