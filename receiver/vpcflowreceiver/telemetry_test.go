// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestCountersAreZeroFromTheStart(t *testing.T) {
	r := newFixture(t)
	r.cfg.Firehose.GetOrInsertDefault().NetAddr.Endpoint = "localhost:0"
	r.build()
	assert.Empty(t, r.Zeros())
	r.run()
	assert.ElementsMatch(t, []string{"records", "firehose.requests accepted"}, r.Zeros())
}
