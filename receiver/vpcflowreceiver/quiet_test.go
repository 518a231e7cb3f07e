// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
)

func TestTheFileConsumerDoesNotRepeatItself(t *testing.T) {
	core, logs := observer.New(zapcore.DebugLevel)
	logger := quiet(zap.New(core)).With(zap.String("path", "a.log"))
	for range maxAlike + 1 {
		logger.Debug("for debugging")
		logger.Info("for each file")
		logger.Error("for each poll")
	}
	logger.Error("for once")
	for message, want := range map[string]int{
		"for debugging": maxAlike + 1, "for each file": maxAlike, "for each poll": maxAlike, "for once": 1,
	} {
		assert.Equal(t, want, logs.FilterMessage(message).FilterField(zap.String("path", "a.log")).Len(), message)
	}
}
