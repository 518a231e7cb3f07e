// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ocsffield

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

func TestEachSourceHasAField(t *testing.T) {
	for _, s := range Sources {
		field, ok := flow.LookupField(s.Field)
		if !assert.True(t, ok, s.Field) {
			continue
		}
		for from, to := range s.Words {
			_, reason := field.Parse(to)
			assert.Empty(t, reason, "%s %s", s.Path, from)
		}
	}
	assert.Len(t, ByPath, len(Sources), "each path once")
}
