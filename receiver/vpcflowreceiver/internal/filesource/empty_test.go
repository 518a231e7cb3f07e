// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package filesource

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
)

func TestAnEmptyFileIsReportedEachTimeItBecomesEmpty(t *testing.T) {
	r := newFixture(t)
	reported := func(name string) int {
		return r.Logs.FilterMessage("file is empty").FilterField(zap.String("file", r.path(name))).Len()
	}
	r.start()
	r.waitForPolls()
	assert.Zero(t, r.Logs.FilterMessageSnippet("is empty").Len())
	r.write("a.log", "")
	r.write("b.log", lines(1, 1))
	require.Eventually(t, func() bool { return reported("a.log") > 0 }, timeout, tick)
	r.waitForPolls()
	assert.Equal(t, 1, reported("a.log"))
	assert.Zero(t, reported("b.log"))
	r.write("a.log", lines(2, 2))
	r.RequirePorts(1, 2)
	r.write("a.log", "")
	require.Eventually(t, func() bool { return reported("a.log") > 1 }, timeout, tick)
	r.waitForPolls()
	assert.Equal(t, 2, reported("a.log"))
	r.RequireCounter("files", map[string]int64{"empty": 2, "read": 2})
}
