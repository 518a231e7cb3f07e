// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"go.uber.org/zap"
)

func TestAnEmptyFileIsReportedWhenItComesAndWhenItComesAgain(t *testing.T) {
	r := newRig(t)
	r.build()
	empty := r.receiver.(*vpcFlowReceiver).sources[0].(*files).empty
	reported := func(name string) int {
		return r.logs.FilterMessageSnippet("is empty").FilterField(zap.String("file", r.path(name))).Len()
	}
	look := func() { empty.look(t.Context()) }

	look()
	assert.Zero(t, r.logs.FilterMessageSnippet("is empty").Len())
	r.write("a.log", "")
	r.write("b.log", v2(1, 1))
	look()
	look()
	assert.Equal(t, 1, reported("a.log"))
	assert.Zero(t, reported("b.log"))
	r.write("a.log", v2(2, 2))
	look()
	r.write("a.log", "")
	look()
	assert.Equal(t, 2, reported("a.log"))
	r.counted("files", map[string]int64{"empty": 2})
}
