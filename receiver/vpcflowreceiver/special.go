// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"os"
	"strings"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/stanza/fileconsumer/matcher"
	"go.uber.org/zap"
)

// excludeSpecial adds pipes, sockets and devices that match now to what is left out: the file consumer would open such
// a file and wait for somebody to write to it, and read nothing else meanwhile.
func excludeSpecial(criteria *matcher.Criteria, logger *zap.Logger) error {
	m, err := matcher.New(*criteria)
	if err != nil {
		return err
	}
	paths, _ := m.MatchFiles() // That no file matches yet is no error.
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil || info.Mode().IsRegular() || info.IsDir() {
			continue
		}
		logger.Warn("A pipe, socket or device matches files::include and is left out", zap.String("file", path))
		criteria.Exclude = append(criteria.Exclude, literally(path))
	}
	return nil
}

// literally makes a glob that matches just the path.
func literally(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`, `]`, `\]`, `{`, `\{`, `}`, `\}`).Replace(path)
}
