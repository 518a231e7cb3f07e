// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// quiet makes the file consumer's messages few: it has some for each file, and, where it takes one file for another,
// again at each poll. Each message passes maxAlike times per sampleInterval. What is for debugging passes always.
func quiet(logger *zap.Logger) *zap.Logger {
	return logger.WithOptions(zap.WrapCore(func(core zapcore.Core) zapcore.Core {
		return quietCore{Core: core, few: zapcore.NewSamplerWithOptions(core, sampleInterval, maxAlike, 0)}
	}))
}

const maxAlike = 5

// quietCore is a core with another one for messages that are not for debugging.
type quietCore struct {
	zapcore.Core
	few zapcore.Core
}

// With adds fields to both cores.
func (c quietCore) With(fields []zapcore.Field) zapcore.Core {
	return quietCore{Core: c.Core.With(fields), few: c.few.With(fields)}
}

// Check lets the core that the level belongs to decide.
func (c quietCore) Check(entry zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if entry.Level <= zapcore.DebugLevel {
		return c.Core.Check(entry, checked)
	}
	return c.few.Check(entry, checked)
}
